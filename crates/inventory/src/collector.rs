//! Gathers packages and problems while files are read.

use std::collections::BTreeMap;

use seawall_findings::{Distribution, Finding, FindingKind, Location, Package, Position, Severity};

use crate::language::{self, Item};
use crate::ownership::Ownership;
use crate::{File, Inventory, select};

/// More packages than this are a bomb, not an image.
const MAX_PACKAGES: usize = 1_000_000;
/// More problems than this help nobody; the rest is counted.
const MAX_PROBLEMS: usize = 200;

/// What was wrong at one place of a file.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// Clean path.
    pub(crate) path: String,
    /// From 1; 0: of the whole file.
    pub(crate) line: usize,
    /// From 1; 0: of the whole line.
    pub(crate) column: usize,
    pub(crate) what: String,
}

/// Gathers packages and problems while files are read.
#[derive(Debug)]
pub(crate) struct Collector<'a> {
    distribution: Option<&'a Distribution>,
    pub(crate) packages: Vec<Package>,
    languages: Vec<Package>,
    problems: Vec<String>,
    /// Of each file the first problem, with the file's place.
    damaged: BTreeMap<String, (Location, Problem, usize)>,
    untold: usize,
    pub(crate) ownership: Ownership<'a>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(distribution: Option<&'a Distribution>, ownership: Ownership<'a>) -> Self {
        Self {
            distribution,
            packages: Vec::new(),
            languages: Vec::new(),
            problems: Vec::new(),
            damaged: BTreeMap::new(),
            untold: 0,
            ownership,
        }
    }

    pub(crate) fn distribution(&self) -> Option<&'a Distribution> {
        self.distribution
    }

    pub(crate) fn push(&mut self, package: Package) {
        if self.packages.len() < MAX_PACKAGES {
            self.packages.push(package);
        } else {
            self.full(&package.location.path);
        }
    }

    fn full(&mut self, path: &str) {
        self.note(format!("{path}: more than {MAX_PACKAGES} packages; the rest is left out"));
    }

    /// A language's package, found in the file.
    pub(crate) fn language(&mut self, file: &File<'_>, item: Item<'_>) {
        self.language_at(&file.location(), item);
    }

    /// The same, found at a place inside the file. False where it can be no published package.
    pub(crate) fn language_at(&mut self, location: &Location, item: Item<'_>) -> bool {
        let Some(package) = item.package(location.clone()) else { return false };
        self.push_language(package);
        true
    }

    pub(crate) fn push_language(&mut self, package: Package) {
        if self.languages.len() < MAX_PACKAGES {
            self.languages.push(package);
        } else {
            self.full(&package.location.path);
        }
    }

    /// `line` 0: of the whole file.
    pub(crate) fn problem(&mut self, file: &File<'_>, line: usize, what: &str) {
        self.problem_at(file, line, 0, what);
    }

    /// The same, with the column; 0: of the whole line.
    pub(crate) fn problem_at(&mut self, file: &File<'_>, line: usize, column: usize, what: &str) {
        let path = select::clean(file.path);
        self.note(if line == 0 { format!("{path}: {what}") } else { format!("{path}:{line}: {what}") });
        if let Some((_, _, more)) = self.damaged.get_mut(path) {
            *more += 1;
        } else if self.damaged.len() < MAX_PROBLEMS {
            let problem = Problem { path: path.to_owned(), line, column, what: what.to_owned() };
            self.damaged.insert(path.to_owned(), (file.location(), problem, 0));
        }
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

    /// What one file alone gave: its packages as they were found, and its problems.
    pub(crate) fn into_facts(self) -> (Vec<Package>, Vec<Problem>) {
        (self.languages, self.damaged.into_values().map(|(_, problem, _)| problem).collect())
    }

    pub(crate) fn finish(mut self) -> Inventory {
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
            damaged: self
                .damaged
                .into_values()
                .map(|(place, problem, more)| finding(place, &problem, more))
                .collect(),
        }
    }
}

/// A file that could not be read whole, as a finding: what it holds is not known, and that must not look like nothing.
fn finding(location: Location, problem: &Problem, more: usize) -> Finding {
    let name = problem.path.rsplit('/').next().unwrap_or_default();
    let evidence = if more == 0 {
        problem.what.clone()
    } else {
        format!("{} (and {more} more problems in this file)", problem.what)
    };
    Finding {
        location,
        position: (problem.line > 0).then(|| Position { line: problem.line, column: problem.column.max(1) }),
        evidence: Some(evidence),
        remedy: format!(
            "repair or regenerate {name}, or remove it: packages that it lists may be missing from this report"
        ),
        ..Finding::new(
            FindingKind::Damaged,
            "damaged-file",
            Severity::Medium,
            format!("{name} cannot be read whole"),
        )
    }
}
