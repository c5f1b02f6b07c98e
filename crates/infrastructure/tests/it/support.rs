//! What several tests do.

use seawall_infrastructure::{Options, Outcome, Resource, evaluate, scan};

/// The day of all tests.
pub(crate) const TODAY: &str = "2026-11-24";

/// Scans texts, on the day of all tests.
pub(crate) fn scanned(files: &[(&str, &str)]) -> Outcome {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    scan(&files, &Options { today: Some(TODAY.parse().unwrap()) })
}

/// The ids found, without what is suppressed, each once.
pub(crate) fn ids(outcome: &Outcome) -> Vec<&str> {
    let mut ids: Vec<&str> = outcome
        .findings
        .iter()
        .filter(|finding| finding.suppressed.is_none())
        .map(|finding| finding.id.as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The resources of all roots, by their addresses.
pub(crate) fn resources(files: &[(&str, &str)]) -> Vec<Resource> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    evaluate(&files).0.into_iter().flat_map(|graph| graph.resources).collect()
}

/// The one resource of an address.
pub(crate) fn resource(files: &[(&str, &str)], address: &str) -> Resource {
    let all = resources(files);
    let known: Vec<&str> = all.iter().map(|resource| resource.address.as_str()).collect();
    let known = format!("{known:?}");
    all.into_iter()
        .find(|resource| resource.address == address)
        .unwrap_or_else(|| panic!("{address} is none of {known}"))
}
