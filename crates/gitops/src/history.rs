//! What a repository holds and ever held: every file's content once, with the commit that brought it.

mod read;
mod walk;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use git2::{Oid, Repository};

use crate::{GitopsError, local, remote};

/// A repository that is read, not changed: a folder, or a clone of a URL that goes when this value does.
#[derive(Debug)]
pub struct History {
    folder: PathBuf,
    name: String,
    /// Removed with this value.
    clone: Option<tempfile::TempDir>,
}

/// Which part of the history.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Commits that this branch, tag or id reaches; none: those of every reference.
    pub revision: Option<String>,
    /// Only what commits at or after this time brought, in seconds since 1970.
    pub since: Option<i64>,
    /// Only the files of the newest commit, whoever brought them.
    pub tip_only: bool,
}

/// A commit that brought something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// The commit's id in hex.
    pub commit: String,
    /// `Name <address>` of the author.
    pub author: String,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
}

/// A file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    pub(crate) id: Oid,
    /// Where it was first.
    pub path: String,
    /// Index of the commit that brought it, in [`Walked::commits`].
    pub commit: usize,
    /// It is still in the newest commit.
    pub current: bool,
}

/// What a walk over the history found.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// The newest commit: of the revision, or of `HEAD`.
    pub tip: String,
    /// Commits that were looked at, oldest first.
    pub commits: Vec<Brought>,
    /// Each content once, in the order in which it came.
    pub blobs: Vec<Blob>,
    /// What could not be looked at.
    pub problems: Vec<String>,
}

impl History {
    /// Opens a folder (bare or not), or clones a URL with all its branches and tags.
    pub fn open(place: &str) -> Result<Self, GitopsError> {
        let Some(url) = remote::url(place)? else {
            let repository = Repository::discover(place)
                .map_err(|source| GitopsError::Open { path: place.into(), source })?;
            let folder = repository.workdir().unwrap_or_else(|| repository.path()).to_owned();
            return Ok(Self { folder, name: place.to_owned(), clone: None });
        };
        let clone = tempfile::Builder::new()
            .prefix("seawall-history-")
            .tempdir()
            .map_err(|source| GitopsError::Io { path: std::env::temp_dir(), source })?;
        let folder = clone.path().join("clone.git");
        remote::mirror(&url, &folder)?;
        Ok(Self { folder, name: remote::redacted(&url), clone: Some(clone) })
    }

    /// The folder or URL, without a password.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Walks the history. `wants` says of a path whether its content matters; the same content at several paths is
    /// taken once, where it was first.
    pub fn walk(&self, selection: &Selection, wants: &dyn Fn(&str) -> bool) -> Result<Walked, GitopsError> {
        walk::walk(&local::open(&self.folder)?, selection, wants)
    }

    /// Reads blobs on several threads and gives what `look` makes of them, in the order of the blobs, with what could
    /// not be read. Contents larger than `max_bytes` are not read, and said to be so.
    pub fn read<T: Send>(
        &self,
        blobs: &[Blob],
        max_bytes: u64,
        look: impl Fn(&Blob, &[u8]) -> Vec<T> + Sync,
    ) -> (Vec<T>, Vec<String>) {
        read::read(&self.folder, blobs, max_bytes, &look)
    }

    /// Files of the working tree that differ from the newest commit and are not ignored, relative to
    /// [`History::worktree`]. None where there is no working tree.
    pub fn changed(&self) -> Result<Vec<String>, GitopsError> {
        let repository = local::open(&self.folder)?;
        if repository.is_bare() {
            return Ok(Vec::new());
        }
        let mut options = git2::StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
        let statuses = repository
            .statuses(Some(&mut options))
            .map_err(GitopsError::git("compare the working tree with the newest commit"))?;
        let mut paths = Vec::new();
        for entry in &statuses {
            if !entry.status().intersects(git2::Status::WT_DELETED | git2::Status::INDEX_DELETED)
                && let Ok(path) = entry.path()
            {
                paths.push(path.to_owned());
            }
        }
        Ok(paths)
    }

    /// The folder of the working tree.
    pub fn worktree(&self) -> Option<&Path> {
        self.clone.is_none().then_some(&*self.folder)
    }
}

/// Ids of the blobs and trees below a tree.
type Ids = HashSet<Oid>;
