//! `package.json` below a `node_modules` folder (npm docs, "package.json").

use seawall_findings::Found;
use serde::Deserialize;
use serde_json::Value;

use crate::File;
use crate::collector::Collector;
use crate::select;

use super::{Rooted, package, plausible};

/// Only what is read; `licenses` is the old plural form. The values are not typed further, so that a package with a
/// strange field is still found by its name and version.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    name: Value,
    #[serde(default)]
    version: Value,
    #[serde(default)]
    license: Value,
    #[serde(default)]
    licenses: Value,
}

/// None where it is no package: many packages hold a `package.json` with nothing but `"type": "module"`.
pub(crate) fn installed(file: &File<'_>, into: &mut Collector<'_>) -> Option<Rooted> {
    let path = select::clean(file.path);
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
    if bytes.trim_ascii().is_empty() {
        return None;
    }
    let manifest: Manifest = match serde_json::from_slice(bytes) {
        Ok(manifest) => manifest,
        // Packages ship broken ones on purpose, as test data: only a package's own is worth telling.
        Err(error) => {
            if is_package_root(path) {
                into.problem(file, error.line(), &format!("not the JSON of a package: {error}"));
            }
            return None;
        }
    };
    let (Some(name), Some(version)) = (manifest.name.as_str(), manifest.version.as_str()) else {
        return None;
    };
    let version = version.trim();
    if !plausible(name, version) {
        return None;
    }
    let mut licences = Vec::new();
    for value in [&manifest.license, &manifest.licenses] {
        collect_licences(value, &mut licences);
    }
    let location = file.location();
    Some(Rooted {
        root: root(path).to_owned(),
        package: package(name, version, licences, location, Found::Installed),
        optional: false,
    })
}

/// `"MIT"`, `{"type": "MIT"}`, or a list of either.
fn collect_licences(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.trim().is_empty() && text.len() <= 512 => {
            into.push(text.trim().to_owned());
        }
        Value::Object(fields) => {
            if let Some(text) = fields.get("type").or_else(|| fields.get("name")) {
                collect_licences(text, into);
            }
        }
        Value::Array(items) => items.iter().take(16).for_each(|item| {
            if !item.is_array() {
                collect_licences(item, into);
            }
        }),
        _ => {}
    }
}

/// The folder that holds the outermost `node_modules`; empty for the top.
fn root(path: &str) -> &str {
    if path.starts_with("node_modules/") {
        return "";
    }
    path.find("/node_modules/").map_or("", |end| &path[..end])
}

/// `…/node_modules/a/package.json` or `…/node_modules/@s/a/package.json`.
fn is_package_root(path: &str) -> bool {
    let inner = path.rsplit_once("node_modules/").map_or("", |(_, inner)| inner);
    inner.split('/').count() == if inner.starts_with('@') { 3 } else { 2 }
}
