//! What `cargo auditable` puts into a program: its crates, as compressed JSON in the section `.dep-v0`.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use seawall_findings::{Found, PackageType};
use serde::Deserialize;

use super::image::Part;
use crate::File;
use crate::collector::Collector;
use crate::language::Item;

/// A thousand crates take a hundred kilobytes.
const MAX_JSON: u64 = 16 << 20;

#[derive(Deserialize)]
struct Audit {
    #[serde(default)]
    packages: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    /// `build`: of the build alone, not in the program.
    #[serde(default)]
    kind: String,
}

pub(super) fn read(file: &File<'_>, part: &Part<'_>, into: &mut Collector<'_>) {
    let Some(section) = part.section(&[".dep-v0", "rust-deps-v0"]) else { return };
    let mut json = Vec::new();
    let unpacked = ZlibDecoder::new(section).take(MAX_JSON + 1).read_to_end(&mut json);
    if let Err(error) = unpacked {
        into.problem(file, 0, &format!("a damaged list of crates (`cargo auditable`): {error}"));
        return;
    }
    if json.len() as u64 > MAX_JSON {
        into.problem(
            file,
            0,
            &format!("its list of crates unpacks to more than {MAX_JSON} bytes; it is not read"),
        );
        return;
    }
    match serde_json::from_slice::<Audit>(&json) {
        Ok(audit) => {
            for entry in audit.packages.iter().filter(|entry| entry.kind != "build") {
                let item = Item::installed(PackageType::Cargo, &entry.name, &entry.version);
                into.language(file, Item { found: Found::BuildInfo, ..item });
            }
        }
        Err(error) => into.problem(file, 0, &format!("not the JSON of `cargo auditable`: {error}")),
    }
}
