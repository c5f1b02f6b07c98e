//! Julia: `Manifest.toml`, formats 1 and 2 (Pkg.jl, "Manifest.toml").

use std::collections::BTreeMap;

use seawall_findings::PackageType;
use serde::Deserialize;
use toml::{Table, Value};

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

#[derive(Deserialize)]
struct Manifest {
    julia_version: Option<String>,
    #[serde(rename = "manifest_format")]
    format: Option<String>,
    /// Format 2.
    deps: Option<BTreeMap<String, Value>>,
    /// Format 1 has the packages at the top.
    #[serde(flatten)]
    rest: Table,
}

/// Packages with their unique id: two may share a name. One of the standard library has no version of its own: it is
/// Julia's. Other tools' files have that name too: one with no word of Julia is none.
pub(crate) fn manifest(file: &File<'_>, into: &mut Collector<'_>) {
    if memchr::memmem::find(file.bytes, b"uuid").is_none() {
        return;
    }
    let Some(manifest) = language::toml::<Manifest>(file, "a Julia manifest", into) else { return };
    let of_julia = manifest.julia_version.clone().unwrap_or_default();
    let packages: Box<dyn Iterator<Item = (String, Value)>> = match manifest.deps {
        Some(deps) if manifest.format.is_some() => Box::new(deps.into_iter()),
        _ => Box::new(manifest.rest.into_iter()),
    };
    for (name, entries) in packages {
        for entry in entries.as_array().into_iter().flatten() {
            let text = |key: &str| entry.get(key).and_then(Value::as_str);
            let Some(uuid) = text("uuid") else { continue };
            let version = text("version").unwrap_or(&of_julia);
            let item = Item::locked(PackageType::Julia, &name, version);
            into.language(file, Item { qualifier: Some(("uuid", uuid)), ..item });
        }
    }
}
