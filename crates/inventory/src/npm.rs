//! npm: what is installed (`node_modules`), and what a lockfile would install, told once.

mod bun;
mod installed;
mod lockfile;
mod merge;
mod needed;
mod pnpm;
mod yarn;

pub(crate) use bun::bun;
pub(crate) use installed::installed;
pub(crate) use lockfile::{Lockfile, lockfile};
pub(crate) use merge::merge;
pub(crate) use pnpm::pnpm;
pub(crate) use yarn::yarn;

use seawall_findings::{Found, Location, Package, PackageType};

use crate::purl;

/// An npm package with the folder whose `node_modules` holds it (`app` of `app/node_modules/a/node_modules/b`).
#[derive(Debug)]
pub(crate) struct Rooted {
    pub(crate) root: String,
    pub(crate) package: Package,
    /// A lockfile's entry that is not installed where it cannot be (`optionalDependencies`, mostly programs for other
    /// systems).
    pub(crate) optional: bool,
}

/// A leading `v` is dropped, as npm itself does (node-semver, `clean`).
fn package(name: &str, version: &str, licences: Vec<String>, location: Location, found: Found) -> Package {
    let version = version.strip_prefix('v').unwrap_or(version);
    Package {
        kind: PackageType::Npm,
        name: name.to_owned(),
        version: version.to_owned(),
        purl: purl::npm(name, version),
        source_name: None,
        source_version: None,
        architecture: None,
        licences,
        location,
        found,
    }
}

/// Whether a name and a version can be a published package's: npm's own limits (validate-npm-package-name, and semver's
/// first digit), which also leaves out paths and addresses that stand where a version is expected.
fn plausible(name: &str, version: &str) -> bool {
    let version = version.strip_prefix('v').unwrap_or(version);
    !name.is_empty()
        && name.len() <= 214
        && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\' || c == ':')
        && name.bytes().filter(|byte| *byte == b'/').count() == usize::from(name.starts_with('@'))
        && !name.ends_with('/')
        && !name.starts_with(['.', '/'])
        && version.len() <= 256
        && version.starts_with(|c: char| c.is_ascii_digit())
        && !version.contains(|c: char| c.is_whitespace() || c == '/' || c == ':')
}

#[cfg(test)]
mod tests {
    use super::plausible;

    #[test]
    fn names_and_versions() {
        assert!(plausible("@babel/core", "7.0.0-rc.1+build"));
        assert!(plausible("JSONStream", "v1.0.0"));
        for (name, version) in [
            ("", "1.0.0"),
            ("a", ""),
            ("a/b", "1.0.0"),
            ("@a", "1.0.0"),
            ("@a/b/c", "1.0.0"),
            ("@a/", "1.0.0"),
            ("../a", "1.0.0"),
            ("a", "file:../b"),
            ("a", "git+ssh://git@example.com/a.git#1"),
            ("a b", "1.0.0"),
        ] {
            assert!(!plausible(name, version), "{name} {version}");
        }
    }
}
