//! How long the packages of a large SBOM take: `cargo bench -p seawall-advisories`.
//!
//! Ten thousand packages, half of them named by advisories of `../shared/osv`, matched ten times; the best run counts.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::{Duration, Instant};

use seawall_advisories::{Builder, Database};
use seawall_findings::{Distribution, Found, Location, Package, PackageType};
use serde_json::Value;

const PACKAGES: usize = 10_000;

fn package(kind: PackageType, name: &str, version: &str) -> Package {
    Package {
        kind,
        name: name.into(),
        version: version.into(),
        purl: format!("pkg:{kind}/{name}@{version}"),
        source_name: None,
        source_version: None,
        architecture: None,
        licences: vec![],
        location: Location { path: "sbom.json".into(), layer: None },
        found: Found::Sbom,
    }
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/osv");
    if !folder.exists() {
        println!("skipped: ../shared/osv is not there");
        return;
    }
    let mut builder = Builder::new("a measurement", "2026-11-24T12:00:00Z");
    let mut names: BTreeSet<(PackageType, String)> = BTreeSet::new();
    let kinds = [
        ("npm", PackageType::Npm),
        ("PyPI", PackageType::PyPi),
        ("Go", PackageType::Golang),
        ("crates.io", PackageType::Cargo),
        ("RubyGems", PackageType::Gem),
        ("Packagist", PackageType::Composer),
        ("Debian", PackageType::Deb),
        ("Ubuntu", PackageType::Deb),
    ];
    for (ecosystem, kind) in kinds {
        let path = folder.join(ecosystem).join("all.zip");
        builder.add_zip(ecosystem, BufReader::new(File::open(&path).unwrap())).unwrap();
        let mut zip = zip::ZipArchive::new(BufReader::new(File::open(&path).unwrap())).unwrap();
        for at in 0..zip.len() {
            let record: Value = serde_json::from_reader(zip.by_index(at).unwrap()).unwrap();
            let affected = record["affected"].as_array().into_iter().flatten();
            names.extend(affected.filter_map(|a| Some((kind, a["package"]["name"].as_str()?.to_owned()))));
        }
    }
    let mut bytes = vec![];
    builder.finish(&mut bytes).unwrap();
    let database = Database::from_bytes(bytes, "a measurement").unwrap();
    // Versions of today, as an application has them: most are past the fixes.
    let mut packages: Vec<Package> = names
        .iter()
        .take(PACKAGES / 2)
        .enumerate()
        .map(|(at, (kind, name))| package(*kind, name, if at % 10 == 0 { "1.0.0" } else { "99.0.0" }))
        .collect();
    while packages.len() < PACKAGES {
        packages.push(package(PackageType::Npm, &format!("unknown-{}", packages.len()), "1.0.0"));
    }
    let debian =
        Some(Distribution { id: "debian".into(), version: "12".into(), pretty_name: "Debian".into() });
    let mut best = Duration::MAX;
    let mut findings = 0;
    for _ in 0..10 {
        let start = Instant::now();
        findings = database.find(&debian, &packages).unwrap().len();
        best = best.min(start.elapsed());
    }
    println!("{} packages, {findings} findings: {:.1} ms", packages.len(), best.as_secs_f64() * 1e3);
}
