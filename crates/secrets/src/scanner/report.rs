//! From matches to findings.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::BuildHasher as _;

use seawall_findings::{Finding, FindingKind, Location};

use crate::kubernetes::{self, Entry, Manifest};
use crate::{marker, mask, place};

use super::Scanner;
use super::raw::{Raw, settle};

/// Most findings of one file; the last one says that there are more.
const MAX_FINDINGS: usize = 1000;
/// Most further lines that a finding names.
const MAX_LINES: usize = 5;

/// What to do about every secret.
const REMEDY: &str = "revoke it where it was issued, issue a new one, and keep that outside of files: in a secret store, \
                      or encrypted (Sealed Secrets, SOPS, External Secrets)";

/// One finding for each secret, in the order of their places.
pub(super) fn findings(scanner: &Scanner, path: &str, text: &[u8], found: Vec<Raw>) -> Vec<(Finding, u64)> {
    let found = settle(found);
    let spans: Vec<(usize, usize)> = found.iter().map(|raw| raw.span).collect();
    let mut places: HashMap<(&str, &[u8]), usize> = HashMap::new();
    // The first of each secret, and where the others are.
    let mut firsts: Vec<(&Raw, Vec<usize>)> = Vec::new();
    for raw in &found {
        let secret = text.get(raw.span.0..raw.span.1).unwrap_or_default();
        match places.get(&(&*raw.id, secret)) {
            Some(index) => {
                if let Some((_, others)) = firsts.get_mut(*index) {
                    others.push(raw.span.0);
                }
            }
            None if firsts.len() < MAX_FINDINGS => {
                places.insert((&*raw.id, secret), firsts.len());
                firsts.push((raw, Vec::new()));
            }
            None => {}
        }
    }
    let shown = firsts.len();
    firsts
        .into_iter()
        .enumerate()
        .map(|(index, (raw, others))| {
            let near = near(&spans, raw.span);
            let mut evidence = mask::line(text, raw.span, near);
            if let Some(note) = &raw.note {
                let _ = write!(evidence, " ({note})");
            }
            let mut lines: Vec<usize> = others.iter().map(|at| place::position(text, *at).line).collect();
            lines.dedup();
            if !lines.is_empty() {
                let named: Vec<String> = lines.iter().take(MAX_LINES).map(ToString::to_string).collect();
                let more = if lines.len() > MAX_LINES { " and more" } else { "" };
                let _ = write!(evidence, "; also on line {}{more}", named.join(", "));
            }
            if shown == MAX_FINDINGS && index + 1 == shown {
                evidence.push_str("; the file has more, which are not listed");
            }
            let secret = text.get(raw.span.0..raw.span.1).unwrap_or_default();
            let finding = Finding {
                location: Location { path: path.to_owned(), layer: None },
                position: Some(place::position(text, raw.span.0)),
                evidence: Some(evidence),
                remedy: REMEDY.into(),
                sources: vec![format!("seawall-secrets/{}", raw.id)],
                suppressed: marker::suppression(text, raw.span.0, &raw.id, scanner.options.today.as_deref()),
                ..Finding::new(FindingKind::Secret, raw.id.clone(), raw.severity, raw.title.clone())
            };
            (finding, scanner.marks.hash_one(secret))
        })
        .collect()
}

/// The spans that may stand on the same line: those within some hundred bytes. `spans` is sorted.
fn near(spans: &[(usize, usize)], span: (usize, usize)) -> &[(usize, usize)] {
    let from = spans.partition_point(|other| other.1 + 4096 < span.0);
    let to = spans.partition_point(|other| other.0 <= span.1);
    spans.get(from..to).unwrap_or_default()
}

/// A Secret in the open.
pub(super) fn manifest(scanner: &Scanner, path: &str, text: &[u8], secret: &Manifest) -> (Finding, u64) {
    let keys: Vec<&str> = secret.entries.iter().take(10).map(|entry| entry.key.as_str()).collect();
    let more = if secret.entries.len() > keys.len() { " …" } else { "" };
    let name = if secret.name.is_empty() { "without a name" } else { &secret.name };
    let sops = if secret.sops { "; SOPS encrypted the others" } else { "" };
    let kind = kubernetes::KIND;
    let finding = Finding {
        location: Location { path: path.to_owned(), layer: None },
        position: Some(place::position(text, secret.at)),
        evidence: Some(format!("Secret {name}: {}{more}{sops}", keys.join(", "))),
        remedy: "take it out of the repository and change its values: base64 is no encryption. Commit a SealedSecret, \
                 an ExternalSecret or a file that SOPS encrypted instead"
            .into(),
        sources: vec![format!("seawall-secrets/{}", kind.id)],
        suppressed: marker::suppression(text, secret.at, kind.id, scanner.options.today.as_deref()),
        ..Finding::new(FindingKind::Secret, kind.id, kind.severity, kind.title)
    };
    let values: Vec<&[u8]> = secret.entries.iter().map(|entry| entry.value.as_slice()).collect();
    (finding, scanner.marks.hash_one((&secret.name, values)))
}

/// A secret inside a value of a Secret: its place is the value's.
pub(super) fn inside(text: &[u8], entry: &Entry, finding: Finding) -> Finding {
    let evidence = finding.evidence.unwrap_or_default();
    Finding {
        position: Some(place::position(text, entry.span.0)),
        evidence: Some(format!("{}: {evidence}", entry.key)),
        ..finding
    }
}

/// In the order of their places, and none twice.
pub(super) fn once(mut findings: Vec<(Finding, u64)>) -> Vec<(Finding, u64)> {
    findings.sort_by(|(a, _), (b, _)| (a.position, &a.id).cmp(&(b.position, &b.id)));
    findings.dedup_by(|(a, _), (b, _)| a.id == b.id && a.position == b.position);
    findings
}
