//! The inventory of one subject, and how the formats' findings come together in it.

use std::collections::HashMap;

use seawall_findings::{Distribution, Finding, Package};
use serde::{Deserialize, Serialize};

use crate::collector::Collector;
use crate::ownership::Ownership;
use crate::select::{self, Format};
use crate::{
    File, apk, bottlerocket, cargo, conan, conda, dart, dotnet, dpkg, elixir, executable, facts, golang,
    java, julia, npm, os_release, php, python, rpm, ruby, runtime, swift,
};

/// The packages found in a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// The distribution, where there is one.
    pub distribution: Option<Distribution>,
    /// Sorted by kind, name, version, path.
    pub packages: Vec<Package>,
    /// What could not be read, in words, each with its file (and line): nothing is dropped silently.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// The files that the problems are about, one finding each
    /// ([`FindingKind::Damaged`](seawall_findings::FindingKind::Damaged)), sorted by path: packages may be missing, and
    /// that must not look like none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<Finding>,
}

/// No real database or lockfile is larger; what is, is told and left out.
const MAX_FILE: usize = 256 << 20;
/// A published package's own metadata is a few kilobytes.
const MAX_METADATA: usize = 8 << 20;
/// The lockfiles of the largest monorepositories have a few megabytes.
const MAX_LOCKFILE: usize = 64 << 20;

/// Reads the selected files into one inventory: those that [`wants`](crate::wants) or
/// [`wants_executable`](crate::wants_executable) asked for, or what [`distil`](crate::distil) made of them; others are
/// ignored. It never fails: what cannot be read becomes a problem and a finding.
pub fn read(files: &[File<'_>]) -> Inventory {
    let distribution = os_release::find(files);
    let candidates =
        files.iter().filter(|file| !select::format(select::clean(file.path)).is_some_and(Format::is_os));
    let mut into = Collector::new(distribution.as_ref(), Ownership::new(candidates.map(|file| file.path)));
    let mut npm = Npm::default();
    let beside = Beside::new(files);
    for file in files {
        one(file, &beside, &mut npm, &mut into);
    }
    // Lists say whose a file is; the status file says whose lists count.
    for file in files {
        let path = select::clean(file.path);
        if select::format(path) == Some(Format::DpkgList) {
            into.ownership.dpkg_list(path, file.bytes);
        }
    }
    npm::merge(npm.installed, npm.locked, &mut into);
    into.finish()
}

/// npm's packages are told when all of them are known.
#[derive(Default)]
struct Npm {
    installed: Vec<npm::Rooted>,
    locked: Vec<npm::Lockfile>,
}

fn one(file: &File<'_>, beside: &Beside<'_>, npm: &mut Npm, into: &mut Collector<'_>) {
    let path = select::clean(file.path);
    let format = select::format(path);
    if facts::is_facts(file.bytes) && matches!(format, None | Some(Format::JavaArchive)) {
        facts::read(file, into);
        return;
    }
    let Some(format) = format else {
        if executable::is_executable(file.bytes) {
            facts::read_whole(file, into);
        }
        return;
    };
    let limit = match format {
        Format::NpmInstalled | Format::PythonMetadata | Format::GemSpecification | Format::CondaMeta => {
            MAX_METADATA
        }
        Format::JavaArchive => facts::MAX_ARCHIVE,
        format if format.is_os() => MAX_FILE,
        _ => MAX_LOCKFILE,
    };
    if file.bytes.len() > limit {
        into.problem(file, 0, &format!("{} bytes are more than the {limit} that are read", file.bytes.len()));
        return;
    }
    match format {
        Format::Dpkg | Format::Apk | Format::RpmManifest => {
            let text = String::from_utf8_lossy(file.bytes);
            let before = into.packages.len();
            match format {
                Format::Dpkg => {
                    dpkg::read(file, &text, into);
                    into.ownership.dpkg |= into.packages.len() > before;
                }
                Format::Apk => apk::read(file, &text, into),
                _ => rpm::manifest(file, &text, into),
            }
            if into.packages.len() == before && !text.trim().is_empty() {
                into.problem(file, 0, "no installed package could be read from it");
            }
        }
        // rpm makes the file before it installs anything, and some images keep it empty.
        Format::RpmSqlite | Format::RpmNdb | Format::RpmBdb if file.bytes.is_empty() => {}
        Format::RpmSqlite => {
            let log = beside.with_ending(path, "", "-wal");
            rpm::database(file, rpm::Form::Sqlite, log.map(|log| log.bytes), into);
        }
        Format::RpmNdb => rpm::database(file, rpm::Form::Ndb, None, into),
        Format::RpmBdb => rpm::database(file, rpm::Form::Bdb, None, into),
        Format::Bottlerocket => bottlerocket::read(file, into),
        Format::NpmInstalled => npm.installed.extend(npm::installed(file, into)),
        Format::NpmLockfile => npm.locked.push(npm::lockfile(file, into)),
        Format::Yarn => {
            let manifest = beside.with_ending(path, "yarn.lock", "package.json");
            npm.locked.push(npm::yarn(file, manifest, into));
        }
        Format::Pnpm => npm.locked.push(npm::pnpm(file, into)),
        Format::Bun => npm.locked.push(npm::bun(file, into)),
        Format::PythonMetadata => python::metadata(file, into),
        Format::Poetry => python::poetry(file, into),
        Format::Pipfile => python::pipfile(file, into),
        Format::Uv => python::uv(file, into),
        Format::Pylock => python::pylock(file, into),
        Format::Requirements => python::requirements(file, into),
        Format::GoMod => golang::module(file, into),
        Format::GoSum => {
            if !has_whole_go_mod(beside.with_ending(path, ".sum", ".mod")) {
                golang::sums(file, into);
            }
        }
        Format::CargoLock => {
            cargo::lockfile(file, beside.with_ending(path, ".lock", ".toml"), into);
        }
        Format::Bundler => ruby::lockfile(file, into),
        Format::GemSpecification => ruby::specification(file, into),
        Format::ComposerLock => php::lockfile(file, into),
        Format::ComposerInstalled => php::installed(file, into),
        Format::JavaArchive => java::archive(file, into),
        Format::Pom => java::pom(file, into),
        Format::Gradle => java::gradle(file, into),
        Format::Sbt => java::sbt(file, into),
        Format::DotnetDependencies => dotnet::dependencies(file, into),
        Format::NugetLock => dotnet::lockfile(file, into),
        Format::NugetConfig => dotnet::config(file, into),
        Format::NugetProps => dotnet::props(file, into),
        Format::Mix => elixir::lockfile(file, into),
        Format::Pub => dart::lockfile(file, into),
        Format::Swift => swift::resolved(file, into),
        Format::CocoaPods => swift::pods(file, into),
        Format::Conan => conan::lockfile(file, into),
        Format::CondaMeta => conda::meta(file, into),
        Format::CondaEnvironment => conda::environment(file, into),
        Format::Julia => julia::manifest(file, into),
        Format::JavaRelease => runtime::java(file, into),
        Format::GoVersion => runtime::golang(file, into),
        Format::PythonHeader => runtime::python(file, into),
        Format::OsRelease
        | Format::DebianVersion
        | Format::AlpineRelease
        | Format::RedHatRelease
        | Format::LsbRelease
        | Format::RpmLog
        | Format::CargoManifest
        | Format::NpmManifest
        | Format::DpkgList => {}
    }
}

/// The selected files by clean path.
struct Beside<'f>(HashMap<&'f str, &'f File<'f>>);

impl<'f> Beside<'f> {
    fn new(files: &'f [File<'f>]) -> Self {
        Self(files.iter().map(|file| (select::clean(file.path), file)).collect())
    }

    /// Of the same folder, with another ending.
    fn with_ending(&self, path: &str, ending: &str, other: &str) -> Option<&'f File<'f>> {
        let stem = path.strip_suffix(ending)?;
        self.0.get(format!("{stem}{other}").as_str()).copied()
    }
}

/// Whether the `go.mod` beside a `go.sum` lists everything, so that the sums add nothing but what is not used. A `go.sum`
/// alone says too little.
fn has_whole_go_mod(module: Option<&File<'_>>) -> bool {
    module.is_none_or(|file| golang::lists_everything(&String::from_utf8_lossy(file.bytes)))
}
