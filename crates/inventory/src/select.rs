//! Which files matter, decided by their path alone.

mod packages;

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
    /// `package.json` of a project: beside a `yarn.lock` it tells what only development needs.
    NpmManifest,
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
    /// `Cargo.toml`.
    CargoManifest,
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
    /// One-line release files of Red Hat's relatives (`redhat-release` …).
    RedHatRelease,
    /// `lsb-release` of older Ubuntu.
    LsbRelease,
    /// `rpmdb.sqlite`.
    RpmSqlite,
    /// Its write-ahead log.
    RpmLog,
    /// rpm's `Packages.db`.
    RpmNdb,
    /// rpm's `Packages`.
    RpmBdb,
    /// Azure Linux' list of packages in distroless images.
    RpmManifest,
    /// Bottlerocket's list of packages.
    Bottlerocket,
    /// A dpkg package's list of files.
    DpkgList,
    /// `mix.lock`.
    Mix,
    /// `pubspec.lock`.
    Pub,
    /// `Package.resolved`.
    Swift,
    /// `Podfile.lock`.
    CocoaPods,
    /// `conan.lock`.
    Conan,
    /// `conda-meta/*.json`.
    CondaMeta,
    /// `environment.yml`.
    CondaEnvironment,
    /// `Manifest.toml` of a Julia project.
    Julia,
    /// `build.sbt.lock`.
    Sbt,
    /// The `release` file of a Java runtime.
    JavaRelease,
    /// The `VERSION` file of a Go toolchain.
    GoVersion,
    /// `patchlevel.h` of a Python.
    PythonHeader,
}

impl Format {
    /// Whether its packages are the distribution's.
    pub(crate) fn is_os(self) -> bool {
        matches!(
            self,
            Self::Dpkg
                | Self::Apk
                | Self::RpmSqlite
                | Self::RpmNdb
                | Self::RpmBdb
                | Self::RpmManifest
                | Self::Bottlerocket
        )
    }
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
        "package.json" if in_node_modules(folder) => Some(Format::NpmInstalled),
        // What a distribution's packages are made of is no project.
        "package.json" => {
            let is_project = !folder.starts_with("usr/share/") && !folder.starts_with("usr/lib/");
            (is_project && !packages::holds(folder)).then_some(Format::NpmManifest)
        }
        // A lockfile inside node_modules came with a published package: it says nothing of what is installed.
        "package-lock.json" | "npm-shrinkwrap.json" => {
            (!in_node_modules(folder)).then_some(Format::NpmLockfile)
        }
        _ => distribution(folder, name).or_else(|| installed(folder, name)).or_else(|| {
            let format = lockfile(name)?;
            (!packages::holds(folder)).then_some(format)
        }),
    }
}

/// What a distribution keeps at one place.
fn distribution(folder: &str, name: &str) -> Option<Format> {
    match folder {
        "etc" => Some(match name {
            "os-release" => Format::OsRelease,
            "debian_version" => Format::DebianVersion,
            "alpine-release" => Format::AlpineRelease,
            "lsb-release" => Format::LsbRelease,
            "redhat-release" | "centos-release" | "rocky-release" | "almalinux-release"
            | "oracle-release" | "fedora-release" | "system-release" => Format::RedHatRelease,
            _ => return None,
        }),
        "usr/lib" => (name == "os-release").then_some(Format::OsRelease),
        "var/lib/dpkg" => (name == "status").then_some(Format::Dpkg),
        "var/lib/dpkg/info" => name.strip_suffix(".list").map(|_| Format::DpkgList),
        "var/lib/dpkg/status.d" => {
            Some(if name.ends_with(".md5sums") { Format::DpkgList } else { Format::Dpkg })
        }
        "lib/apk/db" | "usr/lib/apk/db" => (name == "installed").then_some(Format::Apk),
        "var/lib/rpm" | "usr/lib/sysimage/rpm" | "usr/share/rpm" => Some(match name {
            "rpmdb.sqlite" => Format::RpmSqlite,
            "rpmdb.sqlite-wal" => Format::RpmLog,
            "Packages.db" => Format::RpmNdb,
            "Packages" => Format::RpmBdb,
            _ => return None,
        }),
        "var/lib/rpmmanifest" => (name == "container-manifest-2").then_some(Format::RpmManifest),
        "usr/share/bottlerocket" => (name == "application-inventory.json").then_some(Format::Bottlerocket),
        _ => None,
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
        "release" => packages::is_java_home(folder).then_some(Format::JavaRelease),
        "VERSION" => (folder == "go" || folder.ends_with("/go")).then_some(Format::GoVersion),
        "patchlevel.h" => folder
            .rsplit_once('/')
            .is_some_and(|(_, last)| last.starts_with("python"))
            .then_some(Format::PythonHeader),
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
                "json" if folder.ends_with("conda-meta") => Some(Format::CondaMeta),
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
        "Cargo.toml" => Format::CargoManifest,
        "Gemfile.lock" | "gems.locked" => Format::Bundler,
        "composer.lock" => Format::ComposerLock,
        "pom.xml" => Format::Pom,
        "gradle.lockfile" | "buildscript-gradle.lockfile" => Format::Gradle,
        "build.sbt.lock" => Format::Sbt,
        "packages.lock.json" => Format::NugetLock,
        "packages.config" => Format::NugetConfig,
        "Directory.Packages.props" => Format::NugetProps,
        "mix.lock" => Format::Mix,
        "pubspec.lock" => Format::Pub,
        "Package.resolved" => Format::Swift,
        "Podfile.lock" => Format::CocoaPods,
        "conan.lock" => Format::Conan,
        "environment.yml" | "environment.yaml" => Format::CondaEnvironment,
        "Manifest.toml" | "JuliaManifest.toml" => Format::Julia,
        _ => {
            // `pylock.toml`, or with a name between.
            let is_pylock = name.strip_prefix("pylock")?.strip_suffix(".toml")?;
            return (is_pylock.is_empty() || is_pylock.starts_with('.')).then_some(Format::Pylock);
        }
    })
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
            "app/package.json",
            "app/go.mod",
            "var/lib/dpkg/info/base-files.list",
            "var/lib/dpkg/status.d/base.md5sums",
            "var/lib/rpm/rpmdb.sqlite",
            "usr/lib/sysimage/rpm/Packages.db",
            "usr/share/rpm/Packages",
            "var/lib/rpmmanifest/container-manifest-2",
            "etc/centos-release",
            "opt/conda/conda-meta/pip-22.2.2-py38h06a4308_0.json",
            "opt/java/openjdk/release",
            "usr/local/go/VERSION",
            "usr/local/include/python3.12/patchlevel.h",
            "pkg/web/yarn.lock",
            "vendor/tool/go.mod",
            "ios/Podfile.lock",
            "app/mix.lock",
        ] {
            assert!(wants(path), "{path}");
        }
        for path in [
            "var/lib/dpkg/status-old",
            "var/lib/dpkg/info/base-files.md5sums",
            "srv/var/lib/rpm/Packages",
            "app/release",
            "app/VERSION",
            "app/node_modules/a/package-lock.json",
            "usr/share/node_modules.old/a/package.json",
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
