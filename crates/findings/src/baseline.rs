//! What was known before: only what is new counts.

use std::collections::HashMap;

use crate::fingerprint::fingerprint;
use crate::{Finding, Report, Suppression};

/// Who suppresses what a baseline has.
const BY: &str = "baseline";

impl Report {
    /// Marks the findings that the baseline has, too, as suppressed, and gives their number. Findings are the same by
    /// what stays when a subject is scanned again (id, package or file), as often as the baseline has them: a second
    /// secret of the same kind in the same file is new. Findings that the baseline had excepted are not known by it.
    pub fn set_against(&mut self, baseline: &Self) -> usize {
        let mut known: HashMap<[u8; 32], Vec<Option<&str>>> = HashMap::new();
        for finding in &baseline.findings {
            if finding.suppressed.as_ref().is_none_or(|suppression| suppression.by == BY) {
                // Of this subject: the same folder may be called otherwise, and an image has another tag.
                let place = known.entry(fingerprint(&self.subject, finding)).or_default();
                place.push(finding.evidence.as_deref());
            }
        }
        let day = baseline.scanned_at.get(..10).unwrap_or(&baseline.scanned_at).to_owned();
        let mut marked = 0;
        // First those that look the same, then others as long as the baseline has more of them.
        for alike in [true, false] {
            for finding in self.findings.iter_mut().filter(|finding| finding.suppressed.is_none()) {
                let Some(left) = known.get_mut(&fingerprint(&self.subject, finding)) else { continue };
                let place = if alike {
                    left.iter().position(|evidence| *evidence == finding.evidence.as_deref())
                } else {
                    (!left.is_empty()).then_some(0)
                };
                let Some(place) = place else { continue };
                left.swap_remove(place);
                suppress(finding, &day);
                marked += 1;
            }
        }
        marked
    }
}

fn suppress(finding: &mut Finding, day: &str) {
    finding.suppressed = Some(Suppression {
        by: BY.into(),
        reason: format!("known since the report of {day}"),
        owner: String::new(),
        until: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FindingKind, Location, Severity, Subject};

    fn report(findings: &[(&str, &str, &str)]) -> Report {
        let made = findings.iter().map(|(id, path, evidence)| Finding {
            location: Location { path: (*path).into(), layer: None },
            evidence: Some((*evidence).into()),
            ..Finding::new(FindingKind::Secret, *id, Severity::High, "")
        });
        Report {
            schema: 1,
            subject: Subject::Directory { path: ".".into() },
            scanned_at: "2026-11-24T10:00:00Z".into(),
            distribution: None,
            database: None,
            looked_for: vec![],
            findings: made.collect(),
            packages: vec![],
            problems: vec![],
        }
    }

    #[test]
    fn only_what_is_new_counts() {
        let baseline = report(&[("a", "x", "1"), ("b", "x", "1")]);
        let mut now = report(&[("a", "x", "2"), ("a", "x", "1"), ("b", "y", "1"), ("b", "x", "9")]);
        assert_eq!(now.set_against(&baseline), 2);
        let new: Vec<(&str, Option<&str>)> = now
            .findings
            .iter()
            .filter(|finding| finding.suppressed.is_none())
            .map(|finding| (finding.id.as_str(), finding.evidence.as_deref()))
            .collect();
        assert_eq!(new, [("a", Some("2")), ("b", Some("1"))]);
        // A report with a baseline is a baseline itself.
        let mut again = report(&[("a", "x", "1")]);
        assert_eq!(again.set_against(&now), 1);
    }
}
