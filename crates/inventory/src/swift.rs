//! Swift: `Package.resolved` (versions 1 to 3) of its package manager, and `Podfile.lock` of CocoaPods.

use seawall_findings::PackageType;
use serde::Deserialize;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

#[derive(Deserialize)]
struct Resolved {
    /// Versions 2 and 3.
    #[serde(default)]
    pins: Vec<Pin>,
    /// Version 1.
    object: Option<Object>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    pins: Vec<Pin>,
}

#[derive(Deserialize)]
struct Pin {
    #[serde(alias = "repositoryURL", default)]
    location: String,
    state: State,
}

#[derive(Deserialize)]
struct State {
    version: Option<String>,
}

/// Named by their repository's address, as advisories name them. What is pinned to a branch or commit has no version.
pub(crate) fn resolved(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(resolved) = language::json::<Resolved>(file, "a Package.resolved", into) else { return };
    let older = resolved.object.map(|object| object.pins).unwrap_or_default();
    for pin in resolved.pins.iter().chain(&older) {
        if let (Some(name), Some(version)) = (repository(&pin.location), &pin.state.version) {
            into.language(file, Item::locked(PackageType::Swift, &name, version));
        }
    }
}

/// `https://github.com/apple/swift-nio.git`, `git@github.com:apple/swift-nio` → `github.com/apple/swift-nio`.
fn repository(address: &str) -> Option<String> {
    let rest = match address.split_once("://") {
        Some((_, rest)) => rest.to_owned(),
        None => address.strip_prefix("git@")?.replacen(':', "/", 1),
    };
    let rest = match rest.split_once('@') {
        Some((user, rest)) if !user.contains('/') => rest,
        _ => &rest,
    };
    let name = rest.trim_end_matches('/');
    let name = name.strip_suffix(".git").unwrap_or(name);
    name.contains('/').then(|| name.to_owned())
}

/// `Podfile.lock`: the section `PODS`, where `  - Name (1.0.0)` is a pod and deeper lines are what it asks for.
pub(crate) fn pods(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(text) = language::text(file, "a Podfile.lock", into) else { return };
    let mut bad_lines = Vec::new();
    let mut in_pods = false;
    for (index, line) in text.lines().enumerate() {
        if !line.starts_with(' ') {
            in_pods = line.trim_end() == "PODS:";
            continue;
        }
        let Some(entry) = line.strip_prefix("  - ").filter(|_| in_pods) else { continue };
        let entry = entry.trim().trim_end_matches(':').trim_matches('"');
        match entry.split_once(" (").and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?))) {
            Some((name, version)) => into.language(file, Item::locked(PackageType::CocoaPods, name, version)),
            None => bad_lines.push(index + 1),
        }
    }
    into.bad_lines(file, &bad_lines, "is no pod with its version");
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn addresses() {
        let nio = Some("github.com/apple/swift-nio".to_owned());
        for address in [
            "https://github.com/apple/swift-nio.git",
            "https://user@github.com/apple/swift-nio",
            "git@github.com:apple/swift-nio.git",
            "ssh://git@github.com/apple/swift-nio.git/",
        ] {
            assert_eq!(repository(address), nio, "{address}");
        }
        assert_eq!(repository("../local"), None);
        assert_eq!(repository(""), None);
    }
}
