//! poetry.lock, Pipfile.lock, uv.lock and pylock.toml (PEP 751). What only development needs is left out where the file
//! says so, as it is for npm.

use std::collections::{BTreeMap, HashMap, HashSet};

use seawall_findings::PackageType;
use serde::Deserialize;
use serde_json::Value;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

#[derive(Deserialize)]
struct Poetry {
    #[serde(default)]
    package: Vec<PoetryPackage>,
}

#[derive(Deserialize)]
struct PoetryPackage {
    name: String,
    version: String,
    /// Poetry below 1.5.
    category: Option<String>,
    /// Poetry 2.
    groups: Option<Vec<String>>,
    source: Option<BTreeMap<String, toml::Value>>,
}

/// `poetry.lock`.
pub(crate) fn poetry(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(lock) = language::toml::<Poetry>(file, "a poetry lockfile", into) else { return };
    for package in lock.package {
        let is_main = package.groups.is_none_or(|groups| groups.iter().any(|group| group == "main"));
        let kind =
            package.source.as_ref().and_then(|source| source.get("type")).and_then(toml::Value::as_str);
        if is_main && package.category.as_deref() != Some("dev") && kind != Some("directory") {
            into.language(file, Item::locked(PackageType::PyPi, &package.name, &package.version));
        }
    }
}

#[derive(Deserialize)]
struct Pipfile {
    #[serde(default)]
    default: BTreeMap<String, Value>,
}

/// `Pipfile.lock`.
pub(crate) fn pipfile(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(lock) = language::json::<Pipfile>(file, "a Pipfile.lock", into) else { return };
    for (name, entry) in &lock.default {
        if let Some(version) = entry["version"].as_str().and_then(|text| text.strip_prefix("==")) {
            into.language(file, Item::locked(PackageType::PyPi, name, version.trim_start_matches('=')));
        }
    }
}

#[derive(Deserialize)]
struct Uv {
    #[serde(default)]
    package: Vec<UvPackage>,
}

#[derive(Deserialize)]
struct UvPackage {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    source: BTreeMap<String, toml::Value>,
    #[serde(default)]
    dependencies: Vec<UvDependency>,
    #[serde(rename = "optional-dependencies", default)]
    optional: BTreeMap<String, Vec<UvDependency>>,
}

#[derive(Deserialize)]
struct UvDependency {
    name: String,
}

impl UvPackage {
    /// The project itself, or a member of its workspace.
    fn is_own(&self) -> bool {
        ["editable", "virtual", "directory"].iter().any(|kind| self.source.contains_key(*kind))
    }
}

/// `uv.lock`: what the project's dependencies lead to; its groups for development do not count.
pub(crate) fn uv(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(lock) = language::toml::<Uv>(file, "a uv lockfile", into) else { return };
    let mut by_name: HashMap<&str, Vec<&UvPackage>> = HashMap::new();
    for package in &lock.package {
        by_name.entry(&package.name).or_default().push(package);
    }
    let mut pending: Vec<&UvPackage> = lock.package.iter().filter(|package| package.is_own()).collect();
    let mut reached: HashSet<&str> = pending.iter().map(|package| package.name.as_str()).collect();
    let is_whole = pending.is_empty();
    while let Some(package) = pending.pop() {
        for dependency in package.dependencies.iter().chain(package.optional.values().flatten()) {
            if reached.insert(&dependency.name) {
                pending.extend(by_name.get(dependency.name.as_str()).into_iter().flatten());
            }
        }
    }
    for package in &lock.package {
        if !package.is_own() && (is_whole || reached.contains(package.name.as_str())) {
            into.language(file, Item::locked(PackageType::PyPi, &package.name, &package.version));
        }
    }
}

#[derive(Deserialize)]
struct Pylock {
    #[serde(default)]
    packages: Vec<PylockPackage>,
}

#[derive(Deserialize)]
struct PylockPackage {
    name: String,
    /// Absent for a package out of a folder.
    #[serde(default)]
    version: String,
}

/// `pylock.toml` and `pylock.NAME.toml`.
pub(crate) fn pylock(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(lock) = language::toml::<Pylock>(file, "a pylock", into) else { return };
    for package in &lock.packages {
        into.language(file, Item::locked(PackageType::PyPi, &package.name, &package.version));
    }
}
