//! What the tests share.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use seawall_advisories::{Builder, Database, known};
use seawall_findings::{Distribution, Found, Location, Package, PackageType};

/// The folder of shared material, where it is there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if folder.exists() {
        return Some(folder);
    }
    #[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
    {
        eprintln!("skipped: ../shared/{path} is not there");
    }
    None
}

/// All of `../shared/osv`, with the table of well-known facts and the KEV catalogue.
pub(crate) fn build(folder: &Path) -> Vec<u8> {
    let mut builder = Builder::new("folder ../shared/osv", "2026-11-24T12:00:00Z");
    let mut ecosystems: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    ecosystems.sort();
    for ecosystem in ecosystems.iter().filter(|path| path.is_dir()) {
        let name = ecosystem.file_name().unwrap().to_str().unwrap();
        let zip = BufReader::new(File::open(ecosystem.join("all.zip")).unwrap());
        let added = builder.add_zip(name, zip).unwrap();
        assert!(added.problems.is_empty(), "{:?}", added.problems);
    }
    for record in known() {
        builder.add_json(record.as_bytes()).unwrap();
    }
    builder.add_kev(&std::fs::read(folder.join("known_exploited_vulnerabilities.json")).unwrap()).unwrap();
    let mut bytes = vec![];
    builder.finish(&mut bytes).unwrap();
    bytes
}

/// A database of a few records.
pub(crate) fn database(records: &[&str]) -> Database {
    let mut builder = Builder::new("a test", "2026-01-01T00:00:00Z");
    for record in records {
        builder.add_json(record.as_bytes()).unwrap();
    }
    let mut bytes = vec![];
    builder.finish(&mut bytes).unwrap();
    Database::from_bytes(bytes, "a test").unwrap()
}

pub(crate) fn distribution(id: &str, version: &str) -> Option<Distribution> {
    Some(Distribution { id: id.into(), version: version.into(), pretty_name: format!("{id} {version}") })
}

/// A package; `source` names its source package and version where they differ.
pub(crate) fn package(kind: PackageType, name: &str, version: &str, source: Option<(&str, &str)>) -> Package {
    Package {
        kind,
        name: name.into(),
        version: version.into(),
        purl: format!("pkg:{kind}/{name}@{version}"),
        source_name: source.map(|(name, _)| name.into()),
        source_version: source.map(|(_, version)| version.into()),
        architecture: None,
        licences: vec![],
        location: Location { path: "a/file".into(), layer: None },
        found: Found::OsDatabase,
    }
}
