//! Findings that one step removes: the rows that people read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::{Finding, FindingKind, PackageRef, Report, Severity, Status};

/// Findings of one package at one version that the same upgrade removes, or those of one file.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// The package; none where the findings are about a file.
    pub package: Option<&'a PackageRef>,
    /// The version to upgrade to; none where no fix is known.
    pub fix: Option<&'a str>,
    /// The worst of them.
    pub worst: Severity,
    /// In the order of the report.
    pub findings: Vec<&'a Finding>,
}

impl Group<'_> {
    /// Whether one of them is known to be exploited.
    pub fn exploited(&self) -> bool {
        self.findings.iter().any(|finding| finding.exploited)
    }

    /// The highest risk among them.
    pub fn risk(&self) -> u8 {
        let risks = self.findings.iter().map(|finding| finding.risk.unwrap_or_else(|| crate::risk(finding)));
        risks.max().unwrap_or_default()
    }

    /// Why there is nothing to upgrade to, as the publisher says it; nothing for what is no package.
    pub fn without_fix(&self) -> &'static str {
        if self.package.is_none() {
            return "";
        }
        let first = self.findings.first().and_then(|finding| finding.status);
        match first.filter(|_| self.findings.iter().all(|finding| finding.status == first)) {
            Some(Status::WillNotFix) => "will not be fixed",
            Some(Status::FixDeferred) => "fix deferred",
            Some(Status::EndOfLife) => "end of life",
            Some(Status::UnderInvestigation) => "under investigation",
            _ => "no fix known",
        }
    }

    /// Whether an upgrade of a package removes them.
    pub fn is_upgrade(&self) -> bool {
        self.package.is_some() && self.fix.is_some()
    }

    /// The ids, sorted, each once.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.findings.iter().map(|finding| finding.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The files that they are in, sorted, each once.
    pub fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> =
            self.findings.iter().map(|finding| finding.location.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// `package (kind)`, or the file.
    pub fn name(&self) -> String {
        match (self.package, self.findings.first()) {
            (Some(package), _) => format!("{} ({})", package.name, package.kind),
            (None, Some(finding)) => finding.location.path.clone(),
            (None, None) => String::new(),
        }
    }
}

/// The findings that count, grouped: the highest risk first, then the worst, then those that remove most. Findings of the
/// base image and of the application are not in one group.
pub fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<_, Group<'_>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let package = finding.package.as_ref();
        let fix = finding.fixed.first().map(String::as_str);
        // A file's settings and credentials have no upgrade in common with the packages that it lists.
        let what: (&str, &str, &str, Option<FindingKind>) = match package {
            Some(package) => (package.name.as_str(), package.kind.as_str(), package.version.as_str(), None),
            None => (finding.location.path.as_str(), "", "", Some(finding.kind)),
        };
        let group = groups.entry((what, fix, finding.is_of_base())).or_insert_with(|| Group {
            package,
            fix,
            worst: Severity::Unknown,
            findings: Vec::new(),
        });
        group.worst = group.worst.max(finding.severity);
        group.findings.push(finding);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| Reverse((group.risk(), group.worst, group.findings.len())));
    groups
}
