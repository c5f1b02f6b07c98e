//! Which files matter, decided by their path alone.

/// What a path holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// os-release(5).
    OsRelease,
    /// Debian's `/etc/debian_version`.
    DebianVersion,
    /// Alpine's `/etc/alpine-release`.
    AlpineRelease,
    /// dpkg's database, or one paragraph of it (distroless images).
    Dpkg,
    /// apk's database.
    Apk,
    /// `package-lock.json` or `npm-shrinkwrap.json`.
    NpmLockfile,
    /// `package.json` of an installed package.
    NpmInstalled,
}

/// Whether [`read()`](crate::read()) can use the file at this path (no leading slash needed). It looks at the path's end
/// only and allocates nothing, so it can be asked for every file of an image.
pub fn wants(path: &str) -> bool {
    format(clean(path)).is_some()
}

/// The path as the inventory writes it: relative to the root.
pub(crate) fn clean(path: &str) -> &str {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.strip_prefix('/').unwrap_or(path)
}

/// The format of a clean path.
pub(crate) fn format(path: &str) -> Option<Format> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "package.json" => in_node_modules(folder).then_some(Format::NpmInstalled),
        // A lockfile inside node_modules came with a published package: it says nothing of what is installed.
        "package-lock.json" | "npm-shrinkwrap.json" => {
            (!in_node_modules(folder)).then_some(Format::NpmLockfile)
        }
        "status" if folder == "var/lib/dpkg" => Some(Format::Dpkg),
        "installed" if folder == "lib/apk/db" || folder == "usr/lib/apk/db" => Some(Format::Apk),
        "os-release" if folder == "etc" || folder == "usr/lib" => Some(Format::OsRelease),
        "debian_version" if folder == "etc" => Some(Format::DebianVersion),
        "alpine-release" if folder == "etc" => Some(Format::AlpineRelease),
        _ if folder == "var/lib/dpkg/status.d" => (!name.ends_with(".md5sums")).then_some(Format::Dpkg),
        _ => None,
    }
}

/// Debian's own folder of node packages (`usr/share/nodejs`) has no `node_modules` at its top: `ownership.rs` says why
/// that is right.
fn in_node_modules(folder: &str) -> bool {
    folder.split('/').any(|part| part == "node_modules")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_files_that_are_read_are_wanted() {
        for path in [
            "var/lib/dpkg/status",
            "/var/lib/dpkg/status",
            "./var/lib/dpkg/status.d/base",
            "lib/apk/db/installed",
            "usr/lib/apk/db/installed",
            "etc/os-release",
            "usr/lib/os-release",
            "etc/debian_version",
            "etc/alpine-release",
            "package-lock.json",
            "app/npm-shrinkwrap.json",
            "app/node_modules/@babel/core/package.json",
            "usr/lib/node_modules/npm/node_modules/tar/package.json",
        ] {
            assert!(wants(path), "{path}");
        }
        for path in [
            "var/lib/dpkg/status-old",
            "var/lib/dpkg/status.d/base.md5sums",
            "app/package.json",
            "app/node_modules/a/package-lock.json",
            "app/node_modules.old/a/package.json",
            "srv/var/lib/dpkg/status",
            "usr/share/nodejs/semver/package.json",
            "",
            "/",
        ] {
            assert!(!wants(path), "{path}");
        }
    }
}
