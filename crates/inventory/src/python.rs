//! Python: what is installed (`*.dist-info`, `*.egg-info`), and what lockfiles would install.

mod lockfile;
mod requirements;

pub(crate) use lockfile::{pipfile, poetry, pylock, uv};
pub(crate) use requirements::{pinned, requirements};

use seawall_findings::PackageType;

use crate::File;
use crate::collector::Collector;
use crate::language::Item;

/// `METADATA` and `PKG-INFO`: header fields up to the first empty line (Core metadata specifications). Other bytes than
/// UTF-8 are replaced: old packages have descriptions in any encoding.
pub(crate) fn metadata(file: &File<'_>, into: &mut Collector<'_>) {
    let header = file.bytes.get(..file.bytes.len().min(1 << 20)).unwrap_or_default();
    let text = String::from_utf8_lossy(header);
    let (mut name, mut version, mut expression, mut licence) = ("", "", "", "");
    let mut classifiers: Vec<&str> = Vec::new();
    for line in text.lines().take_while(|line| !line.trim().is_empty()) {
        // A continued line belongs to a field that is not read.
        let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with([' ', '\t'])) else {
            continue;
        };
        let value = value.trim();
        match key.to_ascii_lowercase().as_str() {
            "name" if name.is_empty() => name = value,
            "version" if version.is_empty() => version = value,
            "license-expression" => expression = value,
            "license" => licence = value,
            "classifier" => classifiers.extend(
                value
                    .strip_prefix("License :: ")
                    .and_then(|rest| rest.rsplit(" :: ").next())
                    .filter(|text| *text != "OSI Approved"),
            ),
            _ => {}
        }
    }
    if name.is_empty() || version.is_empty() {
        into.problem(file, 0, "no `Name` and `Version` of a Python package");
        return;
    }
    let licences = if !expression.is_empty() {
        vec![expression]
    } else if !licence.is_empty() && licence != "UNKNOWN" && licence.len() <= 100 {
        vec![licence]
    } else {
        classifiers
    };
    into.language(file, Item::installed(PackageType::PyPi, name, version).licences(licences));
}
