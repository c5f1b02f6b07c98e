//! The written forms of the API.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seawall_ledger::{DigestSummary, Entry, Kind, NewEntry, Outcome, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Members of a body above this are left out of a brief view.
const BRIEF: usize = 8 << 10;

/// One entry of the ledger.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "Entry")]
pub(crate) struct EntryView {
    /// Counts up from 1 without a gap.
    pub(crate) seq: u64,
    /// When it happened, RFC 3339.
    #[schema(value_type = String)]
    time: Timestamp,
    /// What it is about: `sha256:…`.
    digest: String,
    /// What happened: `built`, `scanned`, `signed`, `attested`, `verified`, `gated`, `promoted`, `admitted`,
    /// `running`, `alerted` or `responded`.
    #[schema(value_type = String)]
    kind: Kind,
    /// Who or what did it.
    actor: String,
    /// One line for people.
    summary: String,
    /// Details by kind.
    body: Value,
    /// Members that were left out of `body` because they are large, and a brief view was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    omitted: Vec<String>,
    /// Its hash in the ledger that it was imported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    /// Hash of the entry before.
    prev: String,
    /// SHA-256 that chains it.
    hash: String,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        Self {
            seq: entry.seq,
            time: entry.new.time,
            digest: entry.new.digest.into(),
            kind: entry.new.kind,
            actor: entry.new.actor,
            summary: entry.new.summary,
            body: entry.new.body,
            omitted: Vec::new(),
            origin: entry.origin,
            prev: entry.prev,
            hash: entry.hash,
        }
    }
}

impl EntryView {
    /// Without the large members of its body (a scan's report).
    pub(crate) fn brief(entry: Entry) -> Self {
        let mut view = Self::from(entry);
        if let Value::Object(map) = &mut view.body {
            let large: Vec<String> = map
                .iter()
                .filter(|(_, value)| longer_than(value, BRIEF))
                .map(|(key, _)| key.clone())
                .collect();
            map.retain(|key, _| !large.contains(key));
            view.omitted = large;
        }
        view
    }
}

/// Whether the JSON text is about longer than `limit`, without writing it.
fn longer_than(value: &Value, limit: usize) -> bool {
    fn take(value: &Value, left: usize) -> Option<usize> {
        match value {
            Value::String(text) => left.checked_sub(text.len() + 2),
            Value::Array(items) => items.iter().try_fold(left.checked_sub(2)?, |left, item| take(item, left)),
            Value::Object(map) => map.iter().try_fold(left.checked_sub(2)?, |left, (key, item)| {
                take(item, left.checked_sub(key.len() + 3)?)
            }),
            _ => left.checked_sub(5),
        }
    }
    take(value, limit).is_none()
}

/// An entry to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    /// When it happened, RFC 3339.
    #[schema(value_type = String)]
    time: Timestamp,
    /// What it is about: `sha256:…`.
    #[schema(value_type = String)]
    digest: seawall_findings::Digest,
    /// What happened.
    #[schema(value_type = String)]
    kind: Kind,
    /// Who or what did it.
    actor: String,
    /// One line for people.
    summary: String,
    /// Details by kind; at most 32 MiB.
    body: Value,
    /// The entry's hash in another ledger: an entry that is here already is not added again.
    #[serde(default)]
    pub(crate) origin: Option<String>,
}

impl Evidence {
    pub(crate) fn split(self) -> (NewEntry, Option<String>) {
        let Self { time, digest, kind, actor, summary, body, origin } = self;
        (NewEntry { time, digest, kind, actor, summary, body }, origin)
    }
}

/// One line of the list of digests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DigestView {
    /// `sha256:…`
    digest: String,
    /// The name last seen.
    name: Option<String>,
    /// Newest entry.
    pub(crate) last_seq: u64,
    /// Its time, RFC 3339.
    #[schema(value_type = String)]
    last_time: Timestamp,
    /// Its line for people.
    last_summary: String,
    /// What happened, by kind.
    kinds: BTreeMap<&'static str, KindView>,
    /// The worst of it: `clear`, `warned`, `denied` or `alerted`.
    #[schema(value_type = String)]
    state: State,
}

/// How often a kind was seen, and the newest verdict of that kind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KindView {
    /// Number of entries.
    count: u64,
    /// `allow`, `warn` or `deny`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    outcome: Option<Outcome>,
}

impl From<DigestSummary> for DigestView {
    fn from(summary: DigestSummary) -> Self {
        let view = |(kind, seen): (Kind, seawall_ledger::KindSummary)| {
            (kind.as_str(), KindView { count: seen.count, outcome: seen.outcome })
        };
        Self {
            digest: summary.digest.into(),
            name: summary.name,
            last_seq: summary.last_seq,
            last_time: summary.last_time,
            last_summary: summary.last_summary,
            kinds: summary.kinds.into_iter().map(view).collect(),
            state: summary.state,
        }
    }
}

/// A page of digests, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DigestPage {
    /// The rows.
    pub(crate) items: Vec<DigestView>,
    /// `before` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<u64>,
}

/// A page of entries, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryPage {
    /// The rows.
    pub(crate) items: Vec<EntryView>,
    /// `after` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<u64>,
}

/// The digest that a text means.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Resolved {
    /// `sha256:…`
    pub(crate) digest: String,
}

/// Where the chain ends.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeadView {
    /// Last entry; 0 for an empty ledger.
    pub(crate) seq: u64,
    /// Its hash.
    pub(crate) hash: String,
}

/// How much the ledger holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountsView {
    /// Distinct digests.
    pub(crate) digests: u64,
    /// Entries by kind.
    pub(crate) kinds: BTreeMap<&'static str, u64>,
}

/// What a walk over the whole chain found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerificationView {
    /// Whether nothing is wrong.
    pub(crate) whole: bool,
    /// Entries that were read.
    pub(crate) entries: u64,
    /// Hash of the last one: keep it elsewhere, and ask with `head=` later.
    pub(crate) head: String,
    /// When the walk was made, RFC 3339.
    #[schema(value_type = String)]
    pub(crate) time: Timestamp,
    /// What is wrong.
    pub(crate) problems: Vec<ProblemView>,
}

/// One thing wrong with the chain.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemView {
    /// The entry, where it is about one.
    pub(crate) seq: Option<u64>,
    /// What is wrong.
    pub(crate) what: String,
}
