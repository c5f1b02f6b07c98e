//! `pnpm-lock.yaml`, lockfileVersion 5, 6 and 9 (<https://github.com/pnpm/spec/tree/master/lockfile>).

use std::collections::{BTreeMap, HashSet};

use seawall_findings::Found;
use serde::Deserialize;

use super::{Lockfile, Rooted, package, plausible};
use crate::File;
use crate::collector::Collector;
use crate::language;
use crate::select;

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    packages: BTreeMap<String, Entry>,
    /// Version 9: what each copy needs.
    snapshots: Option<BTreeMap<String, Snapshot>>,
    #[serde(default)]
    importers: BTreeMap<String, Importer>,
}

#[derive(Default, Deserialize)]
struct Entry {
    name: Option<String>,
    version: Option<String>,
    /// Versions 5 and 6.
    #[serde(default)]
    dev: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Snapshot {
    dependencies: BTreeMap<String, String>,
    optional_dependencies: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Importer {
    dependencies: BTreeMap<String, Wanted>,
    optional_dependencies: BTreeMap<String, Wanted>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Wanted {
    Resolved { version: String },
    Bare(String),
}

impl Wanted {
    fn version(&self) -> &str {
        match self {
            Self::Resolved { version } | Self::Bare(version) => version,
        }
    }
}

/// Reads one lockfile; what only development needs is left out. Of several documents in one file the last is the
/// project's (pnpm 11 puts its own tools before it).
pub(crate) fn pnpm(file: &File<'_>, into: &mut Collector<'_>) -> Lockfile {
    let folder = select::folder(file.path).to_owned();
    let mut found = Lockfile { folder, packages: Vec::new() };
    let Some(text) = language::text(file, "a pnpm lockfile", into) else { return found };
    let text = text.rfind("\n---").map_or(text, |at| &text[at + 4..]);
    if text.trim().is_empty() {
        return found;
    }
    let document: Document = match serde_saphyr::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            let line = error.location().map_or(0, |at| at.line() as usize);
            let message = error.to_string();
            let message = message.lines().next().unwrap_or_default();
            into.problem(file, line, &format!("not the YAML of a pnpm lockfile: {message}"));
            return found;
        }
    };
    let reached = document.snapshots.as_ref().map(|snapshots| reached(&document.importers, snapshots));
    let location = file.location();
    for (key, entry) in &document.packages {
        if entry.dev || reached.as_ref().is_some_and(|reached| !reached.contains(key.as_str())) {
            continue;
        }
        let (name, version) = split(key);
        let (name, version) =
            (entry.name.as_deref().unwrap_or(name), entry.version.as_deref().unwrap_or(version));
        if plausible(name, version) {
            let package = package(name, version, Vec::new(), location.clone(), Found::Lockfile);
            found.packages.push(Rooted { root: found.folder.clone(), package, optional: false });
        }
    }
    found
}

/// The keys of all packages that the importers' dependencies lead to.
fn reached<'a>(
    importers: &'a BTreeMap<String, Importer>,
    snapshots: &'a BTreeMap<String, Snapshot>,
) -> HashSet<&'a str> {
    // An alias's version names the package: `string-width@4.2.0`.
    let find = |name: &str, version: &str| {
        snapshots.get_key_value(&format!("{name}@{version}")).or_else(|| snapshots.get_key_value(version))
    };
    let mut pending: Vec<(&str, &Snapshot)> = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |name: &str, version: &str, pending: &mut Vec<(&'a str, &'a Snapshot)>| {
        if let Some((key, snapshot)) = find(name, version)
            && seen.insert(key.as_str())
        {
            pending.push((key, snapshot));
        }
    };
    for importer in importers.values() {
        for (name, wanted) in importer.dependencies.iter().chain(&importer.optional_dependencies) {
            add(name, wanted.version(), &mut pending);
        }
    }
    let mut keys = HashSet::new();
    while let Some((key, snapshot)) = pending.pop() {
        keys.insert(without_peers(key));
        for (name, version) in snapshot.dependencies.iter().chain(&snapshot.optional_dependencies) {
            add(name, version, &mut pending);
        }
    }
    keys
}

/// `a@1.0.0(b@2.0.0)` → `a@1.0.0`.
fn without_peers(key: &str) -> &str {
    key.find('(').map_or(key, |at| &key[..at])
}

/// `/a/1.0.0_peer`, `/@s/a@1.0.0(peer)` or `a@1.0.0`.
fn split(key: &str) -> (&str, &str) {
    let key = without_peers(key);
    let bare = key.strip_prefix('/').unwrap_or(key);
    if let Some(at) = bare.get(1..).and_then(|rest| rest.rfind('@')) {
        return (&bare[..=at], &bare[at + 2..]);
    }
    match bare.rsplit_once('/').filter(|_| key.starts_with('/')) {
        Some((name, version)) => (name, version.split('_').next().unwrap_or(version)),
        None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn keys() {
        assert_eq!(split("/@babel/runtime/7.18.3"), ("@babel/runtime", "7.18.3"));
        assert_eq!(split("/a/1.0.0_b@2.0.0"), ("a/1.0.0_b", "2.0.0"));
        assert_eq!(split("/a/1.0.0_b"), ("a", "1.0.0"));
        assert_eq!(split("/@s/a@1.0.0(b@2.0.0)"), ("@s/a", "1.0.0"));
        assert_eq!(split("a@1.0.0"), ("a", "1.0.0"));
        assert_eq!(split("é"), ("", ""));
    }
}
