//! The inventory of one subject, and how the formats' findings come together in it.

use seawall_findings::{Distribution, Location, Package};
use serde::{Deserialize, Serialize};

use crate::language::{self, Item};
use crate::ownership::Ownership;
use crate::select::{self, Format};
use crate::{File, apk, cargo, dotnet, dpkg, golang, java, npm, os_release, php, python, ruby};

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
}

/// No real database or lockfile is larger; what is, is told and left out.
const MAX_FILE: usize = 256 << 20;
/// A published package's own metadata is a few kilobytes.
const MAX_METADATA: usize = 8 << 20;
/// The lockfiles of the largest monorepositories have a few megabytes.
const MAX_LOCKFILE: usize = 64 << 20;
/// Applications that carry all they need.
const MAX_ARCHIVE: usize = 512 << 20;
/// More packages than this are a bomb, not an image.
const MAX_PACKAGES: usize = 1_000_000;
/// More problems than this help nobody; the rest is counted.
const MAX_PROBLEMS: usize = 200;

/// Reads the selected files (see [`wants`](crate::wants); others are ignored) into one inventory. It never fails: what
/// cannot be read becomes a problem.
pub fn read(files: &[File<'_>]) -> Inventory {
    let distribution = os_release::find(files);
    let mut into = Collector::new(distribution.as_ref());
    let mut installed = Vec::new();
    let mut locked = Vec::new();
    for file in files {
        let path = select::clean(file.path);
        let Some(format) = select::format(path) else { continue };
        let limit = match format {
            Format::NpmInstalled | Format::PythonMetadata | Format::GemSpecification => MAX_METADATA,
            Format::Dpkg | Format::Apk => MAX_FILE,
            Format::JavaArchive => MAX_ARCHIVE,
            _ => MAX_LOCKFILE,
        };
        if file.bytes.len() > limit {
            into.problem(
                file,
                0,
                &format!("{} bytes are more than the {limit} that are read", file.bytes.len()),
            );
            continue;
        }
        match format {
            Format::Dpkg | Format::Apk => {
                let text = String::from_utf8_lossy(file.bytes);
                let before = into.packages.len();
                if format == Format::Dpkg {
                    dpkg::read(file, &text, &mut into);
                    into.ownership.dpkg |= into.packages.len() > before;
                } else {
                    apk::read(file, &text, &mut into);
                }
                if into.packages.len() == before && !text.trim().is_empty() {
                    into.problem(file, 0, "no installed package could be read from it");
                }
            }
            Format::NpmInstalled => installed.extend(npm::installed(file, &mut into)),
            Format::NpmLockfile => locked.push(npm::lockfile(file, &mut into)),
            Format::Yarn => locked.push(npm::yarn(file, &mut into)),
            Format::Pnpm => locked.push(npm::pnpm(file, &mut into)),
            Format::Bun => locked.push(npm::bun(file, &mut into)),
            Format::PythonMetadata => python::metadata(file, &mut into),
            Format::Poetry => python::poetry(file, &mut into),
            Format::Pipfile => python::pipfile(file, &mut into),
            Format::Uv => python::uv(file, &mut into),
            Format::Pylock => python::pylock(file, &mut into),
            Format::Requirements => python::requirements(file, &mut into),
            Format::GoMod => golang::module(file, &mut into),
            Format::GoSum => {
                if !has_whole_go_mod(files, select::folder(path)) {
                    golang::sums(file, &mut into);
                }
            }
            Format::CargoLock => cargo::lockfile(file, &mut into),
            Format::Bundler => ruby::lockfile(file, &mut into),
            Format::GemSpecification => ruby::specification(file, &mut into),
            Format::ComposerLock => php::lockfile(file, &mut into),
            Format::ComposerInstalled => php::installed(file, &mut into),
            Format::JavaArchive => java::archive(file, &mut into),
            Format::Pom => java::pom(file, &mut into),
            Format::Gradle => java::gradle(file, &mut into),
            Format::DotnetDependencies => dotnet::dependencies(file, &mut into),
            Format::NugetLock => dotnet::lockfile(file, &mut into),
            Format::NugetConfig => dotnet::config(file, &mut into),
            Format::NugetProps => dotnet::props(file, &mut into),
            Format::OsRelease | Format::DebianVersion | Format::AlpineRelease => {}
        }
    }
    npm::merge(installed, locked, &mut into);
    into.finish()
}

/// Whether the `go.mod` in the folder lists everything, so that its `go.sum` adds nothing but what is not used. A
/// `go.sum` alone says too little.
fn has_whole_go_mod(files: &[File<'_>], folder: &str) -> bool {
    files
        .iter()
        .filter(|file| select::format(select::clean(file.path)) == Some(Format::GoMod))
        .find(|file| select::folder(file.path) == folder)
        .is_none_or(|file| golang::lists_everything(&String::from_utf8_lossy(file.bytes)))
}

/// Gathers packages and problems while files are read.
#[derive(Debug)]
pub(crate) struct Collector<'a> {
    distribution: Option<&'a Distribution>,
    packages: Vec<Package>,
    languages: Vec<Package>,
    problems: Vec<String>,
    untold: usize,
    pub(crate) ownership: Ownership,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(distribution: Option<&'a Distribution>) -> Self {
        Self {
            distribution,
            packages: Vec::new(),
            languages: Vec::new(),
            problems: Vec::new(),
            untold: 0,
            ownership: Ownership::default(),
        }
    }

    pub(crate) fn distribution(&self) -> Option<&'a Distribution> {
        self.distribution
    }

    pub(crate) fn push(&mut self, package: Package) {
        if self.packages.len() < MAX_PACKAGES {
            self.packages.push(package);
        } else {
            self.note(format!(
                "{}: more than {MAX_PACKAGES} packages; the rest is left out",
                package.location.path
            ));
        }
    }

    /// A language's package, found in the file.
    pub(crate) fn language(&mut self, file: &File<'_>, item: Item<'_>) {
        self.language_at(&file.location(), item);
    }

    /// The same, found at a place inside the file. False where it can be no published package.
    pub(crate) fn language_at(&mut self, location: &Location, item: Item<'_>) -> bool {
        let Some(package) = item.package(location.clone()) else { return false };
        if self.languages.len() < MAX_PACKAGES {
            self.languages.push(package);
        } else {
            self.note(format!("{}: more than {MAX_PACKAGES} packages; the rest is left out", location.path));
        }
        true
    }

    pub(crate) fn own(&mut self, path: String) {
        self.ownership.apk.insert(path);
    }

    /// `line` 0: of the whole file.
    pub(crate) fn problem(&mut self, file: &File<'_>, line: usize, what: &str) {
        let path = select::clean(file.path);
        self.note(if line == 0 { format!("{path}: {what}") } else { format!("{path}:{line}: {what}") });
    }

    /// One problem for all damaged lines of a file.
    pub(crate) fn bad_lines(&mut self, file: &File<'_>, lines: &[usize], what: &str) {
        match lines {
            [] => {}
            [line] => self.problem(file, *line, &format!("the line {what}; it is skipped")),
            [line, rest @ ..] => {
                self.problem(
                    file,
                    *line,
                    &format!("the line {what}; it and {} more are skipped", rest.len()),
                );
            }
        }
    }

    fn note(&mut self, problem: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.untold += 1;
        }
    }

    fn finish(mut self) -> Inventory {
        for package in language::merge(std::mem::take(&mut self.languages), &self.ownership) {
            self.push(package);
        }
        self.packages.sort_by(|a, b| {
            (a.kind, &a.name, &a.version, &a.architecture, &a.location.path).cmp(&(
                b.kind,
                &b.name,
                &b.version,
                &b.architecture,
                &b.location.path,
            ))
        });
        // usr/lib/apk/db and lib/apk/db are one folder where `lib` links to `usr/lib`.
        self.packages.dedup_by(|b, a| a.kind.is_os() && a.purl == b.purl && a.name == b.name);
        if self.untold > 0 {
            self.problems.push(format!("{} more problems are not listed", self.untold));
        }
        Inventory {
            distribution: self.distribution.cloned(),
            packages: self.packages,
            problems: self.problems,
        }
    }
}
