//! C and C++: `conan.lock` of Conan 1 (a graph) and 2 (lists).

use std::collections::BTreeMap;

use seawall_findings::PackageType;
use serde::Deserialize;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

#[derive(Deserialize)]
struct Lock {
    /// Version 2; tools of the build stand in `build_requires`.
    #[serde(default)]
    requires: Vec<String>,
    /// Version 1.
    graph_lock: Option<Graph>,
}

#[derive(Deserialize)]
struct Graph {
    #[serde(default)]
    nodes: BTreeMap<String, Node>,
}

#[derive(Deserialize)]
struct Node {
    /// Absent for the project itself.
    #[serde(rename = "ref", default)]
    reference: String,
    /// `build`: a tool that runs during the build.
    #[serde(default)]
    context: String,
}

/// What ends up in the program.
pub(crate) fn lockfile(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(lock) = language::json::<Lock>(file, "a conan.lock", into) else { return };
    let nodes = lock.graph_lock.map(|graph| graph.nodes).unwrap_or_default();
    let nodes = nodes.values().filter(|node| node.context != "build").map(|node| node.reference.as_str());
    for reference in lock.requires.iter().map(String::as_str).chain(nodes) {
        if let Some((name, version)) = parts(reference) {
            into.language(file, Item::locked(PackageType::Conan, name, version));
        }
    }
}

/// `zlib/1.2.12@user/channel#revision%time` → `zlib`, `1.2.12`.
fn parts(reference: &str) -> Option<(&str, &str)> {
    let (name, rest) = reference.split_once('/')?;
    let end = rest.find(['@', '#', '%']).unwrap_or(rest.len());
    Some((name, rest.get(..end)?))
}
