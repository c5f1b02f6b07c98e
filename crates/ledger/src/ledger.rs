//! The trait that every store implements, and what it answers with.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use seawall_findings::Digest;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::{Entry, HeldPackage, Holder, Kind, LedgerError, NewEntry, Outcome};

/// Most rows that one page holds.
pub const MAX_PAGE: u32 = 200;
/// Most packages that one page holds: they are small, and all of them are asked for.
pub const MAX_PACKAGES: u32 = 10_000;

/// A place that keeps entries. Every method is one consistent read or one durable write.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Adds an entry at the end. When this returns, the entry survives a crash.
    async fn append(&self, new: NewEntry) -> Result<Entry> {
        self.append_from(new, None).await
    }

    /// Like [`Ledger::append`], for an entry that another ledger holds under the hash `origin`. Where an entry of
    /// that hash or origin is present already, that one is returned and nothing is added.
    async fn append_from(&self, new: NewEntry, origin: Option<String>) -> Result<Entry>;

    /// Every entry about a digest, oldest first; empty where there is none.
    async fn trail(&self, digest: &Digest) -> Result<Vec<Entry>> {
        let mut trail: Vec<Entry> = Vec::new();
        loop {
            let after = trail.last().map_or(0, |entry| entry.seq);
            let page = self.trail_page(digest, after, MAX_PAGE).await?;
            if page.is_empty() {
                return Ok(trail);
            }
            trail.extend(page);
        }
    }

    /// Entries about a digest behind `after` (0: from the start), at most `limit` (at most [`MAX_PAGE`]).
    async fn trail_page(&self, digest: &Digest, after: u64, limit: u32) -> Result<Vec<Entry>>;

    /// The newest entry of a kind about a digest: its last scan, say.
    async fn latest(&self, digest: &Digest, kind: Kind) -> Result<Option<Entry>> {
        let trail = self.trail(digest).await?;
        Ok(trail.into_iter().rev().find(|entry| entry.new.kind == kind))
    }

    /// Entries behind `after` in order, at most `limit` (at most [`MAX_PAGE`]).
    async fn entries(&self, after: u64, limit: u32) -> Result<Vec<Entry>>;

    /// Digests, that with the newest entry first.
    async fn digests(&self, page: &Page) -> Result<Vec<DigestSummary>>;

    /// The digest that a text means: a digest, `name@digest`, a unique prefix of one (six digits or more), or a
    /// name (`shop:1.1`, with or without its registry), where the newest entry of that name counts.
    async fn resolve(&self, text: &str) -> Result<Digest>;

    /// Distinct packages of the newest scans, those with a number above `after`, at most `limit` (at most
    /// [`MAX_PACKAGES`]) in the order of their numbers.
    async fn packages(&self, after: u64, limit: u32) -> Result<Vec<HeldPackage>>;

    /// The digests whose newest scan holds one of these packages ([`HeldPackage::id`]).
    async fn holders(&self, packages: &[u64]) -> Result<Vec<Holder>>;

    /// How much it holds.
    async fn counts(&self) -> Result<Counts>;

    /// Where the chain ends.
    async fn head(&self) -> Result<Head>;

    /// Proves the chain: see [`Ledger::verify_against`].
    async fn verify(&self) -> Result<Verification> {
        self.verify_against(None).await
    }

    /// Walks the whole chain and lists everything that was changed or removed. Someone who rewrites the whole file,
    /// its head as well, makes a chain that is whole in itself: keep [`Verification::head`] elsewhere and give it
    /// here later, then it must still be in the chain.
    async fn verify_against(&self, known: Option<&str>) -> Result<Verification>;
}

/// Which digests to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Only digests whose newest entry is before this `seq`: the `last_seq` of the last one seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// At most so many; 0 and everything above [`MAX_PAGE`] mean [`MAX_PAGE`].
    #[serde(default)]
    pub limit: u32,
    /// Only digests that start with this, or with a name that contains it (ASCII case does not matter).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One line of the list of digests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestSummary {
    /// The digest.
    pub digest: Digest,
    /// The name last seen, one with a tag where there is any.
    pub name: Option<String>,
    /// `seq` of its newest entry.
    pub last_seq: u64,
    /// Time of its newest entry.
    pub last_time: Timestamp,
    /// The newest entry's line for people.
    pub last_summary: String,
    /// What happened, by kind.
    pub kinds: BTreeMap<Kind, KindSummary>,
    /// The worst of it.
    pub state: State,
}

/// How often a kind was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindSummary {
    /// Number of entries.
    pub count: u64,
    /// How the newest entry of this kind that carries a verdict was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// The worst that is known of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing bad.
    Clear,
    /// The newest answer of a gate or admission warns.
    Warned,
    /// The newest answer of a gate or admission refuses.
    Denied,
    /// A rule matched what it did.
    Alerted,
}

impl State {
    pub(crate) fn of(kinds: &BTreeMap<Kind, KindSummary>) -> Self {
        if kinds.contains_key(&Kind::Alerted) {
            return Self::Alerted;
        }
        match kinds.values().filter_map(|kind| kind.outcome).max() {
            Some(Outcome::Deny) => Self::Denied,
            Some(Outcome::Warn) => Self::Warned,
            _ => Self::Clear,
        }
    }
}

/// How much a ledger holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Distinct digests.
    pub digests: u64,
    /// Entries by kind.
    pub kinds: BTreeMap<Kind, u64>,
}

/// Where the chain ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// `seq` of the last entry; 0 for an empty ledger.
    pub seq: u64,
    /// Its hash; 64 zeros for an empty ledger.
    pub hash: String,
}

/// What a walk over the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Entries that were read.
    pub entries: u64,
    /// Hash of the last one, as recomputed.
    pub head: String,
    /// Everything that is wrong, the first hundred; empty: the chain is whole.
    pub problems: Vec<Problem>,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.problems.is_empty()
    }
}

/// One thing wrong with the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The entry, where it is about one.
    pub seq: Option<u64>,
    /// What is wrong, for people.
    pub what: String,
}

/// What [`import`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Entries that were new here.
    pub added: u64,
    /// Entries that were here already.
    pub present: u64,
}

/// Adds every entry of `from` that `into` does not hold yet, in order, each with the hash it has there as its
/// `origin`; so a file that a CI job wrote becomes part of the team's ledger, and importing it twice adds nothing.
///
/// # Errors
/// [`LedgerError::Damaged`] where the chain of `from` is not whole: nothing is added then.
pub async fn import(into: &dyn Ledger, from: &dyn Ledger) -> Result<Imported> {
    if let Some(problem) = from.verify().await?.problems.into_iter().next() {
        return Err(LedgerError::Damaged { seq: problem.seq.unwrap_or(0), what: problem.what });
    }
    let mut imported = Imported::default();
    let mut after = 0;
    let mut end = into.head().await?.seq;
    loop {
        let page = from.entries(after, MAX_PAGE).await?;
        let Some(last) = page.last() else { return Ok(imported) };
        after = last.seq;
        for entry in page {
            let origin = entry.origin.unwrap_or(entry.hash);
            let kept = into.append_from(entry.new, Some(origin)).await?;
            if kept.seq > end {
                end = kept.seq;
                imported.added += 1;
            } else {
                imported.present += 1;
            }
        }
    }
}
