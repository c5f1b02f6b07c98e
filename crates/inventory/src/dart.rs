//! Dart: `pubspec.lock`.

use std::collections::BTreeMap;

use seawall_findings::PackageType;
use serde::Deserialize;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    packages: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    /// `direct main`, `direct dev`, `transitive`.
    #[serde(default)]
    dependency: String,
    /// `hosted`, `git`, `path`, `sdk`.
    #[serde(default)]
    source: String,
    #[serde(default)]
    version: String,
}

/// Packages of a registry or Git. What only development needs is left out as far as the file says so: of what those in turn
/// need, it does not.
pub(crate) fn lockfile(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(lock) = language::yaml::<Lock>(file, "a pubspec.lock", into) else { return };
    for (name, entry) in &lock.packages {
        let is_published = !matches!(entry.source.as_str(), "sdk" | "path");
        if is_published && entry.dependency != "direct dev" {
            into.language(file, Item::locked(PackageType::Pub, name, &entry.version));
        }
    }
}
