//! The database file, damaged.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use seawall_advisories::{Builder, Database};
use seawall_findings::{Distribution, Found, Location, Package, PackageType};
use sha2::{Digest as _, Sha256};

const HEADER: usize = 248;

const ADVISORIES: [&str; 3] = [
    r#"{"id": "DEBIAN-CVE-2026-0001", "upstream": ["CVE-2026-0001"], "modified": "2026-01-01T00:00:00Z",
        "affected": [{"package": {"ecosystem": "Debian:13", "name": "openssl"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.5.1-1"}]}]}]}"#,
    r#"{"id": "GHSA-aaaa-bbbb-cccc", "aliases": ["CVE-2026-0002"], "modified": "2026-01-01T00:00:00Z", "summary": "bad",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [{"package": {"ecosystem": "npm", "name": "minimist"},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.6"}]}], "versions": ["1.0.0"]}]}"#,
    r#"{"id": "CVE-2026-0002", "modified": "2026-01-01T00:00:00Z", "affected": []}"#,
];

static DATABASE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut builder = Builder::new("fuzz", "2026-01-01T00:00:00Z");
    for advisory in ADVISORIES {
        builder.add_json(advisory.as_bytes()).unwrap();
    }
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    bytes
});

static DISTRIBUTION: LazyLock<Option<Distribution>> = LazyLock::new(|| {
    Some(Distribution { id: "debian".into(), version: "13".into(), pretty_name: "Debian 13".into() })
});
static PACKAGES: LazyLock<Vec<Package>> = LazyLock::new(|| {
    vec![package(PackageType::Deb, "openssl", "3.5.0-1"), package(PackageType::Npm, "minimist", "1.0.0")]
});

fn package(kind: PackageType, name: &str, version: &str) -> Package {
    Package {
        kind,
        name: name.into(),
        version: version.into(),
        purl: String::new(),
        source_name: None,
        source_version: None,
        architecture: None,
        licences: Vec::new(),
        location: Location::default(),
        found: Found::Installed,
    }
}

fuzz_target!(|data: &[u8]| {
    // A real database with bytes changed: (offset, value) pairs of three bytes each. The header's checksums are made
    // right again, so that what lies behind them is reached; the changed body is what a torn or evil file brings.
    let mut bytes = DATABASE.clone();
    for change in data.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % bytes.len();
        bytes[at] = change[2];
    }
    let signed = HEADER - 32;
    let sum = Sha256::digest(&bytes[..signed]);
    bytes[signed..HEADER].copy_from_slice(&sum);
    let Ok(database) = Database::from_bytes(bytes, "fuzz") else { return };
    let _ = database.verify();
    let _ = database.find(&DISTRIBUTION, &PACKAGES);
    let _ = database.gaps(&DISTRIBUTION, &PACKAGES);
});
