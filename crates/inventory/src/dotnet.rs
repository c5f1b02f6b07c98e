//! .NET: `*.deps.json` of a published application, `packages.lock.json`, `packages.config` and
//! `Directory.Packages.props`.

use std::collections::BTreeMap;

use seawall_findings::PackageType;
use serde::Deserialize;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};
use crate::xml;

#[derive(Deserialize)]
struct Dependencies {
    #[serde(default)]
    libraries: BTreeMap<String, Library>,
}

#[derive(Deserialize)]
struct Library {
    #[serde(rename = "type", default)]
    kind: String,
}

/// `NAME.deps.json`: its libraries out of packages, and the runtime that a self-contained application brings.
pub(crate) fn dependencies(file: &File<'_>, into: &mut Collector<'_>) {
    let what = "a .NET application's dependencies";
    let Some(document) = language::json::<Dependencies>(file, what, into) else { return };
    for (key, library) in &document.libraries {
        let Some((name, version)) = key.rsplit_once('/') else { continue };
        // The runtime's own package is named behind the word that says what it is.
        let name = match library.kind.as_str() {
            "package" => name,
            "runtimepack" => name.strip_prefix("runtimepack.").unwrap_or(name),
            _ => continue,
        };
        into.language(file, Item::installed(PackageType::NuGet, name, version));
    }
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    dependencies: BTreeMap<String, BTreeMap<String, Locked>>,
}

#[derive(Deserialize)]
struct Locked {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    resolved: String,
}

/// `packages.lock.json`, for every framework that it is resolved for.
pub(crate) fn lockfile(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(lock) = language::json::<Lock>(file, "a NuGet lockfile", into) else { return };
    for (name, entry) in lock.dependencies.values().flatten() {
        if entry.kind != "Project" {
            into.language(file, Item::locked(PackageType::NuGet, name, &entry.resolved));
        }
    }
}

/// `packages.config`, the list of older projects.
pub(crate) fn config(file: &File<'_>, into: &mut Collector<'_>) {
    xml::read(file, "a packages.config", into, |document, into| {
        for node in document.descendants().filter(|node| node.has_tag_name("package")) {
            let (Some(name), Some(version)) = (node.attribute("id"), node.attribute("version")) else {
                continue;
            };
            if !node.attribute("developmentDependency").is_some_and(|text| text.eq_ignore_ascii_case("true"))
            {
                into.language(file, Item::locked(PackageType::NuGet, name, version));
            }
        }
    });
}

/// `Directory.Packages.props`: the versions of a solution in one place.
pub(crate) fn props(file: &File<'_>, into: &mut Collector<'_>) {
    xml::read(file, "a Directory.Packages.props", into, |document, into| {
        let names = ["PackageVersion", "PackageReference"];
        for node in document.descendants().filter(|node| names.contains(&node.tag_name().name())) {
            let name = node.attribute("Include").or_else(|| node.attribute("Update"));
            let (Some(name), Some(version)) = (name, node.attribute("Version")) else { continue };
            // A variable or a range does not say which version is meant.
            if !version.contains(['$', '[', '(', '*', ',']) {
                into.language(file, Item::locked(PackageType::NuGet, name, version));
            }
        }
    });
}
