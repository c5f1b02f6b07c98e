//! Rust: `Cargo.lock`, all of its versions.

use seawall_findings::PackageType;
use serde::Deserialize;

use crate::File;
use crate::inventory::Collector;
use crate::language::{self, Item};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    source: Option<String>,
}

/// Crates out of a registry or Git; those without a source are the project's own.
pub(crate) fn lockfile(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(lock) = language::toml::<Lock>(file, "a Cargo.lock", into) else { return };
    for entry in lock.package.iter().filter(|entry| entry.source.is_some()) {
        into.language(file, Item::locked(PackageType::Cargo, &entry.name, &entry.version));
    }
}
