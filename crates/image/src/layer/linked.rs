//! Files that links show at paths that matter, though their own paths do not: `var/lib/dpkg/status` may be a link, and so
//! may `var/lib/dpkg` or `var`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::Arc;

use super::merge::{Leads, View};
use super::path::parent;
use super::structure::{Step, Structure};
use crate::reader::{Content, Entry, Reader, Want};

/// Names of one file that are looked at: links to folders of links multiply.
const MOST_NAMES: usize = 64;

/// Paths as a layer names them, and the paths that matter under which the container sees them.
pub(crate) type Hidden = BTreeMap<String, BTreeSet<String>>;

/// By reader, by layer: what has to be read again. `missing` are files that links lead to by reader, at their real paths.
pub(crate) fn hidden(
    view: &mut View,
    structures: &[&Structure],
    readers: &[Arc<dyn Reader>],
) -> Vec<Vec<Hidden>> {
    let missing: Vec<Hidden> =
        readers.iter().enumerate().map(|(at, reader)| missing(view, at, reader.as_ref())).collect();
    let by_target = view.links_by_target();
    let mut hidden = vec![vec![Hidden::new(); structures.len()]; readers.len()];
    for (layer, structure) in structures.iter().enumerate() {
        // What the folder's files are called besides, without their names.
        let mut last: (String, Vec<String>) = (String::new(), other_names("", &by_target));
        structure.each(|path, step, _| {
            if !matches!(step, Step::File) {
                return;
            }
            let real = view.place(path);
            let folder = parent(&real).unwrap_or_default();
            if last.0 != folder {
                last = (folder.to_owned(), other_names(folder, &by_target));
            }
            for (at, reader) in readers.iter().enumerate() {
                let Some(found) = hidden.get_mut(at).and_then(|layers| layers.get_mut(layer)) else {
                    continue;
                };
                let links =
                    missing.get(at).and_then(|missing| missing.get(&real)).into_iter().flatten().cloned();
                let name = real.rsplit('/').next().unwrap_or_default();
                let through = last.1.iter().map(|folder| format!("{folder}/{name}"));
                let names: BTreeSet<String> = links
                    .chain(through.filter(|name| reader.follows(name)))
                    .filter(|name| name != path)
                    .collect();
                if !names.is_empty() && !reader.follows(path) {
                    found.insert(path.to_owned(), names);
                }
            }
        });
    }
    hidden
}

/// The links at paths that matter whose files have no record of the reader.
fn missing(view: &View, at: usize, reader: &dyn Reader) -> Hidden {
    let mut missing = Hidden::new();
    for link in view.links().filter(|link| reader.follows(link)) {
        match view.file(link) {
            Leads::To(found) if found.records.get(at).is_some_and(Option::is_some) => {}
            Leads::To(found) => drop(missing.entry(found.path.clone()).or_default().insert(link.to_owned())),
            Leads::Elsewhere(real) => drop(missing.entry(real).or_default().insert(link.to_owned())),
            Leads::Nowhere => tracing::debug!(link, "symbolic links in circles"),
        }
    }
    missing
}

/// Other names of a folder, by links to it or to one that it is in.
fn other_names(folder: &str, by_target: &HashMap<String, Vec<String>>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut at = 0;
    let mut current = folder.to_owned();
    loop {
        let ends = current.match_indices('/').map(|(at, _)| at).chain([current.len()]);
        let parts = ends.map(|end| current.split_at(end));
        // A link may lead to the root.
        for (part, rest) in parts.chain((!current.is_empty()).then_some(("", current.as_str()))) {
            for link in by_target.get(part).into_iter().flatten() {
                let rest = rest.trim_start_matches('/');
                let name = if rest.is_empty() { link.clone() } else { format!("{link}/{rest}") };
                if names.len() < MOST_NAMES && name != folder && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        match names.get(at) {
            Some(next) => current.clone_from(next),
            None => return names,
        }
        at += 1;
    }
}

/// A reader that is shown the files that are hidden from it, under the names that matter.
pub(crate) struct Linked {
    reader: Arc<dyn Reader>,
    name: String,
    hidden: Hidden,
}

impl Linked {
    pub(crate) fn new(reader: Arc<dyn Reader>, hidden: Hidden) -> Self {
        let list = hidden.iter().fold(String::new(), |list, (path, names)| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            list + path + "\0" + &names.join("\0") + "\n"
        });
        let name = format!("{}+{}", reader.name(), crate::digest_of(list.as_bytes()));
        Self { reader, name, hidden }
    }

    fn under<'a>(&'a self, entry: &Entry<'a>) -> Option<Entry<'a>> {
        let path = self.hidden.get(entry.path)?.first()?;
        Some(Entry { path, ..*entry })
    }
}

impl Reader for Linked {
    fn name(&self) -> &str {
        &self.name
    }

    fn wants(&self, entry: &Entry<'_>, head: &[u8]) -> Want {
        self.under(entry).map_or(Want::No, |entry| self.reader.wants(&entry, head))
    }

    fn read(&self, entry: &Entry<'_>, content: &Content<'_>) -> io::Result<Option<Vec<u8>>> {
        match self.under(entry) {
            Some(entry) => self.reader.read(&entry, content),
            None => Ok(None),
        }
    }

    fn largest(&self) -> u64 {
        self.reader.largest()
    }
}
