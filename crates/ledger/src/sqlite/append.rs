//! One more entry at the end, in one transaction.

use std::sync::atomic::Ordering;

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::row::{Stored, select};
use super::{MAX_BODY, Sqlite, store};
use crate::canonical::{MAX_DEPTH, canonical, deeper_than};
use crate::entry::sha256_hex;
use crate::error::{LedgerError, Result};
use crate::{Entry, NewEntry, facts};

/// Bodies above this are kept once each, under their hash.
const INLINE: usize = 16 << 10;
const MAX_ACTOR: usize = 512;
const MAX_SUMMARY: usize = 16 << 10;

pub(super) async fn append(ledger: &Sqlite, new: NewEntry, origin: Option<String>) -> Result<Entry> {
    let body = checked_body(&new, origin.as_deref())?;
    ledger.appending.fetch_add(1, Ordering::SeqCst);
    let written = write(ledger, new, origin, &body).await;
    let alone = ledger.appending.fetch_sub(1, Ordering::SeqCst) == 1;
    if alone && written.is_ok() {
        // The entry is safe in the log by now; this only brings the file itself up to date, and may be refused.
        if let Err(error) = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&ledger.pool).await {
            tracing::debug!(%error, "the write-ahead log was not moved into the ledger file");
        }
    }
    written
}

fn checked_body(new: &NewEntry, origin: Option<&str>) -> Result<String> {
    let refuse = |what: String| Err(LedgerError::Refused(what));
    if new.actor.len() > MAX_ACTOR || new.summary.len() > MAX_SUMMARY {
        return refuse(format!(
            "actor (at most {MAX_ACTOR} bytes) or summary (at most {MAX_SUMMARY}) is too long"
        ));
    }
    if origin
        .is_some_and(|hash| hash.len() != 64 || !hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
    {
        return refuse("its origin is not the hash of an entry: 64 lower-case hex digits".to_owned());
    }
    if deeper_than(&new.body, MAX_DEPTH) {
        return refuse(format!("its body nests deeper than {MAX_DEPTH}"));
    }
    let body = canonical(&new.body);
    if body.len() > MAX_BODY {
        return refuse(format!("its body is {} bytes long; at most {MAX_BODY} are kept", body.len()));
    }
    Ok(body)
}

async fn write(ledger: &Sqlite, new: NewEntry, origin: Option<String>, body: &str) -> Result<Entry> {
    let failed = store("add the entry");
    let mut tx = ledger.pool.begin_with("BEGIN IMMEDIATE").await.map_err(&failed)?;
    if let Some(origin) = &origin {
        let row = sqlx::query(select!("WHERE e.origin = ?1 OR e.hash = ?1 LIMIT 1"))
            .bind(origin)
            .fetch_optional(&mut *tx)
            .await
            .map_err(&failed)?;
        if let Some(row) = row {
            return Stored::read(&row).map_err(&failed)?.into_entry();
        }
    }
    let (count, prev) = end(&mut tx).await?;
    let entry = Entry::chain(count + 1, new, origin, prev);
    insert(&mut tx, &entry, body).await.map_err(&failed)?;
    tx.commit().await.map_err(&failed)?;
    Ok(entry)
}

/// The head, if the last row is the one it names: nothing is chained onto a damaged end.
async fn end(tx: &mut SqliteConnection) -> Result<(u64, String)> {
    let failed = store("read the end of its chain");
    let head = sqlx::query("SELECT count, hash FROM head WHERE id = 1")
        .fetch_one(&mut *tx)
        .await
        .map_err(&failed)?;
    let (count, hash): (i64, String) =
        (head.try_get("count").map_err(&failed)?, head.try_get("hash").map_err(&failed)?);
    let last = sqlx::query("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *tx)
        .await
        .map_err(&failed)?;
    let (seq, last) = match last {
        Some(row) => (row.try_get("seq").map_err(&failed)?, row.try_get("hash").map_err(&failed)?),
        None => (0_i64, crate::GENESIS.to_owned()),
    };
    if (seq, &last) != (count, &hash) {
        let what =
            format!("the head says {count} entries, the last entry is {seq} with another hash or number");
        return Err(LedgerError::Damaged { seq: u64::try_from(seq).unwrap_or(0), what });
    }
    let count =
        u64::try_from(count).map_err(|_| LedgerError::Damaged { seq: 0, what: "negative count".into() })?;
    Ok((count, hash))
}

async fn insert(
    tx: &mut SqliteConnection,
    entry: &Entry,
    body: &str,
) -> std::result::Result<(), sqlx::Error> {
    let body_hash = sha256_hex(body.as_bytes());
    let inline = body.len() <= INLINE;
    if !inline {
        sqlx::query("INSERT INTO blobs (hash, body) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING")
            .bind(&body_hash)
            .bind(body)
            .execute(&mut *tx)
            .await?;
    }
    let seq = entry.seq.cast_signed();
    sqlx::query(
        "INSERT INTO entries (seq, time, digest, kind, actor, summary, body, body_hash, name, outcome, origin, prev, \
         hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )
    .bind(seq)
    .bind(entry.new.time.to_string())
    .bind(entry.new.digest.as_str())
    .bind(entry.new.kind.as_str())
    .bind(&entry.new.actor)
    .bind(&entry.new.summary)
    .bind(inline.then_some(body))
    .bind(&body_hash)
    .bind(facts::name(&entry.new.body))
    .bind(facts::outcome(&entry.new.body).map(crate::Outcome::as_str))
    .bind(&entry.origin)
    .bind(&entry.prev)
    .bind(&entry.hash)
    .execute(&mut *tx)
    .await?;
    if entry.new.kind == crate::Kind::Scanned {
        super::holdings::note(&mut *tx, seq, &entry.new).await?;
    }
    sqlx::query("UPDATE head SET count = ?1, hash = ?2 WHERE id = 1")
        .bind(seq)
        .bind(&entry.hash)
        .execute(tx)
        .await?;
    Ok(())
}
