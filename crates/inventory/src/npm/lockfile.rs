//! `package-lock.json` and `npm-shrinkwrap.json`, lockfileVersion 1, 2 and 3 (npm docs, "package-lock.json").

use std::collections::BTreeMap;

use seawall_findings::Found;
use serde::Deserialize;

use crate::File;
use crate::collector::Collector;
use crate::select;

use super::{Rooted, package, plausible};

/// What one lockfile would install.
#[derive(Debug, Default)]
pub(crate) struct Lockfile {
    /// Its folder.
    pub(crate) folder: String,
    pub(crate) packages: Vec<Rooted>,
}

#[derive(Deserialize)]
struct Document {
    /// Versions 2 and 3; version 2 repeats the same in `dependencies` for old npm.
    packages: Option<BTreeMap<String, Entry>>,
    /// Version 1.
    #[serde(default)]
    dependencies: BTreeMap<String, Dependency>,
}

#[derive(Deserialize)]
struct Entry {
    /// Only where it differs from the folder's name (an alias).
    name: Option<String>,
    version: Option<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    extraneous: bool,
    #[serde(default)]
    optional: bool,
    license: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Dependency {
    version: Option<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    dependencies: BTreeMap<String, Dependency>,
}

/// Packages that only development needs are left out: an image's lockfile lists them, `npm ci --omit=dev` does not
/// install them, and where they are installed their own `package.json` shows it.
pub(crate) fn lockfile(file: &File<'_>, into: &mut Collector<'_>) -> Lockfile {
    let path = select::clean(file.path);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
    let mut found = Lockfile { folder, packages: Vec::new() };
    let document: Document = match serde_json::from_slice(bytes) {
        Ok(document) => document,
        Err(error) => {
            into.problem_at(
                file,
                error.line(),
                error.column(),
                &format!("not the JSON of an npm lockfile: {error}"),
            );
            return found;
        }
    };
    let location = file.location();
    let mut add = |name: &str, version: &str, licences: Vec<String>, optional: bool| {
        if plausible(name, version) {
            let package = package(name, version, licences, location.clone(), Found::Lockfile);
            found.packages.push(Rooted { root: found.folder.clone(), package, optional });
        }
    };
    match document.packages {
        Some(entries) => {
            for (key, entry) in &entries {
                // The key "" is the project itself, keys without node_modules are its workspaces' sources.
                let Some((_, last)) = key.rsplit_once("node_modules/") else { continue };
                if entry.dev || entry.link || entry.extraneous {
                    continue;
                }
                let licences = entry.license.as_ref().and_then(|value| value.as_str());
                let licences = licences.map(str::to_owned).into_iter().collect();
                if let Some(version) = entry.version.as_deref() {
                    add(entry.name.as_deref().unwrap_or(last), version, licences, entry.optional);
                }
            }
        }
        None => walk(&document.dependencies, &mut add),
    }
    found
}

/// The nesting is bounded by the JSON reader's own limit of depth.
fn walk(dependencies: &BTreeMap<String, Dependency>, add: &mut impl FnMut(&str, &str, Vec<String>, bool)) {
    for (name, dependency) in dependencies {
        if let Some(version) = dependency.version.as_deref().filter(|_| !dependency.dev) {
            // An alias: `"version": "npm:real-name@1.2.3"`.
            match version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
                Some((real, version)) => add(real, version, Vec::new(), dependency.optional),
                None => add(name, version, Vec::new(), dependency.optional),
            }
        }
        walk(&dependency.dependencies, add);
    }
}
