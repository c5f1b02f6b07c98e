//! One package is told once below one root.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::collector::Collector;

use super::{Lockfile, Rooted};

/// Keeps of each name and version below one root the first installed copy by path; a lockfile's entry counts only where
/// no copy is installed at or below the lockfile's folder. What a distribution package owns is left out, and
/// so is an optional entry that was not installed where the others were: it is for another system.
pub(crate) fn merge(installed: Vec<Rooted>, locked: Vec<Lockfile>, into: &mut Collector<'_>) {
    let mut kept = BTreeMap::new();
    for item in installed {
        if into.ownership.owns(&item.package.location.path) {
            continue;
        }
        let key = (item.root, item.package.name.clone(), item.package.version.clone());
        match kept.entry(key) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(item.package);
            }
            std::collections::btree_map::Entry::Occupied(mut place) => {
                if item.package.location.path < place.get().location.path {
                    place.insert(item.package);
                }
            }
        }
    }
    let mut roots: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
    for (root, name, version) in kept.keys() {
        roots.entry((name, version)).or_default().push(root);
    }
    let mut pending = Vec::new();
    let mut told = HashSet::new();
    for lockfile in locked {
        let is_installed_here = kept.keys().any(|(root, ..)| *root == lockfile.folder);
        for item in lockfile.packages {
            if item.optional && is_installed_here {
                continue;
            }
            let is_installed = roots
                .get(&(item.package.name.as_str(), item.package.version.as_str()))
                .is_some_and(|roots| roots.iter().any(|root| below(root, &lockfile.folder)));
            let key = (item.root, item.package.name.clone(), item.package.version.clone());
            let is_owned = into.ownership.owns(&item.package.location.path);
            if !is_installed && !is_owned && told.insert(key) {
                pending.push(item.package);
            }
        }
    }
    for package in kept.into_values().chain(pending) {
        into.push(package);
    }
}

fn below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
