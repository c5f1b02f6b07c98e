//! Which digests hold which packages.

use seawall_findings::{Digest, Found, Location, Package, PackageType, Report, Subject};
use seawall_ledger::{Kind, Ledger, NewEntry, Sqlite};
use serde_json::json;

use crate::{digest, entry};

fn package(name: &str, version: &str, path: &str) -> Package {
    Package {
        kind: PackageType::Npm,
        name: name.into(),
        version: version.into(),
        purl: format!("pkg:npm/{name}@{version}"),
        source_name: None,
        source_version: None,
        architecture: None,
        licences: vec!["MIT".into()],
        location: Location { path: path.into(), layer: None },
        found: Found::Installed,
    }
}

fn scan(byte: u8, packages: Vec<Package>) -> NewEntry {
    let name = format!("registry.example.com/shop:{byte}");
    let report = Report {
        schema: 1,
        subject: Subject::Image {
            reference: name.clone(),
            digest: digest(byte),
            manifest: None,
            platform: None,
        },
        scanned_at: "2026-03-01T10:00:00Z".into(),
        distribution: None,
        database: None,
        looked_for: vec![],
        findings: vec![],
        packages,
        problems: vec![],
    };
    entry(byte, Kind::Scanned, json!({"reference": name, "report": report}))
}

async fn holders(ledger: &dyn Ledger, name: &str) -> Vec<(String, Digest, u64, bool)> {
    let packages = ledger.packages(0, 100).await.unwrap();
    let ids: Vec<u64> =
        packages.iter().filter(|held| held.package.name == name).map(|held| held.id).collect();
    let version = |id| packages.iter().find(|held| held.id == id).unwrap().package.version.clone();
    let found = ledger.holders(&ids).await.unwrap();
    found.into_iter().map(|h| (version(h.package), h.digest, h.seq, h.ran)).collect()
}

#[tokio::test]
async fn the_newest_scan_of_a_digest_says_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Sqlite::open(folder.path().join("ledger.db")).await.unwrap();
    let lodash = |version: &str| package("lodash", version, "app/package-lock.json");
    ledger.append(scan(1, vec![lodash("4.17.15"), package("qs", "6.7.0", "a")])).await.unwrap();
    // The same package at another place is the same package.
    ledger.append(scan(2, vec![package("lodash", "4.17.15", "other"), lodash("4.17.21")])).await.unwrap();
    ledger.append(entry(2, Kind::Running, json!({"container": {}}))).await.unwrap();
    assert_eq!(ledger.packages(0, 100).await.unwrap().len(), 3);
    assert_eq!(
        holders(&ledger, "lodash").await,
        [
            ("4.17.15".into(), digest(1), 1, false),
            ("4.17.15".into(), digest(2), 2, true),
            ("4.17.21".into(), digest(2), 2, true),
        ]
    );
    // A scanner that sees more, or less, corrects what is known of the digest; one that sees the same renews it.
    ledger.append(scan(1, vec![package("qs", "6.7.0", "a")])).await.unwrap();
    ledger.append(scan(2, vec![lodash("4.17.15"), lodash("4.17.21")])).await.unwrap();
    assert_eq!(
        holders(&ledger, "lodash").await,
        [("4.17.15".into(), digest(2), 5, true), ("4.17.21".into(), digest(2), 5, true)]
    );
    assert!(ledger.holders(&[]).await.unwrap().is_empty());
    assert_eq!(ledger.packages(1, 1).await.unwrap()[0].id, 2, "pages go on behind a number");
    assert!(ledger.verify().await.unwrap().is_whole());
}

#[tokio::test]
async fn a_ledger_of_the_first_version_is_indexed_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Sqlite::open(&path).await.unwrap();
    ledger.append(scan(1, vec![package("lodash", "4.17.15", "a")])).await.unwrap();
    ledger.append(entry(1, Kind::Scanned, json!({"report": "none that can be read"}))).await.unwrap();
    ledger.close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let old = "DROP TABLE packages; DROP TABLE scans; DROP TABLE held; PRAGMA user_version = 1";
    sqlx::raw_sql(old).execute(&pool).await.unwrap();
    pool.close().await;
    let ledger = Sqlite::open(&path).await.unwrap();
    assert_eq!(holders(&ledger, "lodash").await, [("4.17.15".into(), digest(1), 1, false)]);
    assert!(ledger.verify().await.unwrap().is_whole());
}
