//! The files of a branch that may be manifests, read from Git's objects.
//!
//! Reading the commit, and not the working tree, means that only tracked files count, that a bare repository is the
//! same as any other, and that no symbolic link is ever followed: a link is an object of its own kind, and is left out.

use std::path::Path;

use git2::{FileMode, ObjectType, Repository, Tree, TreeWalkMode, TreeWalkResult};
use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::GitopsError;

/// One tracked file.
#[derive(Debug)]
pub(crate) struct Tracked {
    pub(crate) path: String,
    pub(crate) id: git2::Oid,
    pub(crate) mode: FileMode,
}

/// More files than any configuration repository holds.
const MAX_FILES: usize = 200_000;

/// Globs such as `apps/shop/**`; a folder's name alone means all below it. Empty: everything.
pub(crate) fn globs(patterns: &[String]) -> Result<Option<GlobSet>, GitopsError> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let clean = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
        for text in [clean.to_owned(), format!("{clean}/**")] {
            let glob = Glob::new(&text)
                .map_err(|error| GitopsError::input("path", pattern, error.kind().to_string()))?;
            set.add(glob);
        }
    }
    let set =
        set.build().map_err(|error| GitopsError::input("path", &patterns.join(", "), error.to_string()))?;
    Ok(Some(set))
}

/// In the order of the tree.
pub(crate) fn tracked(tree: &Tree<'_>, globs: Option<&GlobSet>) -> Result<Vec<Tracked>, GitopsError> {
    let mut files = Vec::new();
    let mut too_many = false;
    tree.walk(TreeWalkMode::PreOrder, |folder, entry| {
        let mode = match entry.filemode() {
            0o100_644 => FileMode::Blob,
            0o100_755 => FileMode::BlobExecutable,
            0o100_664 => FileMode::BlobGroupWritable,
            _ => return TreeWalkResult::Ok,
        };
        let (Ok(name), Some(ObjectType::Blob)) = (entry.name(), entry.kind()) else {
            return TreeWalkResult::Ok;
        };
        let path = format!("{folder}{name}");
        if may_be_manifest(name) && globs.is_none_or(|globs| globs.is_match(Path::new(&path))) {
            files.push(Tracked { path, id: entry.id(), mode });
        }
        too_many = files.len() > MAX_FILES;
        if too_many { TreeWalkResult::Abort } else { TreeWalkResult::Ok }
    })
    .or_else(|error| if too_many { Ok(()) } else { Err(error) })
    .map_err(GitopsError::git("read the branch's files"))?;
    if too_many {
        let why = format!("more than {MAX_FILES} manifests; limit the search with paths");
        return Err(GitopsError::input("repository", "", why));
    }
    Ok(files)
}

fn may_be_manifest(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    name == "Kustomization"
        || extension.is_some_and(|e| ["yaml", "yml", "json"].iter().any(|x| e.eq_ignore_ascii_case(x)))
}

/// The content of a tracked file.
pub(crate) fn content(repository: &Repository, id: git2::Oid) -> Result<Vec<u8>, GitopsError> {
    let blob = repository.find_blob(id).map_err(GitopsError::git("read a file"))?;
    Ok(blob.content().to_vec())
}
