//! The walk over the whole chain.

use futures_util::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::row::{Stored, select};
use super::store;
use crate::entry::sha256_hex;
use crate::error::Result;
use crate::{GENESIS, Outcome, Problem, Verification, facts};

const MAX_PROBLEMS: usize = 100;

/// What the walk knows so far.
struct Walk<'a> {
    entries: u64,
    /// Number of the row before, as stored.
    last: u64,
    /// Hash of the row before, as recomputed.
    head: String,
    known: Option<&'a str>,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn report(&mut self, seq: impl Into<Option<u64>>, what: impl Into<String>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { seq: seq.into(), what: what.into() });
        }
    }

    fn step(&mut self, row: Stored) {
        let seq = row.seq;
        self.entries += 1;
        match seq.saturating_sub(self.last + 1) {
            0 => {}
            1 => self.report(self.last + 1, "this entry is missing"),
            _ => self.report(self.last + 1, format!("the entries from here to {} are missing", seq - 1)),
        }
        if row.prev != self.head {
            self.report(
                seq,
                "it does not continue the entry before: that one was changed, removed or put there",
            );
        }
        let hash = row.compute_hash();
        if row.hash != hash {
            self.report(seq, "it was changed: its hash is not that of what it says");
        }
        match &row.body {
            Some(body) if sha256_hex(body.as_bytes()) == row.body_hash => {}
            Some(_) => self.report(seq, "its body was changed"),
            None => self.report(seq, "its body is missing"),
        }
        if self.known == Some(hash.as_str()) {
            self.known = None;
        }
        let facts = (row.name.clone(), row.outcome.clone());
        match row.into_entry() {
            Ok(entry) => {
                let told =
                    (facts::name(&entry.new.body), facts::outcome(&entry.new.body).map(Outcome::as_str));
                if (facts.0, facts.1.as_deref()) != told {
                    self.report(
                        seq,
                        "the name or outcome that it is found by is not the one that its body says",
                    );
                }
            }
            Err(error) => self.report(seq, error.to_string()),
        }
        self.last = seq;
        self.head = hash;
    }
}

pub(super) async fn verify(pool: &SqlitePool, known: Option<&str>) -> Result<Verification> {
    let failed = store("be verified");
    let mut walk = Walk {
        entries: 0,
        last: 0,
        head: GENESIS.to_owned(),
        known: known.filter(|hash| *hash != GENESIS),
        problems: Vec::new(),
    };
    // One transaction, so one state, however much is appended meanwhile.
    let mut tx = pool.begin().await.map_err(&failed)?;
    // A damaged file ends some reads early; what was learnt until then is reported with that.
    if let Err(error) = chain(&mut tx, &mut walk).await {
        walk.report(walk.last + 1, format!("nothing can be read from here on: {error}"));
    }
    if let Err(error) = head(&mut tx, &mut walk).await {
        walk.report(None, format!("the head cannot be read: {error}"));
    }
    if let Err(error) = surroundings(&mut tx, &mut walk).await {
        walk.report(None, format!("the file cannot be checked: {error}"));
    }
    if let Some(known) = walk.known {
        walk.report(
            None,
            format!("no entry has the hash {known}: the chain was rewritten, or it is another one"),
        );
    }
    Ok(Verification { entries: walk.entries, head: walk.head, problems: walk.problems })
}

async fn chain(tx: &mut SqliteConnection, walk: &mut Walk<'_>) -> std::result::Result<(), sqlx::Error> {
    let mut rows = sqlx::query(select!("ORDER BY e.seq")).fetch(&mut *tx);
    while let Some(row) = rows.try_next().await? {
        match Stored::read(&row) {
            Ok(row) => walk.step(row),
            Err(error) => {
                walk.entries += 1;
                walk.last += 1;
                walk.report(walk.last, format!("it cannot be read: {error}"));
            }
        }
    }
    Ok(())
}

async fn head(tx: &mut SqliteConnection, walk: &mut Walk<'_>) -> std::result::Result<(), sqlx::Error> {
    let row = sqlx::query("SELECT count, hash FROM head WHERE id = 1").fetch_one(tx).await?;
    let (count, hash): (i64, String) = (row.try_get("count")?, row.try_get("hash")?);
    if u64::try_from(count) != Ok(walk.last) || hash != walk.head {
        let what = format!(
            "the head says that {count} entries end in {hash}; what is there ends with entry {} in {}: entries were \
             removed, added or changed",
            walk.last, walk.head
        );
        walk.report(None, what);
    }
    Ok(())
}

/// Bodies that no entry names, and the indexes that queries go through: a trail read by a damaged index would miss
/// entries that the walk sees.
async fn surroundings(
    tx: &mut SqliteConnection,
    walk: &mut Walk<'_>,
) -> std::result::Result<(), sqlx::Error> {
    let strays: i64 = sqlx::query(
        "SELECT COUNT(*) FROM blobs b WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.body_hash = b.hash)",
    )
    .fetch_one(&mut *tx)
    .await?
    .try_get(0)?;
    if strays > 0 {
        walk.report(None, format!("{strays} stored bodies belong to no entry"));
    }
    for row in sqlx::query("PRAGMA integrity_check(10)").fetch_all(tx).await? {
        let line: String = row.try_get(0)?;
        if line != "ok" {
            walk.report(None, format!("the file: {line}"));
        }
    }
    Ok(())
}
