//! A ledger of many scanned images, for `benches/affected.sh`: `generate FILE IMAGES PACKAGES`.
//!
//! Images share packages as real ones do: each takes its packages from a pool of twenty thousand versions.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a tool of the benches")]

use seawall_findings::{Digest, Found, Location, Package, PackageType, Report, Subject};
use seawall_ledger::{Kind, Ledger as _, NewEntry, Sqlite};
use serde_json::json;

const POOL: u64 = 20_000;

fn package(number: u64) -> Package {
    // One in a thousand is the one that everybody asks for.
    let (name, version) = match number {
        0..=19 => ("lodash".to_owned(), format!("4.17.{number}")),
        _ => (format!("package-{}", number / 10), format!("1.{}.0", number % 10)),
    };
    Package {
        kind: PackageType::Npm,
        purl: format!("pkg:npm/{name}@{version}"),
        name,
        version,
        source_name: None,
        source_version: None,
        architecture: None,
        licences: vec![],
        location: Location::default(),
        found: Found::Installed,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().unwrap_or_else(|| panic!("generate FILE IMAGES PACKAGES"));
    let (file, images, packages) = (next(), next().parse::<u64>().unwrap(), next().parse::<u64>().unwrap());
    let ledger = Sqlite::open(&file).await.unwrap();
    let mut state = 1_u64;
    let mut random = || {
        // A linear congruential generator (Knuth's MMIX): the same ledger each time.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    for image in 0..images {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&image.to_be_bytes());
        let digest = Digest::from_sha256(bytes);
        let reference = format!("registry.example.com/team-{}/app:{image}", image % 300);
        let report = Report {
            schema: 1,
            subject: Subject::Image {
                reference: reference.clone(),
                digest: digest.clone(),
                manifest: None,
                platform: None,
            },
            scanned_at: "2026-11-24T00:00:00Z".into(),
            distribution: None,
            database: None,
            looked_for: vec![],
            findings: vec![],
            packages: (0..packages).map(|_| package(random() % POOL)).collect(),
            problems: vec![],
        };
        let new = NewEntry {
            time: "2026-11-24T00:00:00Z".parse().unwrap(),
            digest,
            kind: Kind::Scanned,
            actor: "generate".into(),
            summary: "scanned".into(),
            body: json!({"reference": reference, "report": report}),
        };
        ledger.append(new).await.unwrap();
    }
    ledger.close().await;
}
