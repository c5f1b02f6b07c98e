//! A writer that is killed at any moment loses nothing that it was told is kept.
#![allow(clippy::print_stdout, reason = "the writer tells its parent what was acknowledged")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use seawall_ledger::{Kind, Ledger, Sqlite};
use serde_json::json;

use crate::entry;

const PLACE: &str = "SEAWALL_TEST_WRITER";

/// Not a test of its own: the child that `a_kill_at_any_moment…` starts, and kills.
#[tokio::test]
async fn writer() {
    let Ok(path) = std::env::var(PLACE) else { return };
    let ledger = Sqlite::open(path).await.unwrap();
    for n in 0.. {
        let body = json!({"n": n, "padding": "p".repeat(n % 7 * 5000)});
        let kept = ledger.append(entry(1, Kind::Running, body)).await.unwrap();
        println!("\nkept {} {}", kept.seq, kept.hash);
        std::io::stdout().flush().unwrap();
    }
}

#[tokio::test]
async fn a_kill_at_any_moment_loses_no_acknowledged_entry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut kept: Vec<(u64, String)> = Vec::new();
    for round in 0..20_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::writer", "--exact", "--nocapture", "--test-threads=1"])
            .env(PLACE, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = |line: &str| {
            if let Some((seq, hash)) = line.strip_prefix("kept ").and_then(|rest| rest.split_once(' ')) {
                kept.push((seq.parse().unwrap(), hash.to_owned()));
                return true;
            }
            false
        };
        // At least one, so that the kill falls between and into appends, not into the start.
        while !acknowledged(&lines.next().unwrap().unwrap()) {}
        std::thread::sleep(Duration::from_micros(round * 1733 % 40_000));
        child.kill().unwrap();
        child.wait().unwrap();
        // What it wrote before it died; the last line may be cut off.
        for line in lines.map_while(Result::ok).filter(|line| line.len() > 70) {
            acknowledged(&line);
        }
        let ledger = Sqlite::open(&path).await.unwrap();
        let walk = ledger.verify().await.unwrap();
        assert_eq!(walk.problems, [], "round {round}");
        let mut held = Vec::new();
        loop {
            let page = ledger.entries(held.len() as u64, 200).await.unwrap();
            if page.is_empty() {
                break;
            }
            held.extend(page.into_iter().map(|entry| (entry.seq, entry.hash)));
        }
        for one in &kept {
            assert!(held.contains(one), "round {round}: acknowledged entry {} is lost", one.0);
        }
        ledger.close().await;
    }
    assert!(kept.len() >= 20);
}
