//! The server as its clients see it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "tests: a failed step is the report"
)]

mod remote;
mod routes;

use std::sync::Arc;

use seawall_findings::Digest;
use seawall_ledger::{Kind, Ledger, NewEntry, Sqlite};
use seawall_server::{Access, OpenReads, State, TokenHash};
use serde_json::{Value, json};

const TOKEN: &str = "sw_0123456789abcdef";

fn digest(byte: u8) -> Digest {
    Digest::from_sha256([byte; 32])
}

fn entry(byte: u8, kind: Kind, body: Value) -> NewEntry {
    NewEntry {
        time: "2026-03-01T10:00:00.5Z".parse().unwrap(),
        digest: digest(byte),
        kind,
        actor: "tests".to_owned(),
        summary: format!("{} once", kind.as_str()),
        body,
    }
}

/// A ledger with three entries about two digests, and the server's state over it.
async fn state(folder: &std::path::Path, open_reads: OpenReads) -> (State, Arc<Sqlite>) {
    let ledger = Arc::new(Sqlite::open(folder.join("ledger.db")).await.unwrap());
    for new in [
        entry(1, Kind::Scanned, json!({"reference": "shop:1.0", "report": "x".repeat(20_000), "n": 0.1})),
        entry(1, Kind::Gated, json!({"verdict": {"outcome": "deny"}})),
        entry(2, Kind::Signed, json!({"reference": "shop:1.1"})),
    ] {
        ledger.append(new).await.unwrap();
    }
    let access = Access { tokens: vec![TokenHash::of("another"), TokenHash::of(TOKEN)], open_reads };
    (State::new(Arc::<Sqlite>::clone(&ledger), access), ledger)
}
