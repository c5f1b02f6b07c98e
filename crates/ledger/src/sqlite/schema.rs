//! The tables, and what keeps them from being edited by accident.

use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::row::{Stored, select};
use super::{holdings, store};
use crate::GENESIS;
use crate::error::{LedgerError, Result};

/// "Seaw": marks the file as a ledger (`PRAGMA application_id`).
const APPLICATION: i64 = 0x5365_6177;
/// Of the tables below (`PRAGMA user_version`).
const VERSION: i64 = 2;

/// `name` and `outcome` repeat facts of the body for the queries; `verify` holds them against it. The triggers are
/// a guard rail against slips, not against someone who owns the file: that is what the chain is for.
const TABLES: &str = "
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    summary TEXT NOT NULL,
    body TEXT,
    body_hash TEXT NOT NULL,
    name TEXT,
    outcome TEXT,
    origin TEXT UNIQUE,
    prev TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX entries_by_digest ON entries (digest, seq);
CREATE INDEX entries_by_name ON entries (name, seq) WHERE name IS NOT NULL;
CREATE TABLE blobs (
    hash TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    count INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are never changed: a correction is a new entry'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
CREATE TRIGGER blobs_stay BEFORE UPDATE ON blobs
BEGIN SELECT RAISE(ABORT, 'bodies are never changed'); END;
CREATE TRIGGER blobs_remain BEFORE DELETE ON blobs
BEGIN SELECT RAISE(ABORT, 'bodies are never removed'); END;
CREATE TRIGGER head_remains BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the head is never removed'); END;
PRAGMA application_id = 1399153015;
PRAGMA user_version = 2;
";

pub(super) async fn prepare(pool: &SqlitePool, path: &str) -> Result<()> {
    let failed = store("be prepared");
    // Immediate, so that of several processes that open a new file one makes the tables and the others see them.
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.map_err(&failed)?;
    let version: i64 = sqlx::query("PRAGMA user_version").fetch_one(&mut *tx).await.map_err(&failed)?.get(0);
    let application: i64 =
        sqlx::query("PRAGMA application_id").fetch_one(&mut *tx).await.map_err(&failed)?.get(0);
    let tables: i64 =
        sqlx::query("SELECT COUNT(*) FROM sqlite_schema").fetch_one(&mut *tx).await.map_err(&failed)?.get(0);
    let foreign = |what: String| Err(LedgerError::Foreign { path: path.to_owned(), what });
    match (application, version, tables) {
        (APPLICATION, VERSION, _) => return Ok(()),
        (APPLICATION, 1, _) => {
            index_packages(&mut tx).await.map_err(&failed)?;
            return tx.commit().await.map_err(&failed);
        }
        (APPLICATION, _, _) => {
            return foreign(format!(
                "its tables have version {version}, this version of Seawall knows {VERSION}"
            ));
        }
        (0, 0, 0) => {}
        _ => return foreign("it is a database of another program".to_owned()),
    }
    sqlx::raw_sql(TABLES).execute(&mut *tx).await.map_err(&failed)?;
    sqlx::raw_sql(holdings::TABLES).execute(&mut *tx).await.map_err(&failed)?;
    sqlx::query("INSERT INTO head (id, count, hash) VALUES (1, 0, ?1)")
        .bind(GENESIS)
        .execute(&mut *tx)
        .await
        .map_err(&failed)?;
    tx.commit().await.map_err(&failed)
}

/// From the tables of version 1, which had no index of packages: it is made from the scans that are there.
async fn index_packages(tx: &mut SqliteConnection) -> std::result::Result<(), sqlx::Error> {
    sqlx::raw_sql(holdings::TABLES).execute(&mut *tx).await?;
    let mut after = 0;
    loop {
        let row = sqlx::query(select!("WHERE e.seq > ?1 AND e.kind = 'scanned' ORDER BY e.seq LIMIT 1"))
            .bind(after)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { break };
        after = row.try_get("seq")?;
        // A damaged entry is not indexed; `verify` is what tells of it.
        if let Ok(entry) = Stored::read(&row)?.into_entry() {
            holdings::note(&mut *tx, after, &entry.new).await?;
        }
    }
    sqlx::raw_sql("PRAGMA user_version = 2").execute(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_in_the_tables_are_those_that_are_looked_for() {
        assert!(TABLES.contains(&format!("application_id = {APPLICATION};")));
        assert!(TABLES.contains(&format!("user_version = {VERSION};")));
    }
}
