//! Files of a scan: what kind they are, and what is wrong with them.

use std::str::FromStr;

use seawall_findings::{Finding, Position};

use crate::check::{check_dockerfile, check_objects, check_with};
use crate::docker::{DockerError, Dockerfile, dockerfile};
use crate::suppress::{self, Marker};
use crate::{Check, Document, Version, YamlError, documents, find, names, yaml};

/// What kind of document a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Kubernetes objects, as YAML or JSON.
    Kubernetes,
    /// A Dockerfile or Containerfile.
    Dockerfile,
}

/// A file that cannot be read. Its text names the file, line and column.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SourceError {
    /// Not the YAML that Kubernetes reads.
    #[error(transparent)]
    Yaml(YamlError),
    /// Not a Dockerfile that Docker reads.
    #[error(transparent)]
    Docker(DockerError),
    /// A template that has to be rendered first.
    #[error("{path}:{}:{}: this is a template (`{{{{ … }}}}`); render it first, and scan the result: `helm template CHART | seawall scan config -`", position.line, position.column)]
    Template {
        /// The file, as the caller named it.
        path: String,
        /// The first action.
        position: Position,
    },
}

/// One file that was read.
#[derive(Debug)]
pub struct Source {
    /// The file, as the caller named it.
    pub path: String,
    /// What it holds.
    pub kind: Kind,
    /// Its Kubernetes objects.
    pub documents: Vec<Document>,
    /// Its Dockerfile.
    pub dockerfile: Option<Dockerfile>,
    markers: Vec<Marker>,
}

/// What a scan asks for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which checks.
    pub selection: Selection,
    /// The version of the cluster that the objects are for, where it is known.
    pub cluster: Option<Version>,
    /// `YYYY-MM-DD`: exceptions that ended before this day no longer hold. Without it they all hold.
    pub today: Option<String>,
}

/// Which checks a scan runs: all but the opt-in ones, or those named; never those that are left out.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    only: Vec<String>,
    skip: Vec<String>,
}

/// An id that names no check.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no check `{0}`; `seawall checks list` shows them all")]
pub struct UnknownCheck(pub String);

impl Selection {
    /// By ids or aliases of checks: only these (empty: the default ones), and not those. An id must be one of this crate's
    /// checks, or one that `others` knows.
    pub fn new(
        only: &[String],
        skip: &[String],
        others: &dyn Fn(&str) -> bool,
    ) -> Result<Self, UnknownCheck> {
        match only.iter().chain(skip).find(|id| find(id).is_none() && !others(id)) {
            Some(id) => Err(UnknownCheck(id.clone())),
            None => Ok(Self { only: only.to_vec(), skip: skip.to_vec() }),
        }
    }

    fn runs(&self, check: &Check) -> bool {
        let asked = match self.only.as_slice() {
            [] => !check.opt_in,
            only => only.iter().any(|id| check.is(id)),
        };
        asked && !self.skip.iter().any(|id| names::same(id, check.id))
    }

    /// Whether a finding, of whatever check, is asked for. Where a check has several ids, each finding has its own.
    pub fn keeps(&self, finding: &Finding) -> bool {
        let named = |id: &String| {
            names::same(id, &finding.id) || finding.aliases.iter().any(|alias| names::same(alias, id))
        };
        (self.only.is_empty() || self.only.iter().any(named)) && !self.skip.iter().any(named)
    }
}

/// The version of a cluster as people write it: `1.31`, `v1.31`, `1.31.4`, `v1.31.4-eks-1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterVersion(pub Version);

impl FromStr for ClusterVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bare = text.strip_prefix('v').unwrap_or(text);
        let mut parts = bare.split('.');
        let number =
            |part: Option<&str>| part.and_then(|part| part.trim_end_matches('+').parse::<u32>().ok());
        match (number(parts.next()), number(parts.next())) {
            (Some(1), Some(minor)) => Ok(Self((1, minor))),
            _ => Err(format!("`{text}` is not a version of Kubernetes such as 1.31")),
        }
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// True for names that Dockerfiles have: `Dockerfile`, `Containerfile.build`, `app.dockerfile`.
fn is_dockerfile_name(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    ["dockerfile", "containerfile"].iter().any(|word| {
        name == *word
            || name.strip_prefix(word).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
            || name.strip_suffix(word).is_some_and(|rest| rest.ends_with(['.', '-', '_']))
    }) && !name.ends_with(".dockerignore")
        // Text about one, or one that has to be rendered first.
        && !matches!(name.rsplit('.').next(), Some("md" | "tmpl" | "j2" | "erb"))
}

/// True for names under which a walk through a folder should read a file at all: the rest is recognised by content.
pub fn may_be_config(path: &str) -> bool {
    let name = file_name(path);
    is_dockerfile_name(path)
        || match name.rsplit_once('.') {
            Some((_, end)) => matches!(end.to_ascii_lowercase().as_str(), "yaml" | "yml" | "json"),
            None => true,
        }
}

/// What a file holds, by its content; the name only tells what would else be open. None: nothing that is checked.
pub fn recognise(path: &str, text: &str) -> Option<Kind> {
    if is_dockerfile_name(path) {
        return Some(Kind::Dockerfile);
    }
    let end = file_name(path).rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    match end.as_deref() {
        Some("json") => {
            (text.contains("\"apiVersion\"") && text.contains("\"kind\"")).then_some(Kind::Kubernetes)
        }
        Some("yaml" | "yml") => is_kubernetes(text).then_some(Kind::Kubernetes),
        _ if looks_like_dockerfile(text) => Some(Kind::Dockerfile),
        _ => is_kubernetes(text).then_some(Kind::Kubernetes),
    }
}

/// `apiVersion` and `kind` as keys somewhere: the reader decides for each document.
fn is_kubernetes(text: &str) -> bool {
    text.contains("apiVersion") && text.contains("kind")
}

/// True if the first instruction is a `FROM` with an image, `ARG`s before it apart.
fn looks_like_dockerfile(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = lines.find(|line| !line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("arg ")));
    let Some(first) =
        first.filter(|line| line.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("from ")))
    else {
        return false;
    };
    let words: Vec<&str> = first.split_whitespace().skip(1).filter(|word| !word.starts_with("--")).collect();
    let shape = match words.as_slice() {
        [_] => true,
        [_, word, _] => word.eq_ignore_ascii_case("as"),
        _ => false,
    };
    // An English sentence may begin with "From"; what follows it then is no instruction.
    shape
        && lines.next().is_none_or(|line| {
            let word = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
            crate::docker::is_keyword(&word)
        })
}

/// Reads a file; none where it holds nothing that is checked.
pub fn source(path: &str, text: &str) -> Option<Result<Source, SourceError>> {
    match recognise(path, text)? {
        Kind::Dockerfile => Some(match dockerfile(path, text) {
            Ok(file) => {
                let markers = suppress::in_dockerfile(text, &file);
                let (path, kind) = (path.to_owned(), Kind::Dockerfile);
                Ok(Source { path, kind, documents: Vec::new(), dockerfile: Some(file), markers })
            }
            Err(error) => Err(SourceError::Docker(error)),
        }),
        Kind::Kubernetes => kubernetes(path, text).transpose(),
    }
}

fn kubernetes(path: &str, text: &str) -> Result<Option<Source>, SourceError> {
    let found = match documents(path, text) {
        Ok(found) => found,
        // A list or a plain text is no object: some other tool's file.
        Err(error) if error.problem == crate::Problem::NotAnObject => return Ok(None),
        Err(error) => {
            return Err(match template(text) {
                Some(position) => SourceError::Template { path: path.to_owned(), position },
                None => SourceError::Yaml(error),
            });
        }
    };
    let documents: Vec<Document> = found
        .into_iter()
        .filter(|document| !document.kind.is_empty() && !document.api_version.is_empty())
        .collect();
    if documents.is_empty() {
        return Ok(None);
    }
    let mut markers = suppress::in_yaml(text);
    let last = text.lines().count().max(1);
    for (index, document) in documents.iter().enumerate() {
        let line = |document: &Document| document.position("").map_or(1, |position| position.line);
        let to = documents.get(index + 1).map_or(last, |next| line(next).saturating_sub(1));
        markers.extend(suppress::annotations(document, line(document), to.max(line(document))));
    }
    Ok(Some(Source { path: path.to_owned(), kind: Kind::Kubernetes, documents, dockerfile: None, markers }))
}

/// Where the first template action is.
fn template(text: &str) -> Option<Position> {
    text.lines().enumerate().find_map(|(index, line)| {
        let at = line.find("{{")?;
        let column = line.get(..at).map_or(0, |text| text.chars().count()) + 1;
        Some(Position { line: index + 1, column })
    })
}

/// The reason why a file of that length is not read, by its name and its beginning; none where it holds nothing that is
/// checked anyway.
pub fn too_long(path: &str, beginning: &str, length: usize) -> Option<String> {
    let most = match recognise(path, beginning)? {
        Kind::Kubernetes => yaml::MAX_TEXT,
        Kind::Dockerfile => crate::docker::MAX_DOCKERFILE,
    };
    Some(format!(
        "{path}:1:1: the text has {length} bytes, more than the {most} that are read; split the file"
    ))
}

impl Source {
    /// What the checks for single objects and Dockerfiles hold against it.
    pub fn check(&self, options: &Options) -> Vec<Finding> {
        let wanted = |check: &Check| options.selection.runs(check);
        let mut found = match &self.dockerfile {
            Some(file) => check_dockerfile(file, &wanted),
            None => self
                .documents
                .iter()
                .flat_map(|document| check_with(document, options.cluster, &wanted))
                .collect(),
        };
        found.retain(|finding| options.selection.keeps(finding));
        found
    }

    /// Marks the findings that an exception in this file covers, and says which exceptions have ended.
    pub fn suppress(&self, options: &Options, findings: &mut [Finding]) -> Vec<String> {
        if self.markers.is_empty() {
            return Vec::new();
        }
        suppress::apply(&self.path, &self.markers, options.today.as_deref(), findings)
    }
}

/// What the checks for objects together hold against all files of a scan. Exceptions are applied file by file.
pub fn check_together(sources: &[Source], options: &Options) -> Vec<Finding> {
    let documents: Vec<&Document> = sources.iter().flat_map(|source| &source.documents).collect();
    let mut found = check_objects(&documents, &|check| options.selection.runs(check));
    found.retain(|finding| options.selection.keeps(finding));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_content() {
        for (path, text, wanted) in [
            ("a.yaml", "apiVersion: v1\nkind: Pod\n", Some(Kind::Kubernetes)),
            ("values.yaml", "image: a\n", None),
            ("pod", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}", Some(Kind::Kubernetes)),
            ("x/Dockerfile.build", "anything", Some(Kind::Dockerfile)),
            ("app.dockerfile", "", Some(Kind::Dockerfile)),
            ("build", "# x\nARG V=1\nFROM a:$V AS b\nRUN x\n", Some(Kind::Dockerfile)),
            ("letter", "From me\nto you\n", None),
            ("Dockerfile.md", "# text", None),
        ] {
            assert_eq!(recognise(path, text), wanted, "{path}");
        }
        assert!(!may_be_config("a/main.rs") && may_be_config("a/build") && may_be_config("A.YML"));
    }

    #[test]
    fn templates_and_broken_files_say_where() {
        let error = |text: &str| source("t.yaml", text).unwrap().unwrap_err().to_string();
        assert!(
            error("apiVersion: v1\nkind: {{ .Values.kind }}\n").starts_with("t.yaml:2:7: this is a template")
        );
        assert_eq!(
            error("apiVersion: v1\nkind: Pod\n\tx: 1\n"),
            "t.yaml:3:1: not valid YAML: a tab where only blanks may indent"
        );
        assert!(
            error("apiVersion: v1\nkind: Pod\nkind: Pod\n")
                .starts_with("t.yaml:3:1: the key `kind` is there twice")
        );
        assert!(source("t.yaml", "kind: x\nfoo: apiVersion\n").is_none());
        assert_eq!(
            too_long("a.yaml", "apiVersion: v1\nkind: Pod", 50_000_000).unwrap(),
            "a.yaml:1:1: the text has 50000000 bytes, more than the 8388608 that are read; split the file"
        );
    }

    #[test]
    fn exceptions_cover_and_end() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {datree.skip/CONTAINERS_MISSING_MEMORY_LIMIT_KEY: small}}\nspec:\n  hostPID: true # seawall:ignore KSV-0010 it is a debugger until=2027-01-31\n  hostIPC: true\n  containers: [{name: a, image: 'a:1'}]\n";
        let source = source("p.yaml", text).unwrap().unwrap();
        let run = |today: &str| {
            let options = Options { today: Some(today.into()), ..Options::default() };
            let mut found = source.check(&options);
            let ended = source.suppress(&options, &mut found);
            let covered: Vec<_> =
                found.iter().filter(|one| one.suppressed.is_some()).map(|one| one.id.clone()).collect();
            (covered, ended)
        };
        assert_eq!(
            run("2026-11-24"),
            (vec!["pod-host-namespaces".into(), "resources-memory-limit".into()], vec![])
        );
        assert_eq!(
            run("2027-02-01"),
            (
                vec!["resources-memory-limit".into()],
                vec!["p.yaml:5: the exception for KSV-0010 ended on 2027-01-31".into()]
            )
        );
    }

    #[test]
    fn selections() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostPID: true\n  hostIPC: true\n  containers: [{name: a, image: 'a:1'}]\n";
        let source = source("p.yaml", text).unwrap().unwrap();
        let run = |only: &[&str], skip: &[&str]| {
            let own = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
            let selection = Selection::new(&own(only), &own(skip), &|_| false).unwrap();
            source.check(&Options { selection, ..Options::default() }).len()
        };
        assert_eq!(run(&["KSV-0010"], &[]), 1);
        assert_eq!(run(&["pod-host-namespaces"], &["AVD-KSV-0008"]), 1);
        assert_eq!(run(&["image-digest"], &[]), 1, "opt-in");
        assert_eq!(run(&[], &["pod-host-namespaces"]), run(&[], &[]) - 2);
        assert_eq!(
            Selection::new(&["nonsense".into()], &[], &|_| false).unwrap_err(),
            UnknownCheck("nonsense".into())
        );
        assert!(Selection::new(&["theirs".into()], &[], &|id| id == "theirs").is_ok());
        assert_eq!("v1.31.4-eks-1".parse(), Ok(ClusterVersion((1, 31))));
        assert!("2.0".parse::<ClusterVersion>().is_err());
    }
}
