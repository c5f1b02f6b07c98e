//! What a scan says of one subject.

use serde::{Deserialize, Serialize};

use crate::{Distribution, Finding, FindingKind, Package, Severity, Subject};

/// The findings and the inventory of one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Version of this shape: 1.
    pub schema: u32,
    /// What was scanned.
    pub subject: Subject,
    /// RFC 3339, when the scan ended.
    pub scanned_at: String,
    /// The distribution, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
    /// The advisory database that was used; none when only an inventory was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<DatabaseInfo>,
    /// What was looked for besides vulnerabilities; a kind that is not here may be there unseen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_for: Vec<FindingKind>,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Sorted by kind, name, version.
    pub packages: Vec<Package>,
    /// What could not be read, in the words of the parser that met it: nothing is dropped silently.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// Which advisories were used, and how old they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseInfo {
    /// Where the file is.
    pub path: String,
    /// RFC 3339, when it was compiled.
    pub built_at: String,
    /// RFC 3339, the newest `modified` of any advisory in it.
    pub newest_advisory: String,
    /// How many advisories it holds.
    pub advisories: u64,
    /// What it was compiled from, in words (`folder ../osv`, `built-in table`).
    pub source: String,
}

/// How many findings count, by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Counting findings of that severity.
    pub critical: usize,
    /// Counting findings of that severity.
    pub high: usize,
    /// Counting findings of that severity.
    pub medium: usize,
    /// Counting findings of that severity.
    pub low: usize,
    /// Counting findings that are negligible or unknown.
    pub other: usize,
    /// Of all that count, those with a fixed version.
    pub fixable: usize,
    /// Findings that an exception or VEX statement covers.
    pub suppressed: usize,
}

impl Report {
    /// Counts the findings by severity.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.findings)
    }

    /// The summaries of the base image and of the application, where it is known which layers are the base image's.
    pub fn parts(&self) -> Option<(Summary, Summary)> {
        let layers = self.packages.iter().map(|package| &package.location);
        let mut layers = layers.chain(self.findings.iter().map(|finding| &finding.location));
        if !layers.any(|location| location.layer.as_ref().is_some_and(|layer| layer.base)) {
            return None;
        }
        let of =
            |base: bool| Summary::of(self.findings.iter().filter(|finding| finding.is_of_base() == base));
        Some((of(true), of(false)))
    }
}

impl Summary {
    /// Counts findings by severity.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut summary = Self::default();
        for finding in findings {
            if finding.suppressed.is_some() {
                summary.suppressed += 1;
                continue;
            }
            *match finding.severity {
                Severity::Critical => &mut summary.critical,
                Severity::High => &mut summary.high,
                Severity::Medium => &mut summary.medium,
                Severity::Low => &mut summary.low,
                Severity::Negligible | Severity::Unknown => &mut summary.other,
            } += 1;
            summary.fixable += usize::from(!finding.fixed.is_empty());
        }
        summary
    }

    /// All that count.
    pub fn total(&self) -> usize {
        self.critical + self.high + self.medium + self.low + self.other
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} findings", self.total())?;
        let parts = [
            ("critical", self.critical),
            ("high", self.high),
            ("medium", self.medium),
            ("low", self.low),
            ("other", self.other),
        ];
        let mut separator = ": ";
        for (name, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
            write!(f, "{separator}{count} {name}")?;
            separator = ", ";
        }
        write!(f, "; {} with a fix", self.fixable)?;
        if self.suppressed > 0 {
            write!(f, "; {} excepted", self.suppressed)?;
        }
        Ok(())
    }
}
