//! The index of packages in SQLite: written with each scan, read by id.

use std::collections::BTreeSet;

use seawall_findings::{Distribution, Package};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{QueryBuilder, Row as _};

use super::store;
use crate::entry::sha256_hex;
use crate::error::{LedgerError, Result};
use crate::holdings::inventory;
use crate::{HeldPackage, Holder, MAX_PACKAGES, NewEntry};

/// `facts` is the package as JSON, the distribution beside it: two packages are the same where all of it is.
/// A later scan of a digest that finds other packages gets a new row in `scans`, and the rows of the old one in `held`
/// lead nowhere.
pub(super) const TABLES: &str = "
CREATE TABLE packages (
    id INTEGER PRIMARY KEY,
    distribution TEXT NOT NULL,
    facts TEXT NOT NULL,
    UNIQUE (facts, distribution)
) STRICT;
CREATE TABLE scans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    name TEXT,
    contents TEXT NOT NULL
) STRICT;
CREATE TABLE held (
    package INTEGER NOT NULL,
    scan INTEGER NOT NULL,
    PRIMARY KEY (package, scan)
) STRICT, WITHOUT ROWID;
";

/// Notes what a scan found; does nothing for a body without a report.
pub(super) async fn note(
    tx: &mut SqliteConnection,
    seq: i64,
    entry: &NewEntry,
) -> std::result::Result<(), sqlx::Error> {
    let Some((distribution, packages)) = inventory(&entry.body) else { return Ok(()) };
    let mut ids = BTreeSet::new();
    for package in &packages {
        ids.insert(number(&mut *tx, distribution.as_ref(), package).await?);
    }
    let listed: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let contents = sha256_hex(listed.join(",").as_bytes());
    let name = crate::facts::name(&entry.body);
    let same = sqlx::query("UPDATE scans SET seq = ?1, name = ?2 WHERE digest = ?3 AND contents = ?4")
        .bind(seq)
        .bind(&name)
        .bind(entry.digest.as_str())
        .bind(&contents)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    if same > 0 {
        return Ok(());
    }
    sqlx::query("DELETE FROM scans WHERE digest = ?1").bind(entry.digest.as_str()).execute(&mut *tx).await?;
    let scan = sqlx::query("INSERT INTO scans (digest, seq, name, contents) VALUES (?1, ?2, ?3, ?4)")
        .bind(entry.digest.as_str())
        .bind(seq)
        .bind(&name)
        .bind(&contents)
        .execute(&mut *tx)
        .await?
        .last_insert_rowid();
    for id in ids {
        sqlx::query("INSERT INTO held (package, scan) VALUES (?1, ?2)")
            .bind(id)
            .bind(scan)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

async fn number(
    tx: &mut SqliteConnection,
    distribution: Option<&Distribution>,
    package: &Package,
) -> std::result::Result<i64, sqlx::Error> {
    let encode = |error: serde_json::Error| sqlx::Error::Encode(Box::new(error));
    let facts = serde_json::to_string(package).map_err(encode)?;
    let distribution = distribution.map_or(Ok(String::new()), serde_json::to_string).map_err(encode)?;
    let known = sqlx::query("SELECT id FROM packages WHERE facts = ?1 AND distribution = ?2")
        .bind(&facts)
        .bind(&distribution)
        .fetch_optional(&mut *tx)
        .await?;
    if let Some(row) = known {
        return row.try_get("id");
    }
    let added = sqlx::query("INSERT INTO packages (distribution, facts) VALUES (?1, ?2)")
        .bind(&distribution)
        .bind(&facts)
        .execute(tx)
        .await?;
    Ok(added.last_insert_rowid())
}

/// Packages behind `after` in the order of their numbers.
pub(super) async fn packages(pool: &SqlitePool, after: u64, limit: u32) -> Result<Vec<HeldPackage>> {
    let failed = store("list its packages");
    let rows = sqlx::query("SELECT id, distribution, facts FROM packages WHERE id > ?1 ORDER BY id LIMIT ?2")
        .bind(after.cast_signed())
        .bind(limit.min(MAX_PACKAGES))
        .fetch_all(pool)
        .await
        .map_err(&failed)?;
    let mut packages = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.try_get::<i64, _>("id").map_err(&failed)?.cast_unsigned();
        let distribution: String = row.try_get("distribution").map_err(&failed)?;
        let facts: String = row.try_get("facts").map_err(&failed)?;
        let damaged = |error: serde_json::Error| LedgerError::Damaged {
            seq: 0,
            what: format!("package {id} of the index of packages: {error}"),
        };
        let distribution = match distribution.as_str() {
            "" => None,
            text => Some(serde_json::from_str(text).map_err(damaged)?),
        };
        packages.push(HeldPackage {
            id,
            distribution,
            package: serde_json::from_str(&facts).map_err(damaged)?,
        });
    }
    Ok(packages)
}

/// Who holds the packages, by package and digest.
pub(super) async fn holders(pool: &SqlitePool, packages: &[u64]) -> Result<Vec<Holder>> {
    let failed = store("say who holds a package");
    let mut holders = Vec::new();
    // Below SQLite's limit of bound values.
    for part in packages.chunks(500) {
        let mut query = QueryBuilder::new(
            "SELECT h.package, s.digest, s.name, s.seq, EXISTS (SELECT 1 FROM entries e WHERE e.digest = s.digest \
             AND e.kind = 'running') AS ran FROM held h JOIN scans s ON s.id = h.scan WHERE h.package IN (",
        );
        let mut list = query.separated(", ");
        for id in part {
            list.push_bind(id.cast_signed());
        }
        query.push(") ORDER BY h.package, s.digest");
        for row in query.build().fetch_all(pool).await.map_err(&failed)? {
            let digest: String = row.try_get("digest").map_err(&failed)?;
            let seq = row.try_get::<i64, _>("seq").map_err(&failed)?.cast_unsigned();
            holders.push(Holder {
                package: row.try_get::<i64, _>("package").map_err(&failed)?.cast_unsigned(),
                digest: digest.parse().map_err(|error: seawall_findings::DigestError| {
                    LedgerError::Damaged { seq, what: error.to_string() }
                })?,
                name: row.try_get("name").map_err(&failed)?,
                seq,
                ran: row.try_get("ran").map_err(&failed)?,
            });
        }
    }
    Ok(holders)
}
