//! What the language formats have in common: which names and versions can be real, and how one package is told once.

use std::collections::HashSet;

use seawall_findings::{Found, Location, Package, PackageType};
use serde::de::DeserializeOwned;

use crate::collector::Collector;
use crate::ownership::Ownership;
use crate::{File, purl};

/// A package as a language's file names it.
#[derive(Debug)]
pub(crate) struct Item<'t> {
    pub(crate) kind: PackageType,
    pub(crate) name: &'t str,
    pub(crate) version: &'t str,
    pub(crate) licences: Vec<String>,
    pub(crate) found: Found,
    /// What its purl needs besides (Julia's unique id).
    pub(crate) qualifier: Option<(&'static str, &'t str)>,
}

impl<'t> Item<'t> {
    /// Of a lockfile.
    pub(crate) fn locked(kind: PackageType, name: &'t str, version: &'t str) -> Self {
        Self { kind, name, version, licences: Vec::new(), found: Found::Lockfile, qualifier: None }
    }

    /// Of metadata beside installed files.
    pub(crate) fn installed(kind: PackageType, name: &'t str, version: &'t str) -> Self {
        Self { kind, name, version, licences: Vec::new(), found: Found::Installed, qualifier: None }
    }

    /// With licences: one line each, as the metadata gives them.
    pub(crate) fn licences<S: AsRef<str>>(mut self, licences: impl IntoIterator<Item = S>) -> Self {
        let is_name = |text: &&str| !text.is_empty() && text.len() <= 512 && !text.contains(char::is_control);
        let licences: Vec<S> = licences.into_iter().take(16).collect();
        self.licences =
            licences.iter().map(|text| text.as_ref().trim()).filter(is_name).map(str::to_owned).collect();
        self
    }

    /// As a package; none where name or version cannot be a published package's (paths and addresses that stand where
    /// a version is expected).
    pub(crate) fn package(self, location: Location) -> Option<Package> {
        let (name, version) = (self.name.trim(), self.version.trim());
        let bad = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
        let plausible = !name.is_empty()
            && name.len() <= 512
            && !name.contains(bad)
            && !name.starts_with(['/', '.', ':'])
            && !name.ends_with(['/', ':'])
            && !version.is_empty()
            && version.len() <= 256
            && !version.contains(bad)
            && !version.contains("://");
        plausible.then(|| Package {
            kind: self.kind,
            name: name.to_owned(),
            version: version.to_owned(),
            purl: purl::language(self.kind, name, version, self.qualifier),
            source_name: None,
            source_version: None,
            architecture: None,
            licences: self.licences,
            location,
            found: self.found,
        })
    }
}

/// Each package once: an installed one by its purl and path, a locked one by its purl and folder, and only where it is
/// not installed: what is there says more than what a file asks for. Software known by its version text is told once: its
/// libraries and tools say the same. What a distribution package owns is left out.
pub(crate) fn merge(packages: Vec<Package>, ownership: &Ownership<'_>) -> Vec<Package> {
    let mut kept: Vec<Package> = Vec::with_capacity(packages.len());
    let mut locked = Vec::new();
    let mut told = HashSet::new();
    let mut purls = HashSet::new();
    for package in packages {
        let path = &package.location.path;
        let is_owned = match package.found {
            Found::BuildInfo => ownership.owns_linked(path),
            _ => ownership.owns(path),
        };
        if is_owned {
            continue;
        }
        if package.found == Found::Lockfile {
            locked.push(package);
            continue;
        }
        let place =
            if package.found == Found::VersionString { String::new() } else { package.location.path.clone() };
        if told.insert((package.purl.clone(), place)) {
            purls.insert(package.purl.clone());
            kept.push(package);
        }
    }
    for package in locked {
        let path = &package.location.path;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        if !purls.contains(&package.purl) && told.insert((package.purl.clone(), folder)) {
            kept.push(package);
        }
    }
    kept
}

/// The file as JSON; what is none is told.
pub(crate) fn json<T: DeserializeOwned>(file: &File<'_>, what: &str, into: &mut Collector<'_>) -> Option<T> {
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
    match serde_json::from_slice(bytes) {
        Ok(value) => Some(value),
        Err(error) => {
            into.problem_at(file, error.line(), error.column(), &format!("not the JSON of {what}: {error}"));
            None
        }
    }
}

/// The file as TOML; what is none is told.
pub(crate) fn toml<T: DeserializeOwned>(file: &File<'_>, what: &str, into: &mut Collector<'_>) -> Option<T> {
    let text = text(file, what, into)?;
    match toml::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let line = error.span().map_or(0, |span| line_of(text, span.start));
            into.problem(file, line, &format!("not the TOML of {what}: {}", error.message()));
            None
        }
    }
}

/// The file as YAML; what is none is told.
pub(crate) fn yaml<T: DeserializeOwned>(file: &File<'_>, what: &str, into: &mut Collector<'_>) -> Option<T> {
    let text = text(file, what, into)?;
    match serde_saphyr::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let (line, column) = error.location().map_or((0, 0), |at| {
                (at.line().try_into().unwrap_or(0), at.column().try_into().unwrap_or(0))
            });
            let error = error.to_string();
            let error = error.lines().next().unwrap_or_default();
            into.problem_at(file, line, column, &format!("not the YAML of {what}: {error}"));
            None
        }
    }
}

/// The file as text; what is none is told.
pub(crate) fn text<'a>(file: &File<'a>, what: &str, into: &mut Collector<'_>) -> Option<&'a str> {
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            into.problem(file, 0, &format!("not the text of {what}: {error}"));
            None
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
