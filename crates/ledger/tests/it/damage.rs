//! Whatever is changed or removed behind the ledger's back is found.

use std::path::{Path, PathBuf};

use seawall_ledger::{Entry, Ledger, LedgerError, Page, Sqlite};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::{digest, six};

async fn filled(folder: &Path) -> (PathBuf, Vec<Entry>) {
    let path = folder.join("ledger.db");
    let ledger = Sqlite::open(&path).await.unwrap();
    let mut kept = Vec::new();
    for new in six() {
        kept.push(ledger.append(new).await.unwrap());
    }
    ledger.close().await;
    (path, kept)
}

/// Everything the ledger says.
async fn told(ledger: &Sqlite) -> Result<String, LedgerError> {
    let lists = (ledger.entries(0, 200).await?, ledger.digests(&Page::default()).await?);
    let trails = (ledger.trail(&digest(1)).await?, ledger.trail(&digest(2)).await?);
    Ok(format!("{lists:?} {trails:?} {:?}", ledger.resolve("shop:1.0").await?))
}

#[tokio::test]
async fn a_flipped_byte_is_found_or_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = filled(folder.path()).await;
    let good = std::fs::read(&path).unwrap();
    let ledger = Sqlite::open(&path).await.unwrap();
    let before = told(&ledger).await.unwrap();
    ledger.close().await;
    // Every place of the texts of three entries, and a sample of the whole file.
    let rows: Vec<usize> = ["2026-03-01T10:00", "127.0.0.1:5000/shop:1.1", "\"outcome\":\"deny\""]
        .iter()
        .flat_map(|text| {
            let places = good.windows(text.len()).enumerate().filter(|(_, part)| *part == text.as_bytes());
            places.map(|(place, _)| place).take(2).collect::<Vec<_>>()
        })
        .flat_map(|start| (start..start + 200).step_by(3))
        .collect();
    assert!(rows.len() >= 200);
    let mut found = 0;
    let flipped = folder.path().join("flipped.db");
    for (round, place) in rows.into_iter().chain((0..good.len()).step_by(769)).enumerate() {
        let mut bytes = good.clone();
        bytes[place] ^= 1 << (round % 8);
        for name in ["flipped.db-wal", "flipped.db-shm"] {
            let _ = std::fs::remove_file(folder.path().join(name));
        }
        std::fs::write(&flipped, bytes).unwrap();
        let Ok(ledger) = Sqlite::open(&flipped).await else {
            found += 1;
            continue;
        };
        match ledger.verify().await {
            Ok(walk) if walk.is_whole() => {
                assert_eq!(told(&ledger).await.unwrap(), before, "a flip at {place} was not found");
            }
            _ => found += 1,
        }
        ledger.close().await;
    }
    assert!(found > 200, "only {found} flips were found");
}

/// Runs SQL on the file as someone would who owns it.
async fn edit(path: &Path, sql: &'static str) -> Result<(), sqlx::Error> {
    let mut file = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await?;
    sqlx::raw_sql(sql).execute(&mut file).await?;
    file.close().await
}

async fn problems(path: &Path, known: Option<&str>) -> Vec<String> {
    let walk = Sqlite::open(path).await.unwrap().verify_against(known).await.unwrap();
    walk.problems.into_iter().map(|p| format!("{}: {}", p.seq.unwrap_or(0), p.what)).collect()
}

#[tokio::test]
async fn the_guard_rail_refuses_edits() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = filled(folder.path()).await;
    for sql in [
        "UPDATE entries SET actor = 'me' WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 2",
        "UPDATE blobs SET body = '{}'",
        "DELETE FROM blobs",
        "DELETE FROM head",
    ] {
        assert!(edit(&path, sql).await.is_err(), "{sql}");
    }
    assert_eq!(problems(&path, None).await, Vec::<String>::new());
}

#[tokio::test]
async fn edits_past_the_guard_rail_are_found() {
    for (sql, seq) in [
        (
            "DROP TRIGGER entries_stay; UPDATE entries SET summary = 'all fine' WHERE seq = 3",
            "3: it was changed",
        ),
        (
            "DROP TRIGGER entries_stay; UPDATE entries SET outcome = 'allow' WHERE seq = 3",
            "3: the name or outcome",
        ),
        ("DROP TRIGGER entries_remain; DELETE FROM entries WHERE seq = 3", "3: this entry is missing"),
        ("DROP TRIGGER entries_remain; DELETE FROM entries WHERE seq = 6", "0: the head says"),
        ("DROP TRIGGER entries_remain; DELETE FROM entries", "0: the head says"),
        (
            "DROP TRIGGER blobs_stay; UPDATE blobs SET body = '{\"reference\":\"x\"}'",
            "2: its body was changed",
        ),
        ("DROP TRIGGER blobs_remain; DELETE FROM blobs", "2: its body is missing"),
        ("UPDATE head SET count = 7", "0: the head says"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = filled(folder.path()).await;
        edit(&path, sql).await.unwrap();
        let found = problems(&path, None).await;
        assert!(found.iter().any(|problem| problem.starts_with(seq)), "{sql}: {found:?}");
    }
}

#[tokio::test]
async fn a_cut_off_chain_with_a_new_head_is_found_by_an_earlier_head() {
    let folder = tempfile::tempdir().unwrap();
    let (path, kept) = filled(folder.path()).await;
    let sql = "DROP TRIGGER entries_remain; DELETE FROM entries WHERE seq > 4; DROP TRIGGER blobs_remain; \
               DELETE FROM blobs WHERE hash NOT IN (SELECT body_hash FROM entries); \
               UPDATE head SET count = 4, hash = (SELECT hash FROM entries WHERE seq = 4)";
    edit(&path, sql).await.unwrap();
    assert_eq!(
        problems(&path, None).await,
        Vec::<String>::new(),
        "alone it cannot be found: this is the limit"
    );
    assert_eq!(problems(&path, Some(&kept[5].hash)).await.len(), 1);
}

#[tokio::test]
async fn nothing_is_written_on_top_of_a_damaged_end() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = filled(folder.path()).await;
    edit(&path, "DROP TRIGGER entries_remain; DELETE FROM entries WHERE seq = 6").await.unwrap();
    let ledger = Sqlite::open(&path).await.unwrap();
    let error = ledger.append(six().remove(0)).await.unwrap_err();
    assert!(matches!(error, LedgerError::Damaged { seq: 5, .. }), "{error}");
}
