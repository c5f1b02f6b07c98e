//! What is kept of a record while the database is built.

use std::collections::HashSet;
use std::sync::Arc;

use seawall_findings::Severity;
use serde::{Deserialize, Serialize};

use crate::cvss_score::{self, Rating};
use crate::find::is_bulletin;
use crate::osv::{Affected, EventText, Record, Reference, Score};
use crate::range::EventKind;

/// A record without what the database does not hold.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    /// When it was changed: not in the database.
    #[serde(skip)]
    pub(crate) modified: String,
    pub(crate) published: String,
    pub(crate) rating: Rating,
    /// CVSS vectors of the whole record, each with its base score times ten.
    pub(crate) vectors: Vec<Vector>,
    pub(crate) aliases: Vec<Arc<str>>,
    pub(crate) upstream: Vec<Arc<str>>,
    pub(crate) title: String,
    pub(crate) references: Vec<String>,
    pub(crate) affected: Vec<HeldAffected>,
}

/// A package of it, with its versions.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeldAffected {
    pub(crate) ecosystem: Arc<str>,
    pub(crate) name: Arc<str>,
    pub(crate) rating: Rating,
    /// CVSS vectors for this package alone.
    pub(crate) vectors: Vec<Vector>,
    pub(crate) ranges: Vec<Vec<(EventKind, Arc<str>)>>,
    pub(crate) versions: Vec<Arc<str>>,
}

/// A CVSS vector, and its base score times ten.
pub(crate) type Vector = (u8, Arc<str>);

type Strings = HashSet<Arc<str>>;

impl Held {
    pub(super) fn of(record: Record, strings: &mut Strings) -> (String, Self) {
        let mut rating = Rating::of(&record.severity, &[record.database_specific.as_ref()]);
        if rating.word == Severity::Unknown && is_bulletin(&record.id) {
            rating.word = cvss_score::word_of_title(record.summary.as_deref().unwrap_or_default());
        }
        let mut upstream = record.upstream;
        if upstream.is_empty() && record.aliases.is_empty() {
            // Bulletins (DSA, USN) named their CVEs as related before the schema had `upstream`.
            upstream = record.related;
            upstream.retain(|id| id.starts_with("CVE-") && !record.id.starts_with("CVE-"));
        }
        let title = title(record.summary.as_deref(), record.details.as_deref());
        let id = record.id;
        let held = Self {
            modified: timestamp(&record.modified),
            published: timestamp(record.published.as_deref().unwrap_or_default()),
            rating,
            vectors: vectors(&record.severity, strings),
            aliases: intern_all(record.aliases, strings),
            upstream: intern_all(upstream, strings),
            title,
            references: references(record.references),
            affected: record.affected.into_iter().filter_map(|a| HeldAffected::of(a, strings)).collect(),
        };
        (id, held)
    }
}

impl HeldAffected {
    /// None where nothing is said that a package's version can be matched with (Git commits alone).
    fn of(affected: Affected, strings: &mut Strings) -> Option<Self> {
        let package = affected.package?;
        let ranges: Vec<Vec<(EventKind, Arc<str>)>> = affected
            .ranges
            .into_iter()
            .filter(|range| matches!(range.kind.as_str(), "ECOSYSTEM" | "SEMVER"))
            .map(|range| {
                range.events.into_iter().flat_map(event).map(|(k, v)| (k, intern(&v, strings))).collect()
            })
            .filter(|events: &Vec<_>| !events.is_empty())
            .collect();
        if ranges.is_empty() && affected.versions.is_empty() {
            return None;
        }
        let specific = [affected.ecosystem_specific.as_ref(), affected.database_specific.as_ref()];
        Some(Self {
            rating: Rating::of(&affected.severity, &specific),
            vectors: vectors(&affected.severity, strings),
            name: intern(&crate::name::normal(&package.ecosystem, &package.name), strings),
            ecosystem: intern(&package.ecosystem, strings),
            ranges,
            versions: intern_all(affected.versions, strings),
        })
    }
}

fn event(event: EventText) -> impl Iterator<Item = (EventKind, String)> {
    [
        (EventKind::Introduced, event.introduced),
        (EventKind::Fixed, event.fixed),
        (EventKind::LastAffected, event.last_affected),
        (EventKind::Limit, event.limit),
    ]
    .into_iter()
    .filter_map(|(kind, version)| Some((kind, version?)))
}

/// Each text once in memory, whatever the number of records that name it.
pub(super) fn intern(text: &str, strings: &mut Strings) -> Arc<str> {
    if let Some(known) = strings.get(text) {
        return Arc::clone(known);
    }
    let new: Arc<str> = text.into();
    strings.insert(Arc::clone(&new));
    new
}

fn vectors(scores: &[Score], strings: &mut Strings) -> Vec<Vector> {
    cvss_score::vectors(scores).map(|(tenths, vector)| (tenths, intern(vector, strings))).take(8).collect()
}

fn intern_all(texts: Vec<String>, strings: &mut Strings) -> Vec<Arc<str>> {
    texts.into_iter().map(|text| intern(&text, strings)).collect()
}

/// RFC 3339 with `Z`, of the two spellings that are published (`2025-03-03 19:15:34+00:00`).
pub(super) fn timestamp(text: &str) -> String {
    let text = text.trim().replacen(' ', "T", 1);
    match text.strip_suffix("+00:00") {
        Some(utc) => format!("{utc}Z"),
        None => text,
    }
}

/// One line: the summary, else the beginning of the details.
fn title(summary: Option<&str>, details: Option<&str>) -> String {
    let text = summary.filter(|s| !s.trim().is_empty()).or(details).unwrap_or_default();
    let line = text.lines().map(|l| l.trim().trim_start_matches('#').trim()).find(|l| !l.is_empty());
    let line = line.unwrap_or_default();
    let clean: String = line.chars().filter(|c| !c.is_control()).take(300).collect();
    if clean.chars().count() == 300 { format!("{}…", clean.trim_end()) } else { clean }
}

/// At most five web addresses, the advisory and the fix first.
fn references(references: Vec<Reference>) -> Vec<String> {
    let rank = |kind: &str| match kind {
        "ADVISORY" => 0,
        "FIX" => 1,
        "REPORT" | "ARTICLE" | "DISCUSSION" => 2,
        "PACKAGE" => 4,
        _ => 3,
    };
    let mut references = references;
    references.sort_by_key(|r| rank(&r.kind));
    let mut urls: Vec<String> = Vec::new();
    for Reference { url, .. } in references {
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        if is_web && url.len() <= 500 && !url.contains(char::is_control) && !urls.contains(&url) {
            urls.push(url);
        }
        if urls.len() == 5 {
            break;
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(title(Some("A\nB"), None), "A");
        assert_eq!(title(None, Some("\n# Impact\nmore")), "Impact");
        assert_eq!(title(Some(&"x".repeat(400)), None).chars().count(), 301);
        assert_eq!(title(None, None), "");
    }
}
