//! `bun.lock` (<https://bun.sh/docs/install/lockfile>): JSON with comments and trailing commas.

use std::collections::{BTreeMap, HashSet};

use seawall_findings::Found;
use serde::Deserialize;
use serde_json::Value;

use super::{Lockfile, Rooted, package, plausible};
use crate::File;
use crate::collector::Collector;
use crate::select;

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    workspaces: BTreeMap<String, Needs>,
    /// Path of names (`a/b`: the `b` of `a`) → `["name@version", …, { needs }, integrity]`.
    #[serde(default)]
    packages: BTreeMap<String, Vec<Value>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Needs {
    dependencies: BTreeMap<String, Value>,
    optional_dependencies: BTreeMap<String, Value>,
    peer_dependencies: BTreeMap<String, Value>,
}

impl Needs {
    fn names(&self) -> impl Iterator<Item = &str> {
        let all = [&self.dependencies, &self.optional_dependencies, &self.peer_dependencies];
        all.into_iter().flat_map(|names| names.keys().map(String::as_str))
    }
}

/// Reads one lockfile; what only development needs is left out.
pub(crate) fn bun(file: &File<'_>, into: &mut Collector<'_>) -> Lockfile {
    let folder = select::folder(file.path).to_owned();
    let mut found = Lockfile { folder, packages: Vec::new() };
    let document: Document = match serde_json::from_slice(&plain(file.bytes)) {
        Ok(document) => document,
        Err(error) => {
            into.problem(file, error.line(), &format!("not the JSON of a bun lockfile: {error}"));
            return found;
        }
    };
    let location = file.location();
    for key in reached(&document) {
        let spec = document.packages.get(key).and_then(|entry| entry.first()).and_then(Value::as_str);
        let Some(spec) = spec else { continue };
        let Some(at) = spec.get(1..).and_then(|rest| rest.find('@')) else { continue };
        let (name, version) = (&spec[..=at], &spec[at + 2..]);
        if plausible(name, version) {
            let package = package(name, version, Vec::new(), location.clone(), Found::Lockfile);
            found.packages.push(Rooted { root: found.folder.clone(), package, optional: false });
        }
    }
    found
}

/// The keys that the workspaces' dependencies lead to: of a name the copy nearest to who needs it.
fn reached(document: &Document) -> Vec<&str> {
    let nearest = |from: &str, name: &str| {
        let mut folder = from;
        loop {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if let Some((key, entry)) = document.packages.get_key_value(&path) {
                return Some((key.as_str(), entry));
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
    };
    let mut seen = HashSet::new();
    let mut keys = Vec::new();
    let mut pending: Vec<(&str, Needs)> = Vec::new();
    for workspace in document.workspaces.values() {
        for name in workspace.names() {
            if let Some((key, entry)) = nearest("", name)
                && seen.insert(key)
            {
                pending.push((key, needs(entry)));
            }
        }
    }
    while let Some((key, needs)) = pending.pop() {
        keys.push(key);
        for name in needs.names() {
            if let Some((key, entry)) = nearest(key, name)
                && seen.insert(key)
            {
                pending.push((key, self::needs(entry)));
            }
        }
    }
    keys
}

fn needs(entry: &[Value]) -> Needs {
    entry
        .iter()
        .find(|item| item.is_object())
        .and_then(|item| Needs::deserialize(item).ok())
        .unwrap_or_default()
}

/// Blanks instead of comments and of commas before a closing bracket, so that lines stay where they are.
fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).to_vec();
    let mut comma = None;
    let mut at = 0;
    while let Some(byte) = out.get(at).copied() {
        match (byte, out.get(at + 1)) {
            (b'"', _) => {
                comma = None;
                at += 1;
                while let Some(byte) = out.get(at).filter(|byte| **byte != b'"') {
                    at += if *byte == b'\\' { 2 } else { 1 };
                }
            }
            (b'/', Some(b'/' | b'*')) => {
                let end: &[u8] = if out.get(at + 1) == Some(&b'/') { b"\n" } else { b"*/" };
                let rest = out.get(at + 2..).unwrap_or_default();
                let length = rest.windows(end.len()).position(|window| window == end);
                let end = length.map_or(out.len(), |length| at + 2 + length + end.len());
                for byte in out.iter_mut().take(end).skip(at).filter(|byte| **byte != b'\n') {
                    *byte = b' ';
                }
                at = end;
                continue;
            }
            (b',', _) => comma = Some(at),
            (b'}' | b']', _) => {
                if let Some(byte) = comma.take().and_then(|comma| out.get_mut(comma)) {
                    *byte = b' ';
                }
            }
            (b' ' | b'\t' | b'\r' | b'\n', _) => {}
            _ => comma = None,
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn comments_and_commas() {
        let text = b"{ // a\n \"x,}\": [1, 2,], /* , */ \"y\\\"//\": {},\n}";
        let value: serde_json::Value = serde_json::from_slice(&plain(text)).unwrap();
        assert_eq!(value, serde_json::json!({"x,}": [1, 2], "y\"//": {}}));
        for odd in [&b"\""[..], b"\"\\", b"/*", b"//", b",", b",}"] {
            let _ = plain(odd);
        }
    }
}
