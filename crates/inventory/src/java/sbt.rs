//! Scala: `build.sbt.lock` of sbt-dependency-lock.

use seawall_findings::PackageType;
use serde::Deserialize;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    dependencies: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    org: String,
    name: String,
    version: String,
    #[serde(default)]
    configurations: Vec<String>,
}

/// What the program needs; what only tests need is left out.
pub(crate) fn sbt(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(lock) = language::json::<Lock>(file, "a build.sbt.lock", into) else { return };
    for entry in &lock.dependencies {
        let is_test = |name: &String| name.to_ascii_lowercase().contains("test");
        if entry.configurations.is_empty() || !entry.configurations.iter().all(is_test) {
            let name = format!("{}:{}", entry.org, entry.name);
            into.language(file, Item::locked(PackageType::Maven, &name, &entry.version));
        }
    }
}
