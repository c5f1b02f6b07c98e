//! One stored row, as texts, and the entry it holds.

use seawall_findings::Digest;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::entry::{Parts, chain_hash};
use crate::error::{LedgerError, Result};
use crate::{Entry, NewEntry};

/// The columns of [`Stored::read`], from `entries e LEFT JOIN blobs b ON b.hash = e.body_hash AND e.body IS NULL`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.seq, e.time, e.digest, e.kind, e.actor, e.summary, COALESCE(e.body, b.body) AS body, ",
            "e.body_hash, e.name, e.outcome, e.origin, e.prev, e.hash FROM entries e ",
            "LEFT JOIN blobs b ON b.hash = e.body_hash AND e.body IS NULL ",
            $rest
        )
    };
}
pub(super) use select;

/// A row before anything is believed about it.
pub(super) struct Stored {
    pub(super) seq: u64,
    time: String,
    digest: String,
    kind: String,
    actor: String,
    summary: String,
    pub(super) body: Option<String>,
    pub(super) body_hash: String,
    pub(super) name: Option<String>,
    pub(super) outcome: Option<String>,
    origin: Option<String>,
    pub(super) prev: String,
    pub(super) hash: String,
}

impl Stored {
    pub(super) fn read(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            seq: row
                .try_get::<i64, _>("seq")?
                .try_into()
                .map_err(|_| sqlx::Error::Protocol("negative seq".into()))?,
            time: row.try_get("time")?,
            digest: row.try_get("digest")?,
            kind: row.try_get("kind")?,
            actor: row.try_get("actor")?,
            summary: row.try_get("summary")?,
            body: row.try_get("body")?,
            body_hash: row.try_get("body_hash")?,
            name: row.try_get("name")?,
            outcome: row.try_get("outcome")?,
            origin: row.try_get("origin")?,
            prev: row.try_get("prev")?,
            hash: row.try_get("hash")?,
        })
    }

    /// Over the texts as they are stored.
    pub(super) fn compute_hash(&self) -> String {
        chain_hash(&Parts {
            prev: &self.prev,
            seq: self.seq,
            time: &self.time,
            digest: &self.digest,
            kind: &self.kind,
            actor: &self.actor,
            summary: &self.summary,
            body_hash: &self.body_hash,
            origin: self.origin.as_deref(),
        })
    }

    pub(super) fn into_entry(self) -> Result<Entry> {
        let seq = self.seq;
        let damaged = |what: String| LedgerError::Damaged { seq, what };
        let body = self.body.ok_or_else(|| damaged("its body is missing".to_owned()))?;
        Ok(Entry {
            seq,
            new: NewEntry {
                time: self.time.parse().map_err(|error| damaged(format!("its time: {error}")))?,
                digest: self.digest.parse::<Digest>().map_err(|error| damaged(error.to_string()))?,
                kind: self.kind.parse().map_err(|error: crate::UnknownKind| damaged(error.to_string()))?,
                actor: self.actor,
                summary: self.summary,
                body: serde_json::from_str(&body).map_err(|error| damaged(format!("its body: {error}")))?,
            },
            origin: self.origin,
            prev: self.prev,
            hash: self.hash,
        })
    }
}
