//! One promotion from beginning to end.

use std::fmt;
use std::path::Path;

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};

use crate::{Change, GitopsError, SigningKey, Target, local, remote};

/// What is to be done. Its `Debug` hides credentials in the URL.
pub struct Promotion {
    /// A folder (a repository, bare or not), or a URL: `https://…`, `ssh://…`, `file://…`, `user@host:path`.
    pub repository: String,
    /// The branch; `None`: the one that is checked out, or the remote's default.
    pub branch: Option<String>,
    /// The image's repository, without tag and digest.
    pub image: String,
    /// The new tag.
    pub tag: String,
    /// What the new tag stands for.
    pub digest: Digest,
    /// Globs of the files to look into, from the repository's root; empty: all tracked files.
    pub paths: Vec<String>,
    /// Refuse where a manifest has a later version (where both tags are versions).
    pub forbid_backwards: bool,
    /// The policy's verdict in one line, for the message; may be empty.
    pub verdict: String,
    /// Who promotes.
    pub author: Author,
    /// Signs the commit.
    pub key: SigningKey,
}

impl fmt::Debug for Promotion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Promotion")
            .field("repository", &remote::redacted(&self.repository))
            .field("branch", &self.branch)
            .field("image", &self.image)
            .field("tag", &self.tag)
            .field("digest", &self.digest)
            .field("paths", &self.paths)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Author and committer of the commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// For people.
    pub name: String,
    /// The principal in an allowed_signers file.
    pub email: String,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promoted {
    /// The new commit's full id; `None`: all references had tag and digest already, and no commit was made.
    pub commit: Option<String>,
    /// The branch that it is on.
    pub branch: String,
    /// Every changed line; empty where nothing had to change.
    pub changed: Vec<Change>,
    /// References that were at the target already.
    pub already: Vec<Place>,
    /// What was left alone, in words: templates, files that are not YAML.
    pub notes: Vec<String>,
}

/// A line in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Path in the repository.
    pub file: String,
    /// From 1.
    pub line: usize,
}

/// Makes the commit, and pushes it where the repository is given by URL. An error leaves the repository, its working
/// tree and the remote as they were. Hooks of the repository are not run.
pub fn promote(promotion: &Promotion) -> Result<Promoted, GitopsError> {
    let target = Target::new(&promotion.image, &promotion.tag, promotion.digest.clone())?;
    if let Some(branch) = &promotion.branch
        && !git2::Reference::is_valid_name(&format!("refs/heads/{branch}"))
    {
        return Err(GitopsError::input(
            "branch",
            branch,
            "expected a branch's name (git-check-ref-format(1))",
        ));
    }
    if let Some(url) = remote::url(&promotion.repository)? {
        return remote::promote(&url, promotion, &target);
    }
    let repository = local::open(Path::new(&promotion.repository))?;
    let branch = local::branch(&repository, promotion.branch.as_deref())?;
    local::promote(&repository, &branch, promotion, &target)
}
