//! Terraform, plans, CloudFormation and Pulumi of the folders that are scanned.

use std::path::{Path, PathBuf};

use seawall_checks::Document;
use seawall_findings::Finding;
use seawall_infrastructure::{MAX_FILE, Options, is_candidate};

use crate::context::today;
use crate::failure::{Failure, Result};

/// Folders of other people's files. `.terraform` holds the modules that were fetched, which the configuration calls.
const SKIPPED: &[&str] = &[".git", "node_modules"];

/// What came of it.
pub(super) struct Infrastructure {
    pub(super) findings: Vec<Finding>,
    pub(super) problems: Vec<String>,
    /// Problems that keep part of a file from being looked at.
    pub(super) broken: usize,
    /// How many resources were looked at.
    pub(super) resources: usize,
}

/// What the checks hold against everything below the paths, and what could not be read.
pub(super) fn scan(paths: &[PathBuf]) -> Result<Infrastructure> {
    let (mut findings, mut problems, mut broken, mut resources) = (Vec::new(), Vec::new(), 0, 0);
    for root in paths.iter().filter(|path| path.as_os_str() != "-") {
        let files = read(root)?;
        if files.is_empty() {
            continue;
        }
        let offered: Vec<(&str, &[u8])> =
            files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
        let outcome = seawall_infrastructure::scan(&offered, &Options { today: Some(today()) });
        resources += outcome.resources;
        findings.extend(outcome.findings);
        for problem in &outcome.problems {
            broken += usize::from(!problem.is_note());
            problems.push(problem.to_string());
        }
        // An object that is partly unknown may be fine: nothing is said of it.
        for object in outcome.objects.into_iter().filter(|object| object.unknown.is_empty()) {
            let document = Document::from_value(&object.path, object.object);
            let mut found = seawall_checks::check(&document);
            found.retain(|finding| !seawall_checks::find(&finding.id).is_some_and(|check| check.opt_in));
            for finding in &mut found {
                finding.position = Some(object.position);
                finding.title = format!("{}: {}", object.address, finding.title);
            }
            findings.extend(found);
        }
    }
    Ok(Infrastructure { findings, problems, broken, resources })
}

/// Candidates below a path (or the file that it is), with names as they are shown.
fn read(root: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    let wanted = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !SKIPPED.iter().any(|name| entry.file_name() == *name)
    };
    for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(wanted) {
        let Ok(entry) = entry else { continue };
        let path = entry.path();
        if !entry.file_type().is_file() || !may_be(path) {
            continue;
        }
        if entry.metadata().is_ok_and(|about| about.len() > MAX_FILE as u64) {
            continue;
        }
        let bytes =
            std::fs::read(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        let shown = path.display().to_string();
        let shown = shown.strip_prefix("./").unwrap_or(&shown).to_owned();
        if is_candidate(&shown, &bytes) {
            files.push((shown, bytes));
        }
    }
    Ok(files)
}

fn may_be(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    [".tf", ".tofu", ".tfvars", ".json", ".yaml", ".yml", ".template"].iter().any(|end| name.ends_with(end))
}
