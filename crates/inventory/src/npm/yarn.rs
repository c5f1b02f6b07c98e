//! `yarn.lock` of Yarn 1 and of Yarn 2 and later. Both are read as lines: the first kind is no YAML, the second is
//! plain enough. Neither says what only development needs.

use seawall_findings::Found;

use super::{Lockfile, Rooted, package, plausible};
use crate::File;
use crate::inventory::Collector;
use crate::language;
use crate::select;

/// Reads one lockfile.
pub(crate) fn yarn(file: &File<'_>, into: &mut Collector<'_>) -> Lockfile {
    let folder = select::folder(file.path).to_owned();
    let mut found = Lockfile { folder, packages: Vec::new() };
    let Some(text) = language::text(file, "a yarn lockfile", into) else { return found };
    let location = file.location();
    let mut name: Option<&str> = None;
    for line in text.lines() {
        let line = line.trim_end();
        if !line.starts_with(' ') {
            // `"a@npm:^1.0.0, a@npm:^1.2.0":` or `a@^1.0.0, "a@^1.2.0":`.
            name = line.strip_suffix(':').filter(|_| !line.starts_with('#')).and_then(|specs| {
                specs.trim_matches('"').split(", ").next().and_then(|spec| descriptor(spec.trim_matches('"')))
            });
            continue;
        }
        let Some(field) = line.strip_prefix("  ").filter(|field| !field.starts_with(' ')) else { continue };
        if let Some(resolution) = field.strip_prefix("resolution: ") {
            // What an alias stands for; it follows the version.
            let real = descriptor(resolution.trim_matches('"'));
            if let (Some(name), Some(real), Some(last)) = (name, real, found.packages.last_mut())
                && last.package.name == name
                && plausible(real, &last.package.version)
            {
                let version = last.package.version.clone();
                last.package = package(real, &version, Vec::new(), location.clone(), Found::Lockfile);
            }
        }
        let version = field.strip_prefix("version: ").or_else(|| field.strip_prefix("version "));
        if let (Some(name), Some(version)) = (name, version) {
            let version = version.trim_matches('"');
            if plausible(name, version) && !version.ends_with("-use.local") {
                let package = package(name, version, Vec::new(), location.clone(), Found::Lockfile);
                found.packages.push(Rooted { root: found.folder.clone(), package });
            }
        }
    }
    found
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
