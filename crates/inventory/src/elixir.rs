//! Elixir and Erlang: `mix.lock`, a map of Elixir terms, one dependency a line:
//! `"jason": {:hex, :jason, "1.4.0", "checksum", …},`.

use seawall_findings::PackageType;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

/// What comes from a package registry; dependencies out of Git have no version.
pub(crate) fn lockfile(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(text) = language::text(file, "a mix.lock", into) else { return };
    let mut bad_lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.starts_with('"') || line.contains("{:git,") || line.contains("{:path,") {
            continue;
        }
        match entry(line) {
            Some((name, version)) => into.language(file, Item::locked(PackageType::Hex, name, version)),
            None => bad_lines.push(index + 1),
        }
    }
    into.bad_lines(file, &bad_lines, "is no dependency of a mix.lock");
}

fn entry(line: &str) -> Option<(&str, &str)> {
    let (_, rest) = line.split_once("{:hex,")?;
    let (name, rest) = rest.split_once(',')?;
    let name = name.trim().strip_prefix(':')?.trim_matches('"');
    let version = rest.trim_start().strip_prefix('"')?;
    let (version, _) = version.split_once('"')?;
    Some((name, version))
}
