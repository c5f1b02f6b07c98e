//! Appending, asking, importing.

use std::sync::Arc;

use seawall_ledger::{GENESIS, Kind, Ledger, LedgerError, Outcome, Page, Sqlite, State, import, open};
use serde_json::json;

use crate::{digest, entry, six};

#[tokio::test]
async fn entries_chain_and_are_read_back_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Sqlite::open(folder.path().join("new/ledger.db")).await.unwrap();
    assert_eq!(ledger.verify().await.unwrap().head, GENESIS);
    let mut kept = Vec::new();
    for new in six() {
        kept.push(ledger.append(new).await.unwrap());
    }
    for (place, entry) in kept.iter().enumerate() {
        assert_eq!(entry.seq, place as u64 + 1);
        assert_eq!(entry.prev, if place == 0 { GENESIS } else { &kept[place - 1].hash });
        assert_eq!(entry.hash, entry.compute_hash());
    }
    assert_eq!(ledger.entries(0, 200).await.unwrap(), kept);
    assert_eq!(ledger.entries(2, 2).await.unwrap(), kept[2..4]);
    assert_eq!(ledger.trail(&digest(2)).await.unwrap(), kept[3..]);
    assert!(ledger.trail(&digest(9)).await.unwrap().is_empty());
    let walk = ledger.verify_against(Some(&kept[2].hash)).await.unwrap();
    assert_eq!((walk.entries, walk.is_whole(), &walk.head), (6, true, &kept[5].hash));
    assert_eq!(ledger.head().await.unwrap().hash, kept[5].hash);
    let walk = ledger.verify_against(Some(&"ab".repeat(32))).await.unwrap();
    assert_eq!(walk.problems.len(), 1);
    let counts = ledger.counts().await.unwrap();
    assert_eq!((counts.digests, counts.kinds[&Kind::Gated]), (2, 2));
}

#[tokio::test]
async fn digests_are_listed_newest_first_with_the_worst_that_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Sqlite::open(folder.path().join("ledger.db")).await.unwrap();
    for new in six() {
        ledger.append(new).await.unwrap();
    }
    let all = ledger.digests(&Page::default()).await.unwrap();
    let seen: Vec<_> = all.iter().map(|d| (d.name.as_deref().unwrap(), d.last_seq, d.state)).collect();
    assert_eq!(
        seen,
        [("127.0.0.1:5000/shop:1.1", 6, State::Alerted), ("127.0.0.1:5000/shop:1.0", 3, State::Denied)]
    );
    assert_eq!(all[0].kinds[&Kind::Gated].outcome, Some(Outcome::Allow));
    let page = |before, text: &str| Page { before, limit: 1, text: Some(text.to_owned()) };
    assert_eq!(ledger.digests(&page(Some(6), "")).await.unwrap(), all[1..]);
    assert_eq!(ledger.digests(&page(None, "SHOP:1.0")).await.unwrap(), all[1..]);
    assert_eq!(ledger.digests(&page(None, "sha256:0202")).await.unwrap(), all[..1]);
    assert_eq!(ledger.digests(&page(None, "%")).await.unwrap(), []);
}

#[tokio::test]
async fn names_and_starts_of_digests_are_resolved() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Sqlite::open(folder.path().join("ledger.db")).await.unwrap();
    for new in six() {
        ledger.append(new).await.unwrap();
    }
    for text in
        ["shop:1.1", "127.0.0.1:5000/shop:1.1", "shop", "127.0.0.1:5000/shop", "020202", "sha256:02020202"]
    {
        assert_eq!(ledger.resolve(text).await.unwrap(), digest(2), "{text}");
    }
    assert_eq!(ledger.resolve("shop:1.0").await.unwrap(), digest(1));
    assert_eq!(ledger.resolve(&format!("shop@{}", digest(7))).await.unwrap(), digest(7));
    for text in ["hop:1.1", "", "ffffff", "shop:9"] {
        assert!(matches!(ledger.resolve(text).await, Err(LedgerError::NotFound(_))), "{text}");
    }
    let twin = seawall_findings::Digest::from_sha256({
        let mut sum = [2; 32];
        sum[31] = 3;
        sum
    });
    let mut new = entry(2, Kind::Built, json!({"reference": "127.0.0.1:5000/shop:1.1"}));
    new.digest = twin.clone();
    ledger.append(new).await.unwrap();
    assert!(matches!(ledger.resolve("020202").await, Err(LedgerError::Ambiguous { .. })));
    assert_eq!(ledger.resolve("shop:1.1").await.unwrap(), twin, "a tag that moved means its newest digest");
}

#[tokio::test]
async fn an_import_adds_what_is_new_once() {
    let folder = tempfile::tempdir().unwrap();
    let team = open(&folder.path().join("team.db").display().to_string(), None).await.unwrap();
    let job = Sqlite::open(folder.path().join("job.db")).await.unwrap();
    team.append(entry(5, Kind::Running, json!({}))).await.unwrap();
    for new in six() {
        job.append(new).await.unwrap();
    }
    let imported = import(&*team, &job).await.unwrap();
    assert_eq!((imported.added, imported.present), (6, 0));
    let imported = import(&*team, &job).await.unwrap();
    assert_eq!((imported.added, imported.present), (0, 6));
    assert!(team.verify().await.unwrap().is_whole());
    let trail = team.trail(&digest(1)).await.unwrap();
    assert_eq!(trail[0].origin.as_deref(), Some(job.entries(0, 1).await.unwrap()[0].hash.as_str()));
    // And back: what came from there is not new there.
    let imported = import(&job, &*team).await.unwrap();
    assert_eq!((imported.added, imported.present), (1, 6));
}

#[tokio::test]
async fn the_file_alone_is_the_whole_ledger_after_each_append() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Sqlite::open(&path).await.unwrap();
    for new in six() {
        ledger.append(new).await.unwrap();
    }
    let copy = folder.path().join("artifact.db");
    std::fs::copy(&path, &copy).unwrap();
    assert_eq!(Sqlite::open(&copy).await.unwrap().verify().await.unwrap().entries, 6);
}

#[tokio::test]
async fn writers_side_by_side_make_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    // Each opens the file itself, as processes do; all of them at once, on a file that does not exist yet.
    let writers = (0..4_u8).map(|writer| {
        let path = path.clone();
        tokio::spawn(async move {
            let ledger = Arc::new(Sqlite::open(path).await.unwrap());
            let tasks = (0..10).map(|n| {
                let ledger = Arc::clone(&ledger);
                tokio::spawn(async move {
                    ledger.append(entry(writer, Kind::Running, json!({"n": n}))).await.unwrap()
                })
            });
            for task in tasks.collect::<Vec<_>>() {
                task.await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let walk = Sqlite::open(&path).await.unwrap().verify().await.unwrap();
    assert_eq!((walk.entries, walk.problems), (40, vec![]));
}

#[tokio::test]
async fn what_breaks_a_limit_or_is_no_ledger_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Sqlite::open(folder.path().join("ledger.db")).await.unwrap();
    let mut deep = json!(1);
    for _ in 0..120 {
        deep = json!([deep]);
    }
    let mut long = entry(1, Kind::Built, json!({}));
    long.actor = "x".repeat(1000);
    for new in [entry(1, Kind::Built, deep), entry(1, Kind::Built, json!("x".repeat(33 << 20))), long] {
        assert!(matches!(ledger.append(new).await, Err(LedgerError::Refused(_))));
    }
    assert_eq!(ledger.head().await.unwrap().seq, 0);
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to be looked at as one ".repeat(20)).unwrap();
    assert!(Sqlite::open(&text).await.is_err());
    assert!(matches!(
        open("https://user:secret@example.com", None).await.err(),
        Some(LedgerError::Address { .. })
    ));
}
