//! Go: `go.mod` (<https://go.dev/ref/mod#go-mod-file>), and `go.sum` beside it where Go is older than 1.17, whose
//! `go.mod` does not list what is needed indirectly.

use std::collections::BTreeMap;

use seawall_findings::PackageType;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

/// `go.mod`: what `require` asks for, after `replace`.
pub(crate) fn module(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(text) = language::text(file, "a go.mod", into) else { return };
    let mut required: BTreeMap<&str, &str> = BTreeMap::new();
    let mut replaced: Vec<[&str; 4]> = Vec::new();
    let mut block = "";
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or(line).trim();
        let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
        let words = match (block, &words[..]) {
            ("", [verb, "("]) => {
                block = verb;
                continue;
            }
            ("", _) => words,
            (_, [")"]) => {
                block = "";
                continue;
            }
            (verb, rest) => [&[verb], rest].concat(),
        };
        match &words[..] {
            ["require", name, version] => {
                required.insert(name, version);
            }
            ["replace", old, "=>", new, version] => replaced.push([old, "", new, version]),
            ["replace", old, at, "=>", new, version] => replaced.push([old, at, new, version]),
            // A folder in the module's place: its version is not known.
            ["replace", old, "=>", _] => replaced.push([old, "", "", ""]),
            ["replace", old, at, "=>", _] => replaced.push([old, at, "", ""]),
            _ => {}
        }
    }
    for (name, version) in required {
        let by = replaced.iter().find(|[old, at, ..]| *old == name && (at.is_empty() || *at == version));
        let (name, version) = by.map_or((name, version), |[_, _, new, version]| (*new, *version));
        into.language(file, Item::locked(PackageType::Golang, name, version));
    }
}

/// Whether a `go.mod` lists everything, which Go does from 1.17 on.
pub(crate) fn lists_everything(text: &str) -> bool {
    let version = text.lines().find_map(|line| line.trim().strip_prefix("go "));
    let mut numbers =
        version.unwrap_or("1.16").trim().split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (1, 17)
}

/// `go.sum`: of each module the last version, which is the highest that was looked at.
pub(crate) fn sums(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(text) = language::text(file, "a go.sum", into) else { return };
    let mut modules: BTreeMap<&str, &str> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(version), Some(_)) = (words.next(), words.next(), words.next())
            && !version.ends_with("/go.mod")
        {
            modules.insert(name, version);
        }
    }
    for (name, version) in modules {
        into.language(file, Item::locked(PackageType::Golang, name, version));
    }
}
