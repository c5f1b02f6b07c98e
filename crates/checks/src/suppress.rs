//! Exceptions written beside what they except: comments and annotations, Seawall's own and those of other tools.
//!
//! | written | in | covers |
//! |---|---|---|
//! | `# seawall:ignore ID[,ID] reason until=2027-01-31` | YAML, Dockerfile | the line or block it stands at or above |
//! | `# trivy:ignore:ID`, `# trivy:ignore:ID:exp:2027-01-31` | the same | the same |
//! | `# checkov:skip=ID:reason` | the same | the document; a Dockerfile as a whole |
//! | `# hadolint ignore=DL3008,DL3009` | Dockerfile | the next instruction |
//! | `# hadolint global ignore=DL3008` | Dockerfile | the file |
//! | annotation `ignore-check.kube-linter.io/ID`, `datree.skip/ID`, `checkov.io/skip1: ID=reason` | Kubernetes | the object |

mod comments;
mod foreign;

use seawall_findings::{Finding, Suppression};

pub(crate) use comments::{annotations, in_dockerfile, in_yaml};

use crate::names;

/// One exception: what, where, why, until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    /// The ids as written.
    ids: Vec<String>,
    /// The tool whose form it has.
    form: &'static str,
    reason: String,
    /// `YYYY-MM-DD`: the last day.
    until: Option<String>,
    /// Where it stands.
    line: usize,
    /// First and last line that it covers.
    from: usize,
    to: usize,
}

impl Marker {
    fn names(&self, finding: &Finding) -> bool {
        self.ids.iter().any(|id| {
            id == "all" && self.form == "kube-linter"
                || names::same(id, &finding.id)
                || finding.aliases.iter().any(|alias| names::same(alias, id))
                || foreign::checkov(id)
                    .iter()
                    .any(|known| *known == finding.id || finding.aliases.iter().any(|alias| alias == known))
        })
    }

    fn covers(&self, finding: &Finding) -> bool {
        let line = finding.position.map(|position| position.line);
        line.is_some_and(|line| (self.from..=self.to).contains(&line)) && self.names(finding)
    }
}

/// Marks the findings of one file that an exception covers. `today` (`YYYY-MM-DD`) decides which have ended; without it
/// none has. What is returned says, in words, which exceptions of this file have ended though they would still be needed.
pub(crate) fn apply(
    path: &str,
    markers: &[Marker],
    today: Option<&str>,
    findings: &mut [Finding],
) -> Vec<String> {
    let mut ended = Vec::new();
    for finding in
        findings.iter_mut().filter(|finding| finding.suppressed.is_none() && finding.location.path == path)
    {
        for marker in markers.iter().filter(|marker| marker.covers(finding)) {
            let over = marker.until.as_deref().zip(today).is_some_and(|(until, today)| until < today);
            if over {
                let until = marker.until.as_deref().unwrap_or_default();
                let said = format!(
                    "{path}:{}: the exception for {} ended on {until}",
                    marker.line,
                    marker.ids.join(", ")
                );
                if !ended.contains(&said) {
                    ended.push(said);
                }
                continue;
            }
            let reason = if marker.reason.is_empty() { "no reason given" } else { &marker.reason };
            finding.suppressed = Some(Suppression {
                by: format!("{path}:{} ({})", marker.line, marker.form),
                reason: reason.to_owned(),
                owner: "the file".to_owned(),
                until: marker.until.clone(),
            });
            break;
        }
    }
    ended
}

/// True for `YYYY-MM-DD`: such texts sort as their days do.
pub(crate) fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
