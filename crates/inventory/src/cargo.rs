//! Rust: `Cargo.lock`, all of its versions, with the `Cargo.toml` beside it for what only development needs.

use std::collections::{BTreeMap, HashMap, HashSet};

use seawall_findings::PackageType;
use serde::Deserialize;
use toml::Value;

use crate::File;
use crate::collector::Collector;
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
    #[serde(default)]
    dependencies: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Manifest {
    package: Option<Own>,
    workspace: Option<Value>,
    #[serde(default)]
    dependencies: BTreeMap<String, Value>,
    #[serde(default)]
    build_dependencies: BTreeMap<String, Value>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, Value>,
    #[serde(default)]
    target: BTreeMap<String, Target>,
}

#[derive(Deserialize)]
struct Own {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Target {
    #[serde(default)]
    dependencies: BTreeMap<String, Value>,
    #[serde(default)]
    build_dependencies: BTreeMap<String, Value>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, Value>,
}

/// Crates out of a registry or Git; those without a source are the project's own. `manifest`: the `Cargo.toml` of the same
/// folder, where there is one.
pub(crate) fn lockfile(file: &File<'_>, manifest: Option<&File<'_>>, into: &mut Collector<'_>) {
    let Some(lock) = language::toml::<Lock>(file, "a Cargo.lock", into) else { return };
    let manifest = manifest.and_then(|file| std::str::from_utf8(file.bytes).ok());
    // A manifest that cannot be read leaves the whole lockfile, which is what cargo itself would rest on.
    let manifest = manifest.and_then(|text| toml::from_str::<Manifest>(text).ok());
    let needed = manifest.and_then(|manifest| needed(&lock, &manifest));
    for (index, entry) in lock.package.iter().enumerate() {
        if entry.source.is_some() && needed.as_ref().is_none_or(|needed| needed.contains(&index)) {
            into.language(file, Item::locked(PackageType::Cargo, &entry.name, &entry.version));
        }
    }
}

/// The packages that the project leads to without its dependencies for development. None where that is not known: a
/// workspace's members have manifests of their own.
fn needed(lock: &Lock, manifest: &Manifest) -> Option<HashSet<usize>> {
    let own = manifest.package.as_ref().filter(|_| manifest.workspace.is_none())?;
    let targets = || manifest.target.values();
    let real: HashSet<&str> = [&manifest.dependencies, &manifest.build_dependencies]
        .into_iter()
        .chain(targets().flat_map(|target| [&target.dependencies, &target.build_dependencies]))
        .flat_map(names)
        .collect();
    let development: HashSet<&str> = [&manifest.dev_dependencies]
        .into_iter()
        .chain(targets().map(|target| &target.dev_dependencies))
        .flat_map(names)
        .filter(|name| !real.contains(name))
        .collect();
    if development.is_empty() {
        return None;
    }
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, entry) in lock.package.iter().enumerate() {
        by_name.entry(&entry.name).or_default().push(index);
    }
    // `name`, `name version` where there are several, `name version (source)`.
    let find = |dependency: &str| -> Vec<usize> {
        let mut words = dependency.split_whitespace();
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        let all = by_name.get(name).into_iter().flatten().copied();
        all.filter(|index| {
            version
                .is_none_or(|version| lock.package.get(*index).is_some_and(|entry| entry.version == version))
        })
        .collect()
    };
    let root = lock.package.iter().find(|entry| entry.source.is_none() && entry.name == own.name)?;
    let is_real = |dependency: &&String| {
        dependency.split_whitespace().next().is_some_and(|name| !development.contains(name))
    };
    let mut pending: Vec<usize> =
        root.dependencies.iter().filter(is_real).flat_map(|dependency| find(dependency)).collect();
    let mut reached: HashSet<usize> = pending.iter().copied().collect();
    while let Some(entry) = pending.pop().and_then(|index| lock.package.get(index)) {
        for index in entry.dependencies.iter().flat_map(|dependency| find(dependency)) {
            if reached.insert(index) {
                pending.push(index);
            }
        }
    }
    Some(reached)
}

/// The packages' own names: a dependency may be called otherwise (`package = "…"`).
fn names(dependencies: &BTreeMap<String, Value>) -> impl Iterator<Item = &str> {
    dependencies.iter().map(|(name, value)| value.get("package").and_then(Value::as_str).unwrap_or(name))
}
