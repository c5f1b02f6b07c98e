//! The questions.

use std::collections::{BTreeMap, HashMap};

use seawall_findings::Digest;
use sqlx::Row as _;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use super::row::{Stored, select};
use super::store;
use crate::error::{LedgerError, Result};
use crate::facts::has_tag;
use crate::{Counts, DigestSummary, Entry, Head, Kind, KindSummary, MAX_PAGE, Outcome, Page, State};

/// Bodies are read with the rows; one answer holds no more of them than this, but always one row.
const MAX_ANSWER: usize = 64 << 20;

fn bounded(limit: u32) -> u32 {
    if limit == 0 { MAX_PAGE } else { limit.min(MAX_PAGE) }
}

pub(super) async fn trail(pool: &SqlitePool, digest: &Digest, after: u64, limit: u32) -> Result<Vec<Entry>> {
    let rows = sqlx::query(select!("WHERE e.digest = ?1 AND e.seq > ?2 ORDER BY e.seq LIMIT ?3"))
        .bind(digest.as_str())
        .bind(after.min(i64::MAX as u64).cast_signed())
        .bind(bounded(limit));
    collect(rows.fetch(pool)).await
}

pub(super) async fn latest(pool: &SqlitePool, digest: &Digest, kind: Kind) -> Result<Option<Entry>> {
    let rows = sqlx::query(select!("WHERE e.digest = ?1 AND e.kind = ?2 ORDER BY e.seq DESC LIMIT 1"))
        .bind(digest.as_str())
        .bind(kind.as_str());
    Ok(collect(rows.fetch(pool)).await?.pop())
}

pub(super) async fn entries(pool: &SqlitePool, after: u64, limit: u32) -> Result<Vec<Entry>> {
    let rows = sqlx::query(select!("WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2"))
        .bind(after.min(i64::MAX as u64).cast_signed())
        .bind(bounded(limit));
    collect(rows.fetch(pool)).await
}

async fn collect(
    mut rows: impl futures_util::Stream<Item = std::result::Result<SqliteRow, sqlx::Error>> + Unpin,
) -> Result<Vec<Entry>> {
    use futures_util::TryStreamExt as _;
    let failed = store("be read");
    let mut found = Vec::new();
    let mut held = 0;
    while let Some(row) = rows.try_next().await.map_err(&failed)? {
        let stored = Stored::read(&row).map_err(&failed)?;
        held += stored.body.as_ref().map_or(0, String::len);
        if held > MAX_ANSWER && !found.is_empty() {
            break;
        }
        found.push(stored.into_entry()?);
    }
    Ok(found)
}

pub(super) async fn digests(pool: &SqlitePool, page: &Page) -> Result<Vec<DigestSummary>> {
    let failed = store("list digests");
    let mut tx = pool.begin().await.map_err(&failed)?;
    let text = page.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let hex = text.map(|text| text.strip_prefix("sha256:").unwrap_or(text));
    let newest = sqlx::query(
        "SELECT e.seq, e.digest, e.time, e.summary FROM entries e \
         WHERE e.seq < ?1 AND NOT EXISTS (SELECT 1 FROM entries l WHERE l.digest = e.digest AND l.seq > e.seq) \
         AND (?2 IS NULL OR substr(e.digest, 8, length(?3)) = lower(?3) OR EXISTS \
             (SELECT 1 FROM entries n WHERE n.digest = e.digest AND instr(lower(n.name), lower(?2)) > 0)) \
         ORDER BY e.seq DESC LIMIT ?4",
    )
    .bind(page.before.unwrap_or(u64::MAX).min(i64::MAX as u64).cast_signed())
    .bind(text)
    .bind(hex)
    .bind(bounded(page.limit))
    .fetch_all(&mut *tx)
    .await
    .map_err(&failed)?;
    let mut summaries = Vec::with_capacity(newest.len());
    for row in &newest {
        summaries.push(bare(row)?);
    }
    let wanted: Vec<&str> = summaries.iter().map(|summary| summary.digest.as_str()).collect();
    let wanted = serde_json::Value::from(wanted).to_string();
    let kinds = sqlx::query(
        "SELECT digest, kind, outcome, COUNT(*) AS n, MAX(seq) AS newest FROM entries \
         WHERE digest IN (SELECT value FROM json_each(?1)) GROUP BY digest, kind, outcome ORDER BY newest",
    )
    .bind(&wanted)
    .fetch_all(&mut *tx)
    .await
    .map_err(&failed)?;
    let names = sqlx::query(
        "SELECT digest, name, MAX(seq) AS newest FROM entries \
         WHERE name IS NOT NULL AND digest IN (SELECT value FROM json_each(?1)) GROUP BY digest, name ORDER BY newest",
    )
    .bind(&wanted)
    .fetch_all(&mut *tx)
    .await
    .map_err(&failed)?;
    let places: HashMap<String, usize> =
        summaries.iter().enumerate().map(|(place, summary)| (summary.digest.to_string(), place)).collect();
    for row in kinds {
        let (digest, word): (String, String) = (get(&row, "digest")?, get(&row, "kind")?);
        let Some(summary) = places.get(&digest).and_then(|place| summaries.get_mut(*place)) else { continue };
        let kind: Kind = word
            .parse()
            .map_err(|error: crate::UnknownKind| LedgerError::Damaged { seq: 0, what: error.to_string() })?;
        let seen = summary.kinds.entry(kind).or_insert(KindSummary { count: 0, outcome: None });
        seen.count += get::<i64>(&row, "n")?.cast_unsigned();
        // Rows come oldest first: the last verdict stays.
        seen.outcome =
            get::<Option<String>>(&row, "outcome")?.and_then(|w| Outcome::from_word(&w)).or(seen.outcome);
    }
    for row in names {
        let (digest, name): (String, String) = (get(&row, "digest")?, get(&row, "name")?);
        let Some(summary) = places.get(&digest).and_then(|place| summaries.get_mut(*place)) else { continue };
        if has_tag(&name) || !summary.name.as_deref().is_some_and(has_tag) {
            summary.name = Some(name);
        }
    }
    for summary in &mut summaries {
        summary.state = State::of(&summary.kinds);
    }
    Ok(summaries)
}

fn bare(row: &SqliteRow) -> Result<DigestSummary> {
    let seq = get::<i64>(row, "seq")?.cast_unsigned();
    let damaged = |what: String| LedgerError::Damaged { seq, what };
    Ok(DigestSummary {
        digest: get::<String>(row, "digest")?
            .parse()
            .map_err(|error: seawall_findings::DigestError| damaged(error.to_string()))?,
        name: None,
        last_seq: seq,
        last_time: get::<String>(row, "time")?
            .parse()
            .map_err(|error| damaged(format!("its time: {error}")))?,
        last_summary: get(row, "summary")?,
        kinds: BTreeMap::new(),
        state: State::Clear,
    })
}

fn get<'r, T>(row: &'r SqliteRow, column: &str) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(column).map_err(store("be read"))
}

pub(super) async fn resolve(pool: &SqlitePool, text: &str) -> Result<Digest> {
    let failed = store("look a name up");
    let text = text.trim();
    if let Ok(digest) = text.rsplit('@').next().unwrap_or(text).parse::<Digest>() {
        return Ok(digest);
    }
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    if hex.len() >= 6 && hex.len() <= 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        // `g` is the character behind the last hex digit, so this is a range of the index.
        let rows =
            sqlx::query("SELECT DISTINCT digest FROM entries WHERE digest >= ?1 AND digest < ?2 LIMIT 5")
                .bind(format!("sha256:{hex}"))
                .bind(format!("sha256:{hex}g"))
                .fetch_all(pool)
                .await
                .map_err(&failed)?;
        let mut found = Vec::new();
        for row in &rows {
            found.push(get::<String>(row, "digest")?);
        }
        match found.as_slice() {
            [] => {}
            [one] => return parsed(one),
            _ => return Err(LedgerError::Ambiguous { text: text.to_owned(), candidates: found }),
        }
    }
    let row = sqlx::query(
        "SELECT digest FROM entries WHERE name = ?1 OR substr(name, -length(?2)) = ?2 \
         OR (?3 AND (substr(name, 1, length(?1) + 1) = ?1 || ':' OR instr(name, ?2 || ':') > 0)) \
         ORDER BY name = ?1 DESC, seq DESC LIMIT 1",
    )
    .bind(text)
    .bind(format!("/{text}"))
    .bind(!has_tag(text))
    .fetch_optional(pool)
    .await
    .map_err(&failed)?;
    match row {
        Some(row) if !text.is_empty() => parsed(&get::<String>(&row, "digest")?),
        _ => Err(LedgerError::NotFound(text.to_owned())),
    }
}

fn parsed(digest: &str) -> Result<Digest> {
    digest.parse().map_err(|error: seawall_findings::DigestError| LedgerError::Damaged {
        seq: 0,
        what: error.to_string(),
    })
}

pub(super) async fn counts(pool: &SqlitePool) -> Result<Counts> {
    let failed = store("count its entries");
    let mut counts = Counts::default();
    let rows = sqlx::query("SELECT kind, COUNT(*) AS n FROM entries GROUP BY kind").fetch_all(pool).await;
    for row in rows.map_err(&failed)? {
        if let Ok(kind) = get::<String>(&row, "kind")?.parse() {
            counts.kinds.insert(kind, get::<i64>(&row, "n")?.cast_unsigned());
        }
    }
    let row = sqlx::query("SELECT COUNT(DISTINCT digest) AS n FROM entries").fetch_one(pool).await;
    counts.digests = get::<i64>(&row.map_err(&failed)?, "n")?.cast_unsigned();
    Ok(counts)
}

pub(super) async fn head(pool: &SqlitePool) -> Result<Head> {
    let row = sqlx::query("SELECT count, hash FROM head WHERE id = 1").fetch_one(pool).await;
    let row = row.map_err(store("read the end of its chain"))?;
    Ok(Head { seq: get::<i64>(&row, "count")?.cast_unsigned(), hash: get(&row, "hash")? })
}
