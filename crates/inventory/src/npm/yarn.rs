//! `yarn.lock` of Yarn 1 and of Yarn 2 and later. Both are read as lines: the first kind is no YAML, the second is
//! plain enough. Neither says what only development needs: the `package.json` beside it does.

use seawall_findings::{Found, Package};

use super::needed::{self, Entry};
use super::{Lockfile, Rooted, package, plausible};
use crate::File;
use crate::collector::Collector;
use crate::language;
use crate::select;

/// Reads one lockfile; `manifest` is the `package.json` beside it.
pub(crate) fn yarn(file: &File<'_>, manifest: Option<&File<'_>>, into: &mut Collector<'_>) -> Lockfile {
    let folder = select::folder(file.path).to_owned();
    let mut found = Lockfile { folder, packages: Vec::new() };
    let Some(text) = language::text(file, "a yarn lockfile", into) else { return found };
    let location = file.location();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut packages: Vec<(usize, Package)> = Vec::new();
    let mut name: Option<&str> = None;
    let mut is_needs = false;
    for line in text.lines() {
        let line = line.trim_end();
        if !line.starts_with(' ') {
            // `"a@npm:^1.0.0, a@npm:^1.2.0":` or `a@^1.0.0, "a@^1.2.0":`.
            name = None;
            is_needs = false;
            if let Some(specs) = line.strip_suffix(':').filter(|_| !line.starts_with('#')) {
                let specs: Vec<&str> =
                    specs.trim_matches('"').split(", ").map(|spec| spec.trim_matches('"')).collect();
                name = specs.first().and_then(|spec| descriptor(spec));
                entries.push(Entry { specs, needs: Vec::new() });
            }
            continue;
        }
        let Some(entry) = entries.len().checked_sub(1) else { continue };
        let Some(field) = line.strip_prefix("  ").filter(|field| !field.starts_with(' ')) else {
            if let (true, Some(need)) = (is_needs, need(line)) {
                entries.last_mut().into_iter().for_each(|entry| entry.needs.push(need));
            }
            continue;
        };
        is_needs = matches!(field, "dependencies:" | "optionalDependencies:");
        if let Some(resolution) = field.strip_prefix("resolution: ") {
            // What an alias stands for; it follows the version.
            let real = descriptor(resolution.trim_matches('"'));
            if let (Some(name), Some(real), Some((_, last))) = (name, real, packages.last_mut())
                && last.name == name
                && plausible(real, &last.version)
            {
                *last = package(real, &last.version.clone(), Vec::new(), location.clone(), Found::Lockfile);
            }
        }
        let version = field.strip_prefix("version: ").or_else(|| field.strip_prefix("version "));
        if let (Some(name), Some(version)) = (name, version) {
            let version = version.trim_matches('"');
            if plausible(name, version) && !version.ends_with("-use.local") {
                let package = package(name, version, Vec::new(), location.clone(), Found::Lockfile);
                packages.push((entry, package));
            }
        }
    }
    let needed = needed::needed(&entries, manifest.map(|manifest| manifest.bytes));
    let counts = |entry: usize| needed.as_ref().is_none_or(|needed| needed.get(entry) != Some(&false));
    let root = found.folder.clone();
    let rooted = packages.into_iter().filter(|(entry, _)| counts(*entry)).map(|(_, package)| Rooted {
        root: root.clone(),
        package,
        optional: false,
    });
    found.packages = rooted.collect();
    found
}

/// `    name "^1.0.0"`, `    "@scope/name": "npm:^1.0.0"`.
fn need(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let (name, range) = match line.strip_prefix('"') {
        Some(rest) => rest.split_once('"')?,
        None => line.split_at_checked(line.find([':', ' '])?)?,
    };
    Some((name, range.trim_start_matches(':').trim().trim_matches('"')))
}

/// The name of `name@range`, or of `alias@npm:name@range`; none where it is not out of a registry.
fn descriptor(spec: &str) -> Option<&str> {
    let at = spec.get(1..)?.find('@')? + 1;
    let (name, range) = (&spec[..at], &spec[at + 1..]);
    let is_tag = |range: &str| !range.contains(':') && !range.contains('/');
    match range.split_once(':') {
        None => is_tag(range).then_some(name),
        Some(("npm", real)) => match real.get(1..).and_then(|rest| rest.find('@')) {
            Some(end) if !real.starts_with(|c: char| c.is_ascii_digit()) => Some(&real[..=end]),
            _ => Some(name),
        },
        Some(("patch", _)) => Some(name),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::descriptor;

    #[test]
    fn descriptors() {
        assert_eq!(descriptor("lodash@^4.0.0"), Some("lodash"));
        assert_eq!(descriptor("@babel/core@npm:^7.0.0"), Some("@babel/core"));
        assert_eq!(descriptor("wide@npm:string-width@4.2.0"), Some("string-width"));
        assert_eq!(descriptor("wide@npm:@s/w@4.2.0"), Some("@s/w"));
        assert_eq!(descriptor("fsevents@patch:fsevents@npm%3A2.3.2#optional!builtin"), Some("fsevents"));
        for none in ["a@file:../a", "a@workspace:.", "a@github/repo", "a", "", "@"] {
            assert_eq!(descriptor(none), None, "{none}");
        }
    }
}
