//! What an executable or archive says, in a few bytes that stand for it.
//!
//! A scanner keeps the files of a layer until all layers are read, and in a cache afterwards. An executable of a hundred
//! megabytes says ten lines that matter: [`distil`] reads them, [`read()`](crate::read()) takes them in its place.

use seawall_findings::{Found, PackageType};
use serde::{Deserialize, Serialize};

use crate::collector::Collector;
use crate::language::Item;
use crate::ownership::{self, Ownership};
use crate::select::{self, Format};
use crate::{File, executable, java};

/// Opens the compact form. It starts with a byte that no text, archive or executable starts with.
const MAGIC: &[u8] = b"\0seawall-facts-1\n";
/// Executables and archives are read up to this size.
pub(crate) const MAX_ARCHIVE: usize = 512 << 20;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Facts {
    #[serde(rename = "p", default)]
    packages: Vec<Fact>,
    #[serde(rename = "e", default)]
    problems: Vec<Trouble>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Fact {
    #[serde(rename = "k")]
    kind: PackageType,
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "v")]
    version: String,
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    licences: Vec<String>,
    #[serde(rename = "f")]
    found: Found,
    /// Path inside of the file.
    #[serde(rename = "i", default, skip_serializing_if = "String::is_empty")]
    inside: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Trouble {
    #[serde(rename = "w")]
    what: String,
    #[serde(rename = "i", default, skip_serializing_if = "String::is_empty")]
    inside: String,
}

/// Turns a selected file ([`wants`](crate::wants), [`wants_executable`](crate::wants_executable)) into the few bytes that
/// [`read()`](crate::read()) needs of it: the packages that an executable or a Java archive carries, the lines of a
/// distribution package's file list that name something this crate reads. `None`: the file is small and is kept as it
/// is. An empty answer: it is a program with nothing in it, and may be treated like a file that nobody asked for.
///
/// `bytes` must be the whole file; the path is the one that `read()` is told later (a hard link's other name does not
/// matter). It never fails and never panics: what is damaged is part of the answer, and `read()` tells it.
pub fn distil(path: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let path = select::clean(path);
    match select::format(path) {
        Some(Format::JavaArchive) => {}
        Some(Format::DpkgList) => return Some(ownership::shorten(bytes)),
        Some(_) => return None,
        None => {
            if !executable::is_executable(bytes) && !is_facts(bytes) {
                return None;
            }
        }
    }
    let file = File::new(path, bytes);
    let mut into = Collector::new(None, Ownership::default());
    if is_facts(bytes) {
        // Only this function writes that form: a file of an image that comes in it would speak for others.
        into.problem(&file, 0, "not an archive or executable: it only claims to be read already");
    } else {
        read_whole(&file, &mut into);
    }
    let (packages, problems) = into.into_facts();
    // An archive of nothing stays one: an empty file of its name is damaged.
    if packages.is_empty() && problems.is_empty() && select::format(path).is_none() {
        return Some(Vec::new());
    }
    let inside = |of: &str| of.strip_prefix(path).unwrap_or_default().trim_start_matches('/').to_owned();
    let facts = Facts {
        packages: packages
            .into_iter()
            .map(|package| Fact {
                inside: inside(&package.location.path),
                kind: package.kind,
                name: package.name,
                version: package.version,
                licences: package.licences,
                found: package.found,
            })
            .collect(),
        problems: problems
            .into_iter()
            .map(|problem| Trouble { inside: inside(&problem.path), what: problem.what })
            .collect(),
    };
    let mut out = MAGIC.to_vec();
    // Plain texts always serialise.
    serde_json::to_writer(&mut out, &facts).ok()?;
    Some(out)
}

/// An archive or executable as it is.
pub(crate) fn read_whole(file: &File<'_>, into: &mut Collector<'_>) {
    if file.bytes.len() > MAX_ARCHIVE {
        let size = file.bytes.len();
        into.problem(file, 0, &format!("{size} bytes are more than the {MAX_ARCHIVE} that are read"));
    } else if select::format(select::clean(file.path)) == Some(Format::JavaArchive) {
        java::archive(file, into);
    } else {
        executable::read(file, into);
    }
}

/// Whether the bytes are of the compact form.
pub(crate) fn is_facts(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The compact form back.
pub(crate) fn read(file: &File<'_>, into: &mut Collector<'_>) {
    let json = file.bytes.get(MAGIC.len()..).unwrap_or_default();
    let facts: Facts = match serde_json::from_slice(json) {
        Ok(facts) => facts,
        Err(error) => {
            into.problem(file, 0, &format!("not what was kept of it: {error}; remove the cache"));
            return;
        }
    };
    let base = file.location();
    for fact in facts.packages {
        let mut location = base.clone();
        if !fact.inside.is_empty() {
            location.path = format!("{}/{}", base.path, fact.inside);
        }
        let item = Item { found: fact.found, ..Item::installed(fact.kind, &fact.name, &fact.version) };
        into.language_at(&location, item.licences(&fact.licences));
    }
    for trouble in facts.problems {
        if trouble.inside.is_empty() {
            into.problem(file, 0, &trouble.what);
        } else {
            let path = format!("{}/{}", base.path, trouble.inside);
            into.problem(&File { path: &path, ..*file }, 0, &trouble.what);
        }
    }
}
