//! One entry, and the hash that chains it to the one before.

use std::str::FromStr;

use jiff::Timestamp;
use seawall_findings::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::canonical::canonical;

/// What an entry says happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An image was built or pushed.
    Built,
    /// It was scanned; the body holds the summary, and the report.
    Scanned,
    /// It was signed.
    Signed,
    /// A document was attested about it.
    Attested,
    /// Its signatures or attestations were verified.
    Verified,
    /// A policy was asked in a pipeline.
    Gated,
    /// A commit put it into the configuration repository.
    Promoted,
    /// An admission request for it was answered.
    Admitted,
    /// A container of it was seen running.
    Running,
    /// A rule matched what it did.
    Alerted,
    /// Something was done about an alert.
    Responded,
}

/// A word that is no [`Kind`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a kind of entry")]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| UnknownKind(word.to_owned()))
    }
}

impl Kind {
    /// Every kind, in the order in which an image meets them.
    pub const ALL: [Self; 11] = [
        Self::Built,
        Self::Scanned,
        Self::Signed,
        Self::Attested,
        Self::Verified,
        Self::Gated,
        Self::Promoted,
        Self::Admitted,
        Self::Running,
        Self::Alerted,
        Self::Responded,
    ];

    /// The lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Built => "built",
            Self::Scanned => "scanned",
            Self::Signed => "signed",
            Self::Attested => "attested",
            Self::Verified => "verified",
            Self::Gated => "gated",
            Self::Promoted => "promoted",
            Self::Admitted => "admitted",
            Self::Running => "running",
            Self::Alerted => "alerted",
            Self::Responded => "responded",
        }
    }
}

/// What a writer hands over; the ledger adds `seq`, `prev` and `hash`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEntry {
    /// When it happened.
    pub time: Timestamp,
    /// What it is about.
    pub digest: Digest,
    /// What happened.
    pub kind: Kind,
    /// Who or what did it: `seawall gate`, `webhook`, `sensor on node-1` …
    pub actor: String,
    /// One line for people.
    pub summary: String,
    /// Details by kind.
    pub body: serde_json::Value,
}

/// One entry of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts up from 1 without a gap.
    pub seq: u64,
    /// What was handed over.
    #[serde(flatten)]
    pub new: NewEntry,
    /// Where the entry was imported from another ledger: its hash there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Hash of the entry before; 64 zeros for the first.
    pub prev: String,
    /// See [`Entry::compute_hash`].
    pub hash: String,
}

/// The `prev` of the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Entry {
    /// Chains `new` behind the entry with hash `prev`.
    pub fn chain(seq: u64, new: NewEntry, origin: Option<String>, prev: String) -> Self {
        let mut entry = Self { seq, new, origin, prev, hash: String::new() };
        entry.hash = entry.compute_hash();
        entry
    }

    /// SHA-256, in hex, over each part's length (eight bytes, big-endian) and bytes, in this order: `prev`, `seq`,
    /// `time`, `digest`, `kind`, `actor`, `summary`, the SHA-256 (hex) of the body's canonical text, and `origin`
    /// where there is one. The lengths make the parts unambiguous; that the body takes part by its own hash lets a
    /// store keep large bodies elsewhere, and lets the chain be proved without them.
    pub fn compute_hash(&self) -> String {
        chain_hash(&Parts {
            prev: &self.prev,
            seq: self.seq,
            time: &self.new.time.to_string(),
            digest: self.new.digest.as_str(),
            kind: self.new.kind.as_str(),
            actor: &self.new.actor,
            summary: &self.new.summary,
            body_hash: &sha256_hex(canonical(&self.new.body).as_bytes()),
            origin: self.origin.as_deref(),
        })
    }
}

/// What the hash of an entry covers, as texts: a store hashes exactly the bytes that it keeps, so that two spellings
/// of one value are not the same entry.
pub(crate) struct Parts<'a> {
    pub(crate) prev: &'a str,
    pub(crate) seq: u64,
    pub(crate) time: &'a str,
    pub(crate) digest: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) summary: &'a str,
    pub(crate) body_hash: &'a str,
    pub(crate) origin: Option<&'a str>,
}

pub(crate) fn chain_hash(parts: &Parts<'_>) -> String {
    let mut hasher = Sha256::new();
    let seq = parts.seq.to_string();
    let fixed =
        [parts.prev, &seq, parts.time, parts.digest, parts.kind, parts.actor, parts.summary, parts.body_hash];
    for part in fixed.into_iter().chain(parts.origin) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex::encode(hasher.finalize())
}

/// SHA-256 in lower-case hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
