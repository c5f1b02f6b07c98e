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
    /// `yarn.lock`.
    Yarn,
    /// `pnpm-lock.yaml`.
    Pnpm,
    /// `bun.lock`.
    Bun,
    /// `METADATA` or `PKG-INFO` of an installed Python package.
    PythonMetadata,
    /// `poetry.lock`.
    Poetry,
    /// `Pipfile.lock`.
    Pipfile,
    /// `uv.lock`.
    Uv,
    /// `pylock.toml`.
    Pylock,
    /// `requirements.txt`.
    Requirements,
    /// `go.mod`.
    GoMod,
    /// `go.sum`.
    GoSum,
    /// `Cargo.lock`.
    CargoLock,
    /// `Gemfile.lock`.
    Bundler,
    /// `*.gemspec` of an installed gem.
    GemSpecification,
    /// `composer.lock`.
    ComposerLock,
    /// `vendor/composer/installed.json`.
    ComposerInstalled,
    /// `*.jar`, `*.war`, `*.ear`.
    JavaArchive,
    /// `pom.xml`.
    Pom,
    /// `gradle.lockfile`.
    Gradle,
    /// `*.deps.json`.
    DotnetDependencies,
    /// `packages.lock.json`.
    NugetLock,
    /// `packages.config`.
    NugetConfig,
    /// `Directory.Packages.props`.
    NugetProps,
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

/// The folder of a path, clean.
pub(crate) fn folder(path: &str) -> &str {
    clean(path).rsplit_once('/').map_or("", |(folder, _)| folder)
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
        _ => installed(folder, name).or_else(|| {
            let format = lockfile(name)?;
            (!folder.split('/').any(is_of_packages)).then_some(format)
        }),
    }
}

/// Metadata beside installed files.
fn installed(folder: &str, name: &str) -> Option<Format> {
    match name {
        "METADATA" => folder.ends_with(".dist-info").then_some(Format::PythonMetadata),
        "PKG-INFO" => {
            (folder.ends_with(".egg-info") || folder.ends_with("EGG-INFO")).then_some(Format::PythonMetadata)
        }
        "installed.json" => {
            (folder == "composer" || folder.ends_with("/composer")).then_some(Format::ComposerInstalled)
        }
        _ => {
            let (_, extension) = name.rsplit_once('.')?;
            match extension {
                // One file instead of a folder (distutils).
                "egg-info" => Some(Format::PythonMetadata),
                "gemspec" => {
                    let last = folder.strip_suffix("/default").unwrap_or(folder);
                    last.ends_with("specifications").then_some(Format::GemSpecification)
                }
                "jar" | "war" | "ear" | "par" | "JAR" | "WAR" | "EAR" => Some(Format::JavaArchive),
                "json" if name.ends_with(".deps.json") => Some(Format::DotnetDependencies),
                _ => None,
            }
        }
    }
}

/// A project's list of what it would install.
fn lockfile(name: &str) -> Option<Format> {
    Some(match name {
        "yarn.lock" => Format::Yarn,
        "pnpm-lock.yaml" => Format::Pnpm,
        "bun.lock" => Format::Bun,
        "poetry.lock" => Format::Poetry,
        "Pipfile.lock" => Format::Pipfile,
        "uv.lock" => Format::Uv,
        "requirements.txt" => Format::Requirements,
        "go.mod" => Format::GoMod,
        "go.sum" => Format::GoSum,
        "Cargo.lock" => Format::CargoLock,
        "Gemfile.lock" | "gems.locked" => Format::Bundler,
        "composer.lock" => Format::ComposerLock,
        "pom.xml" => Format::Pom,
        "gradle.lockfile" | "buildscript-gradle.lockfile" => Format::Gradle,
        "packages.lock.json" => Format::NugetLock,
        "packages.config" => Format::NugetConfig,
        "Directory.Packages.props" => Format::NugetProps,
        _ => {
            // `pylock.toml`, or with a name between.
            let is_pylock = name.strip_prefix("pylock")?.strip_suffix(".toml")?;
            return (is_pylock.is_empty() || is_pylock.starts_with('.')).then_some(Format::Pylock);
        }
    })
}

/// Folders of installed or downloaded packages: a lockfile there came with a package and says nothing of what is
/// installed.
fn is_of_packages(part: &str) -> bool {
    matches!(
        part,
        "node_modules"
            | "site-packages"
            | "dist-packages"
            | "gems"
            | "vendor"
            | "pkg"
            | ".cargo"
            | ".m2"
            | ".cache"
            | ".bundle"
    )
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
            "usr/lib/python3/dist-packages/six-1.16.0.egg-info/PKG-INFO",
            "app/.venv/lib/python3.12/site-packages/jinja2-3.1.2.dist-info/METADATA",
            "usr/lib/python3/dist-packages/pip.egg-info",
            "poetry.lock",
            "srv/pylock.dev.toml",
            "usr/lib/ruby/gems/3.2.0/specifications/default/json-2.6.3.gemspec",
            "app/vendor/composer/installed.json",
            "app/lib/log4j-core-2.14.1.jar",
            "app/shop.deps.json",
            "app/yarn.lock",
            "app/go.mod",
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
            "app/METADATA",
            "usr/lib/python3/dist-packages/x/requirements.txt",
            "app/vendor/github.com/x/y/go.mod",
            "usr/local/bundle/gems/rack-2.0.0/Gemfile.lock",
            "app/rack.gemspec",
            "app/installed.json",
            "app/pylock.x",
            "",
            "/",
        ] {
            assert!(!wants(path), "{path}");
        }
    }
}
