//! A server on loopback with sample evidence, for work on the web interface: `cargo run -p seawall-server --example
//! sample -- 127.0.0.1:8440`.
#![allow(clippy::print_stdout, reason = "it tells the address")]

use std::sync::Arc;

use seawall_findings::Digest;
use seawall_ledger::{Kind, Ledger, NewEntry, Sqlite};
use seawall_server::{Access, State, serve};
use serde_json::{Value, json};

struct Story {
    ledger: Sqlite,
    time: jiff::Timestamp,
}

impl Story {
    async fn tell(
        &mut self,
        byte: u8,
        kind: Kind,
        actor: &str,
        summary: &str,
        body: Value,
    ) -> Result<(), Box<dyn std::error::Error>> {
        self.time += jiff::Span::new().seconds(47);
        let sum =
            std::array::from_fn(|place| byte.wrapping_mul(37).wrapping_add((place as u8).wrapping_mul(101)));
        let (actor, summary) = (actor.to_owned(), summary.to_owned());
        let new = NewEntry { time: self.time, digest: Digest::from_sha256(sum), kind, actor, summary, body };
        self.ledger.append(new).await?;
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ledger.db");
    let mut story = Story {
        ledger: Sqlite::open(&path).await?,
        time: jiff::Timestamp::now() - jiff::Span::new().hours(2),
    };
    let refused = json!([
        {"policy": "production", "rule": "vulnerability", "outcome": "deny", "message": "7 fixable findings of severity high or worse, the worst CVE-2021-23337 in lodash 4.17.15", "remedy": "Update lodash to 4.17.21 and rebuild."},
        {"policy": "production", "rule": "signature", "outcome": "deny", "message": "no signature by team.pub", "remedy": "Sign it: seawall sign registry.example.com/team/shop:1.0"},
        {"policy": "production", "rule": "vulnerability", "outcome": "allow", "message": "CVE-2026-24515 in expat 2.5.0", "exception": {"by": "production", "reason": "no untrusted XML reaches it", "owner": "payments", "until": "2027-01-31"}},
    ]);
    for n in 0..60_u8 {
        let reference = format!("registry.example.com/team/worker-{}:{}.{}", n % 7, n / 7, n % 5);
        let body = json!({"reference": reference, "summary": {"critical": 0, "high": 0, "medium": n % 4, "low": n % 9}});
        story.tell(100 + n, Kind::Scanned, "seawall scan", "0 critical, 0 high", body).await?;
        if n % 3 == 0 {
            story
                .tell(
                    100 + n,
                    Kind::Signed,
                    "ci",
                    "signed by key 5d41402abc4b",
                    json!({"key": "5d41402abc4b"}),
                )
                .await?;
        }
        if n % 11 == 10 {
            let body = json!({"verdict": {"outcome": "warn", "reasons": []}});
            story.tell(100 + n, Kind::Gated, "ci", "2 warnings", body).await?;
        }
    }
    let old = "registry.example.com/team/shop:1.0";
    story
        .tell(
            1,
            Kind::Built,
            "ci on main",
            "pushed registry.example.com/team/shop:1.0",
            json!({"reference": old}),
        )
        .await?;
    let report: Vec<Value> =
        (0..400).map(|n| json!({"id": format!("CVE-2024-{n:04}"), "severity": "high"})).collect();
    let summary = json!({"critical": 3, "high": 11, "medium": 24, "low": 41, "negligible": 9, "unknown": 0});
    let body = json!({"reference": old, "summary": summary, "report": {"findings": report}});
    story.tell(1, Kind::Scanned, "seawall scan", "3 critical, 11 high, 24 medium, 41 low", body).await?;
    let body = json!({"reference": old, "verdict": {"outcome": "deny", "reasons": refused}});
    story.tell(1, Kind::Gated, "seawall gate", "refused by policy production", body).await?;
    story
        .tell(
            1,
            Kind::Admitted,
            "webhook",
            "Deployment shop/web refused by policy production",
            json!({"allowed": false, "namespace": "shop"}),
        )
        .await?;
    let new = "registry.example.com/team/shop:1.1";
    story
        .tell(
            2,
            Kind::Built,
            "ci on main",
            "pushed registry.example.com/team/shop:1.1",
            json!({"reference": new}),
        )
        .await?;
    let body = json!({"reference": new, "summary": {"critical": 0, "high": 0, "medium": 1, "low": 4}});
    story.tell(2, Kind::Scanned, "seawall scan", "1 medium, 4 low", body).await?;
    story
        .tell(
            2,
            Kind::Gated,
            "seawall gate",
            "passed policy production",
            json!({"verdict": {"outcome": "allow", "reasons": []}}),
        )
        .await?;
    story
        .tell(
            2,
            Kind::Signed,
            "ci on main",
            "signed by key 5d41402abc4b (bundle)",
            json!({"reference": new, "key": "5d41402abc4b2a76b9719d911017c592"}),
        )
        .await?;
    story
        .tell(
            2,
            Kind::Attested,
            "ci on main",
            "SBOM attested by key 5d41402abc4b",
            json!({"reference": new, "predicateType": "https://cyclonedx.org/bom"}),
        )
        .await?;
    story
        .tell(
            2,
            Kind::Attested,
            "ci on main",
            "scan result attested by key 5d41402abc4b",
            json!({"reference": new, "predicateType": "https://cosign.sigstore.dev/attestation/vuln/v1"}),
        )
        .await?;
    story
        .tell(
            2,
            Kind::Verified,
            "seawall verify",
            "signature verified with team.pub",
            json!({"reference": new}),
        )
        .await?;
    let change = json!([{"file": "apps/shop/deployment.yaml", "line": 19, "before": "image: registry.example.com/team/shop:1.0", "after": "image: registry.example.com/team/shop:1.1@sha256:4aaf…"}]);
    story
        .tell(
            2,
            Kind::Promoted,
            "seawall promote",
            "one line of apps/shop/deployment.yaml",
            json!({"reference": new, "commit": "9f2c1e7", "branch": "main", "changed": change}),
        )
        .await?;
    story
        .tell(
            2,
            Kind::Admitted,
            "webhook",
            "Deployment shop/web admitted",
            json!({"allowed": true, "namespace": "shop"}),
        )
        .await?;
    story
        .tell(
            2,
            Kind::Running,
            "sensor on node-1",
            "container web of pod shop/web-7d9f",
            json!({"pod": "web-7d9f", "namespace": "shop", "node": "node-1"}),
        )
        .await?;
    story.tell(2, Kind::Alerted, "sensor on node-1", "A shell was started in a container (sh, parent node)", json!({"rule": "Terminal shell in container", "priority": "Critical", "pod": "web-7d9f", "namespace": "shop"})).await?;
    story
        .tell(
            2,
            Kind::Responded,
            "response",
            "process 4711 killed, pod shop/web-7d9f deleted",
            json!({"action": "kill-process, delete-pod"}),
        )
        .await?;
    let listener =
        tokio::net::TcpListener::bind(std::env::args().nth(1).as_deref().unwrap_or("127.0.0.1:8440")).await?;
    println!("http://{}", listener.local_addr()?);
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    serve(listener, State::new(Arc::new(story.ledger), Access::default()), stop).await?;
    Ok(())
}
