//! What a finding says to people.

use seawall_findings::Package;

use super::group::Group;

/// How many addresses a finding carries.
pub(super) const MAX_REFERENCES: usize = 5;

/// What to do: the upgrade by the name that the package manager knows.
pub(super) fn remedy(package: &Package, source: &str, fixed: &[String]) -> String {
    let name = &package.name;
    let what = if name == source { name.clone() } else { format!("{name} ({source})") };
    match fixed {
        [] if package.kind.is_os() => format!(
            "no fixed version of {source} is known: remove {name} if the image does not need it, or except it with a reason"
        ),
        [] => format!("no fixed version of {name} is known: replace it, or except it with a reason"),
        [one] => format!("upgrade {what} to {one}"),
        [first, rest @ ..] => format!("upgrade {what} to {first} or to {}", rest.join(", ")),
    }
}

/// The tracker of the distribution or NVD first, then the advisories' own addresses, each once.
pub(super) fn references(urls: Vec<String>, group: &Group<'_, '_, '_>) -> Vec<String> {
    let mut references: Vec<String> = vec![];
    let cve = group.id.starts_with("CVE-").then_some(group.id);
    let trackers = [
        ("DEBIAN-CVE-", "https://security-tracker.debian.org/tracker/"),
        ("UBUNTU-CVE-", "https://ubuntu.com/security/"),
        ("ALPINE-CVE-", "https://security.alpinelinux.org/vuln/"),
    ];
    for (prefix, address) in trackers {
        if let Some(cve) = cve.filter(|_| group.hits.iter().any(|hit| hit.advisory.id.starts_with(prefix))) {
            references.push(format!("{address}{cve}"));
        }
    }
    let ghsa = group.hits.iter().map(|hit| hit.advisory.id).filter(|id| id.starts_with("GHSA-"));
    references.extend(ghsa.map(|id| format!("https://github.com/advisories/{id}")));
    if let Some(cve) = cve {
        references.push(format!("https://nvd.nist.gov/vuln/detail/{cve}"));
    }
    for url in urls {
        if !references.contains(&url) {
            references.push(url);
        }
    }
    references.truncate(MAX_REFERENCES);
    references
}
