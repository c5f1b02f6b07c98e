//! Where peers' cases lie, and how ours compare with them.

use std::path::{Path, PathBuf};

/// A folder or file of the judges; none, with a word why, where it is not there.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/judges").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: ../shared/judges/{name} is not there");
    None
}

/// All files below, sorted.
pub(crate) fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

pub(crate) fn parent_name(path: &Path) -> String {
    name(path.parent().unwrap())
}

/// Fails on a disagreement that is not listed, and on one that is listed and gone.
pub(crate) fn compare(what: &str, total: usize, wrong: &[String], listed: &[(&str, &str)]) {
    let new: Vec<_> =
        wrong.iter().filter(|one| !listed.iter().any(|(known, _)| *known == one.as_str())).collect();
    let gone: Vec<_> = listed.iter().filter(|(known, _)| !wrong.iter().any(|one| one == known)).collect();
    eprintln!("{what}: {} of {total} agree", total - wrong.len());
    assert!(total > 0, "{what}: no case");
    assert!(new.is_empty(), "{what}: not listed: {new:#?}");
    assert!(gone.is_empty(), "{what}: listed, and gone: {gone:#?}");
}
