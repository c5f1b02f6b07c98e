//! The files of one commit.

use std::ops::ControlFlow;
use std::path::Path;

use git2::{ObjectType, Repository, TreeWalkMode, TreeWalkResult};

use crate::{GitopsError, local, remote};

/// Which commit was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The commit's id in hex.
    pub commit: String,
    /// The repository as it was named, without credentials.
    pub repository: String,
    /// What could not be read, in words: submodules, files beyond the limits.
    pub problems: Vec<String>,
}

/// One file of the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeFile<'a> {
    /// From the repository's root.
    pub path: &'a str,
    /// 0o755 for what can be run, else 0o644.
    pub mode: u32,
    /// Its content.
    pub bytes: &'a [u8],
}

/// How much is read at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeLimits {
    /// Files of the commit.
    pub files: usize,
    /// Bytes of one file; larger ones are told among the problems.
    pub file: u64,
}

/// Calls with every file of a commit: of a branch, tag or id of a folder's repository (bare or not) or of a URL's, of which
/// only that commit is fetched. Without a name: `HEAD`. Symbolic links are passed over.
pub fn read_tree(
    place: &str,
    reference: Option<&str>,
    limits: TreeLimits,
    mut each: impl FnMut(TreeFile<'_>),
) -> Result<Snapshot, GitopsError> {
    if let Some(name) = reference.filter(|name| name.is_empty() || name.starts_with('-')) {
        return Err(GitopsError::input("reference", name, "expected a branch, a tag or a commit"));
    }
    let Some(url) = remote::url(place)? else {
        let repository =
            Repository::discover(place).map_err(|source| GitopsError::Open { path: place.into(), source })?;
        return read(&repository, place.to_owned(), reference.unwrap_or("HEAD"), limits, &mut each);
    };
    let folder = tempfile::Builder::new()
        .prefix("seawall-tree-")
        .tempdir()
        .map_err(|source| GitopsError::Io { path: std::env::temp_dir(), source })?;
    let clone = folder.path().join("one.git");
    remote::fetch_one(&url, reference.unwrap_or("HEAD"), &clone)?;
    read(&local::open(&clone)?, remote::redacted(&url), "FETCH_HEAD", limits, &mut each)
}

fn read(
    repository: &Repository,
    name: String,
    reference: &str,
    limits: TreeLimits,
    each: &mut dyn FnMut(TreeFile<'_>),
) -> Result<Snapshot, GitopsError> {
    let missing =
        || GitopsError::input("reference", reference, "the repository has no such branch, tag or commit");
    // A branch that was fetched and is not checked out counts under its short name, too.
    let object = repository
        .revparse_single(reference)
        .or_else(|_| repository.revparse_single(&format!("origin/{reference}")))
        .map_err(|_| missing())?;
    let commit = object.peel_to_commit().map_err(|_| missing())?;
    let tree = commit.tree().map_err(GitopsError::git("read the commit's files"))?;
    let objects = repository.odb().map_err(GitopsError::git("read objects"))?;
    let mut problems = Vec::new();
    let mut count = 0;
    let mut stopped: Option<GitopsError> = None;
    let walked = tree.walk(TreeWalkMode::PreOrder, |folder, entry| {
        let path = format!("{folder}{}", String::from_utf8_lossy(entry.name_bytes()));
        let flow = match entry.kind() {
            Some(ObjectType::Blob) if entry.filemode() & 0o170_000 == 0o100_000 => {
                count += 1;
                if count > limits.files {
                    let text = format!("{count} files");
                    stopped = Some(GitopsError::input("repository", &text, "more than are read of a commit"));
                    return TreeWalkResult::Abort;
                }
                file(&objects, entry, &path, limits, &mut problems, each)
            }
            Some(ObjectType::Commit) => {
                problems.push(format!("{path}: a submodule, which is not fetched"));
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Continue(()),
        };
        match flow {
            ControlFlow::Continue(()) => TreeWalkResult::Ok,
            ControlFlow::Break(error) => {
                stopped = Some(GitopsError::git("read a file of the commit")(error));
                TreeWalkResult::Abort
            }
        }
    });
    if let Some(error) = stopped {
        return Err(error);
    }
    walked.map_err(GitopsError::git("walk the commit's files"))?;
    Ok(Snapshot { commit: commit.id().to_string(), repository: name, problems })
}

fn file(
    objects: &git2::Odb<'_>,
    entry: &git2::TreeEntry<'_>,
    path: &str,
    limits: TreeLimits,
    problems: &mut Vec<String>,
    each: &mut dyn FnMut(TreeFile<'_>),
) -> ControlFlow<git2::Error> {
    let size = match objects.read_header(entry.id()) {
        Ok((size, _)) => size as u64,
        Err(error) => return ControlFlow::Break(error),
    };
    if size > limits.file {
        problems.push(format!("`{path}` has {size} bytes; at most {} are read", limits.file));
        return ControlFlow::Continue(());
    }
    match objects.read(entry.id()) {
        Ok(object) => {
            let mode = if entry.filemode() & 0o111 == 0 { 0o644 } else { 0o755 };
            each(TreeFile { path, mode, bytes: object.data() });
            ControlFlow::Continue(())
        }
        Err(error) => ControlFlow::Break(error),
    }
}

/// Whether a text names a repository that is not a folder of this machine.
pub fn is_url(place: &str) -> bool {
    !Path::new(place).exists() && remote::url(place).is_ok_and(|url| url.is_some())
}
