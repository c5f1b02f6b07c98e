//! What is kept of a record while the database is built.

use std::collections::HashSet;
use std::sync::Arc;

use crate::cvss_score::Rating;
use crate::osv::{Affected, EventText, Record, Reference};
use crate::range::EventKind;

/// A record without what the database does not hold.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) modified: String,
    pub(super) published: String,
    pub(super) rating: Rating,
    pub(super) aliases: Vec<Arc<str>>,
    pub(super) upstream: Vec<Arc<str>>,
    pub(super) title: String,
    pub(super) references: Vec<String>,
    pub(super) affected: Vec<HeldAffected>,
}

/// A package of it, with its versions.
#[derive(Debug)]
pub(super) struct HeldAffected {
    pub(super) ecosystem: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) rating: Rating,
    pub(super) ranges: Vec<Vec<(EventKind, Arc<str>)>>,
    pub(super) versions: Vec<Arc<str>>,
}

type Strings = HashSet<Arc<str>>;

impl Held {
    pub(super) fn of(record: Record, strings: &mut Strings) -> (String, Self) {
        let rating = Rating::of(&record.severity, &[record.database_specific.as_ref()]);
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
                range.events.into_iter().flat_map(event).map(|(k, v)| (k, intern(v, strings))).collect()
            })
            .filter(|events: &Vec<_>| !events.is_empty())
            .collect();
        if ranges.is_empty() && affected.versions.is_empty() {
            return None;
        }
        let specific = [affected.ecosystem_specific.as_ref(), affected.database_specific.as_ref()];
        Some(Self {
            rating: Rating::of(&affected.severity, &specific),
            name: intern(crate::name::normal(&package.ecosystem, &package.name).into_owned(), strings),
            ecosystem: intern(package.ecosystem, strings),
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
fn intern(text: String, strings: &mut Strings) -> Arc<str> {
    if let Some(known) = strings.get(text.as_str()) {
        return Arc::clone(known);
    }
    let new: Arc<str> = text.into();
    strings.insert(Arc::clone(&new));
    new
}

fn intern_all(texts: Vec<String>, strings: &mut Strings) -> Vec<Arc<str>> {
    texts.into_iter().map(|text| intern(text, strings)).collect()
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
