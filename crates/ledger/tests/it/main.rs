//! What a ledger promises, on real files.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "tests: a failed step is the report"
)]

mod crash;
mod damage;
mod holdings;
mod store;

use seawall_findings::Digest;
use seawall_ledger::{Kind, NewEntry};
use serde_json::{Value, json};

/// A digest made of one byte.
fn digest(byte: u8) -> Digest {
    Digest::from_sha256([byte; 32])
}

/// An entry about `digest(byte)`.
fn entry(byte: u8, kind: Kind, body: Value) -> NewEntry {
    NewEntry {
        time: "2026-03-01T10:00:00.000000001Z".parse().unwrap(),
        digest: digest(byte),
        kind,
        actor: "tests".to_owned(),
        summary: format!("{} once", kind.as_str()),
        body,
    }
}

/// Six entries, one with a body that is kept apart.
fn six() -> Vec<NewEntry> {
    let report = "x".repeat(40_000);
    vec![
        entry(1, Kind::Built, json!({"reference": "127.0.0.1:5000/shop:1.0"})),
        entry(
            1,
            Kind::Scanned,
            json!({"reference": "127.0.0.1:5000/shop:1.0", "report": report, "share": 0.1}),
        ),
        entry(1, Kind::Gated, json!({"verdict": {"outcome": "deny", "reasons": []}})),
        entry(
            2,
            Kind::Scanned,
            json!({"reference": "127.0.0.1:5000/shop:1.1", "report": report, "share": 0.1}),
        ),
        entry(2, Kind::Gated, json!({"verdict": {"outcome": "allow"}})),
        entry(2, Kind::Alerted, json!({"rule": "shell in a container"})),
    ]
}
