//! What documents say, put into a report.

use std::collections::HashMap;

use seawall_findings::{FindingKind, Report, Status, Suppression};
use seawall_inventory::purl::Purl;

use crate::document::{Document, Statement, Verdict};
use crate::matching::{Image, speaks_of};

/// What changed in a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Findings that no longer count.
    pub suppressed: usize,
    /// Findings whose status was set.
    pub stated: usize,
}

/// Applies documents to the vulnerabilities of a report. Of several statements about one finding the latest decides; of
/// those of one time, the last. `not_affected` and `fixed` suppress it, saying by which document and why; `affected` and
/// `under_investigation` set its status. What an exception suppresses already stays as it is.
pub fn apply(report: &mut Report, documents: &[Document]) -> Applied {
    let mut applied = Applied::default();
    let image = Image::of(report);
    let by_name = by_name(documents);
    let mut changes = vec![];
    for (at, finding) in report.findings.iter().enumerate() {
        if finding.kind != FindingKind::Vulnerability || finding.suppressed.is_some() {
            continue;
        }
        let package = finding.package.as_ref().and_then(|package| Purl::lenient(&package.purl).ok());
        let names = std::iter::once(&finding.id).chain(&finding.aliases);
        let mut about: Vec<Place<'_>> =
            names.filter_map(|name| by_name.get(&name.to_ascii_lowercase())).flatten().copied().collect();
        about.sort_unstable_by_key(|(at, ..)| *at);
        let latest = about
            .into_iter()
            .filter(|(_, document, statement)| speaks_of(document, statement, &image, package.as_ref()))
            .max_by_key(|(_, _, statement)| statement.time);
        if let Some((_, document, statement)) = latest {
            changes.push((at, document, statement));
        }
    }
    for (at, document, statement) in changes {
        let Some(finding) = report.findings.get_mut(at) else { continue };
        match statement.verdict {
            Verdict::NotAffected | Verdict::Fixed => {
                finding.suppressed = Some(suppression(document, statement));
                applied.suppressed += 1;
            }
            Verdict::Affected => {
                // Whoever says so does not know less of a fix than that it is not there.
                if finding.fixed.is_empty() {
                    finding.status = Some(statement.fix.unwrap_or(Status::Affected));
                    applied.stated += 1;
                }
            }
            Verdict::UnderInvestigation => {
                finding.status = Some(Status::UnderInvestigation);
                applied.stated += 1;
            }
        }
    }
    applied
}

/// A statement with its document, and its place among all.
type Place<'a> = (usize, &'a Document, &'a Statement);

/// The statements by each name of their vulnerability, in small letters: there may be as many as there are findings.
fn by_name(documents: &[Document]) -> HashMap<String, Vec<Place<'_>>> {
    let all = documents
        .iter()
        .flat_map(|document| document.statements.iter().map(move |statement| (document, statement)));
    let mut by_name: HashMap<String, Vec<Place<'_>>> = HashMap::new();
    for (at, (document, statement)) in all.enumerate() {
        for name in &statement.vulnerability {
            by_name.entry(name.to_ascii_lowercase()).or_default().push((at, document, statement));
        }
    }
    by_name
}

fn suppression(document: &Document, statement: &Statement) -> Suppression {
    let verdict = match statement.verdict {
        Verdict::Fixed => "fixed",
        _ => "not affected",
    };
    let words = [Some(verdict.to_owned()), statement.justification.clone(), statement.note.clone()];
    Suppression {
        by: format!("VEX {}", document.id),
        reason: words.into_iter().flatten().collect::<Vec<_>>().join(": "),
        owner: document.author.clone(),
        until: None,
    }
}
