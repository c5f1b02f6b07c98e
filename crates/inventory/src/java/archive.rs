//! Archives of classes: which Maven packages are in them, by what Maven and other builders write below `META-INF`, also
//! in archives inside archives.

use std::io::{Cursor, Read};

use seawall_findings::{Location, PackageType};
use zip::ZipArchive;

use super::{group, manifest};
use crate::File;
use crate::collector::Collector;
use crate::language::Item;

/// Archives inside archives: a jar in a war in an ear, and one more.
const MAX_DEPTH: usize = 4;
/// Entries of one archive.
const MAX_ENTRIES: usize = 200_000;
/// Archives in one file, at all depths.
const MAX_ARCHIVES: usize = 20_000;
/// Unpacked bytes of one archive inside another.
const MAX_INNER: u64 = 128 << 20;
/// Unpacked bytes of all that is read of one file.
const MAX_UNPACKED: u64 = 1 << 30;
/// Bytes of a `pom.properties` or `MANIFEST.MF`.
const MAX_TEXT: u64 = 1 << 20;

/// Whether the name is that of an archive of classes.
pub(crate) fn is_archive(name: &str) -> bool {
    let Some((_, extension)) = name.rsplit_once('.') else { return false };
    ["jar", "war", "ear", "par"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// What one file may still unpack.
struct Budget {
    bytes: u64,
    archives: usize,
}

/// Reads an archive and those in it.
pub(crate) fn archive(file: &File<'_>, into: &mut Collector<'_>) {
    let mut budget = Budget { bytes: MAX_UNPACKED, archives: MAX_ARCHIVES };
    let location = file.location();
    if let Err(what) = read(file.bytes, &location, 0, &mut budget, into) {
        into.problem(file, 0, &what);
    }
}

fn read(
    bytes: &[u8],
    location: &Location,
    depth: usize,
    budget: &mut Budget,
    into: &mut Collector<'_>,
) -> Result<(), String> {
    let mut zip =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("not a Java archive: {error}"))?;
    if zip.len() > MAX_ENTRIES {
        return Err(format!("more than {MAX_ENTRIES} entries in an archive; it is not read"));
    }
    let mut texts: Vec<usize> = Vec::new();
    let mut manifest_at = None;
    let mut inner: Vec<(usize, String)> = Vec::new();
    for at in 0..zip.len() {
        let Some(Ok(name)) = zip.name_for_index(at) else { continue };
        if name.starts_with("META-INF/maven/") && name.ends_with("/pom.properties") {
            texts.push(at);
        } else if name == "META-INF/MANIFEST.MF" {
            manifest_at = Some(at);
        } else if is_archive(&name) && !name.contains(char::is_control) {
            inner.push((at, name.into_owned()));
        }
    }
    let mut found = false;
    for at in texts {
        let text = unpack(&mut zip, at, MAX_TEXT, budget)?;
        if let Some((name, version)) = manifest::properties(&String::from_utf8_lossy(&text)) {
            found |= into.language_at(location, Item::installed(PackageType::Maven, &name, &version));
        }
    }
    if !found {
        let text = match manifest_at {
            Some(at) => unpack(&mut zip, at, MAX_TEXT, budget)?,
            None => Vec::new(),
        };
        let file = location.path.rsplit('/').next().unwrap_or_default();
        let of_classes = |artifact: &str| group::of_classes(zip.file_names().flatten(), artifact);
        if let Some((name, version)) = manifest::manifest(&String::from_utf8_lossy(&text), file, of_classes) {
            into.language_at(location, Item::installed(PackageType::Maven, &name, &version));
        }
    }
    for (at, name) in inner {
        if depth >= MAX_DEPTH || budget.archives == 0 {
            return Err("too many archives in archives; the rest is not read".to_owned());
        }
        budget.archives -= 1;
        let bytes = unpack(&mut zip, at, MAX_INNER, budget)?;
        let location = Location { path: format!("{}/{name}", location.path), layer: location.layer.clone() };
        // Frameworks carry broken archives as test data: the rest is still read.
        if let Err(what) = read(&bytes, &location, depth + 1, budget, into) {
            into.problem(&File::new(&location.path, &[]), 0, &what);
        }
    }
    Ok(())
}

fn unpack(
    zip: &mut ZipArchive<Cursor<&[u8]>>,
    at: usize,
    limit: u64,
    budget: &mut Budget,
) -> Result<Vec<u8>, String> {
    let entry = zip.by_index(at).map_err(|error| format!("a damaged Java archive: {error}"))?;
    let name = entry.name().map(|name| name.escape_debug().to_string()).unwrap_or_default();
    let limit = limit.min(budget.bytes);
    let mut bytes = Vec::new();
    entry
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("a damaged Java archive: {name}: {error}"))?;
    if bytes.len() as u64 > limit {
        return Err(format!("{name} unpacks to more than {limit} bytes; the archive is not read further"));
    }
    budget.bytes -= bytes.len() as u64;
    Ok(bytes)
}
