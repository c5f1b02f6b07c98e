//! What of a `yarn.lock` its project needs: the lockfile does not tell what only development needs, the `package.json`
//! beside it does.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::Value;

/// An entry of the lockfile as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct Entry<'t> {
    /// What asks for it: `name@range`.
    pub(super) specs: Vec<&'t str>,
    /// What it asks for, as name and range.
    pub(super) needs: Vec<(&'t str, &'t str)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    workspaces: Option<Value>,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, String>,
}

/// For each entry whether more than development needs it. None where that cannot be told, so that all count: no manifest,
/// one that is not the lockfile's, or workspaces, which have manifests of their own.
pub(super) fn needed(entries: &[Entry<'_>], manifest: Option<&[u8]>) -> Option<Vec<bool>> {
    let manifest: Manifest = serde_json::from_slice(manifest?).ok()?;
    if manifest.workspaces.is_some() {
        return None;
    }
    let mut by_spec: HashMap<(&str, &str), usize> = HashMap::new();
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        for (name, range) in entry.specs.iter().filter_map(|spec| split(spec)) {
            by_spec.insert((name, plain(range)), at);
            by_name.entry(name).or_default().push(at);
        }
    }
    let find = |name: &str, range: &str| match by_spec.get(&(name, plain(range))) {
        Some(at) => vec![*at],
        // A range that the project overrules (`resolutions`): every version of that name counts.
        None => by_name.get(name).cloned().unwrap_or_default(),
    };
    let mut needed = vec![false; entries.len()];
    let mut open = Vec::new();
    for (name, range) in manifest.dependencies.iter().chain(&manifest.optional_dependencies) {
        let found = find(name, range);
        let is_elsewhere = range.contains(':') || range.contains('/');
        if found.is_empty() && !is_elsewhere {
            return None;
        }
        open.extend(found);
    }
    while let Some(at) = open.pop() {
        let (Some(seen), Some(entry)) = (needed.get_mut(at), entries.get(at)) else { continue };
        if !std::mem::replace(seen, true) {
            open.extend(entry.needs.iter().flat_map(|(name, range)| find(name, range)));
        }
    }
    Some(needed)
}

/// `name@range`, `@scope/name@range`.
fn split(spec: &str) -> Option<(&str, &str)> {
    let at = spec.get(1..)?.find('@')? + 1;
    Some((spec.get(..at)?, spec.get(at + 1..)?))
}

/// Yarn 2 and later write the registry's protocol where `package.json` leaves it out.
fn plain(range: &str) -> &str {
    range.strip_prefix("npm:").unwrap_or(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<Entry<'static>> {
        let entry = |specs: &[&'static str], needs: &[(&'static str, &'static str)]| Entry {
            specs: specs.to_vec(),
            needs: needs.to_vec(),
        };
        vec![
            entry(&["a@npm:^1.0.0"], &[("@s/b", "npm:^2.0.0")]),
            entry(&["@s/b@npm:^2.0.0", "@s/b@npm:^2.1.0"], &[("a", "npm:^1.0.0")]),
            entry(&["test@npm:^3.0.0"], &[("@s/b", "npm:^2.1.0"), ("c", "npm:1")]),
            entry(&["c@npm:1"], &[]),
        ]
    }

    #[test]
    fn what_dependencies_reach() {
        let manifest =
            br#"{"dependencies": {"a": "^1.0.0", "l": "link:../l"}, "devDependencies": {"test": "^3.0.0"}}"#;
        assert_eq!(needed(&entries(), Some(manifest)), Some(vec![true, true, false, false]));
        // A range that `resolutions` overrules.
        let manifest = br#"{"dependencies": {"c": "^7.0.0"}}"#;
        assert_eq!(needed(&entries(), Some(manifest)), Some(vec![false, false, false, true]));
    }

    #[test]
    fn where_it_cannot_be_told_all_count() {
        assert_eq!(needed(&entries(), None), None);
        for manifest in [
            "{",
            r#"{"workspaces": ["packages/*"], "dependencies": {"a": "^1.0.0"}}"#,
            r#"{"dependencies": {"of-another-project": "^1.0.0"}}"#,
        ] {
            assert_eq!(needed(&entries(), Some(manifest.as_bytes())), None, "{manifest}");
        }
    }
}
