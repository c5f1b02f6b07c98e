//! Everything that keeps a promotion from being made.

use std::path::PathBuf;

/// Why nothing was promoted. Whatever it is, the repository is as it was.
#[derive(Debug, thiserror::Error)]
pub enum GitopsError {
    /// The image, tag, author or a glob is not what it must be.
    #[error("{what} `{value}` cannot be used: {why}")]
    Input {
        /// Which input.
        what: &'static str,
        /// As it was given.
        value: String,
        /// What is wrong with it, and what is expected.
        why: String,
    },
    /// The folder is no repository, or cannot be read.
    #[error("cannot open the Git repository {}: {source}", path.display())]
    Open {
        /// The folder.
        path: PathBuf,
        /// What libgit2 says.
        #[source]
        source: git2::Error,
    },
    /// The branch is not there.
    #[error("the repository has no branch `{branch}`; it has: {known}")]
    NoBranch {
        /// As it was asked for.
        branch: String,
        /// The branches there are, for people.
        known: String,
    },
    /// Reading or writing Git objects failed.
    #[error("Git could not {doing}: {source}")]
    Git {
        /// What was being done.
        doing: &'static str,
        /// What libgit2 says.
        #[source]
        source: git2::Error,
    },
    /// No manifest uses the image.
    #[error(
        "no tracked manifest uses the image `{image}`{}; images seen: {}{}",
        scope(paths),
        list(seen),
        list_notes(notes)
    )]
    NothingMatches {
        /// The repository that was looked for, in its full form.
        image: String,
        /// The globs that limited the search.
        paths: Vec<String>,
        /// The image repositories that the manifests do use.
        seen: Vec<String>,
        /// Files that could not be looked into.
        notes: Vec<String>,
    },
    /// A manifest has a later version than the one to promote, and going backwards was forbidden.
    #[error("{file}:{line} is at `{old}`, which is later than `{new}`; allow going backwards to roll back")]
    Backwards {
        /// Path in the repository.
        file: String,
        /// From 1.
        line: usize,
        /// The tag that is there.
        old: String,
        /// The tag that was asked for.
        new: String,
    },
    /// The branch is checked out and the files to change have uncommitted changes.
    #[error("uncommitted changes in {}: commit, stash or discard them first", list(files))]
    UncommittedChanges {
        /// Paths in the repository.
        files: Vec<String>,
    },
    /// Another linked working tree has the branch checked out.
    #[error(
        "branch `{branch}` is checked out in another working tree of this repository; promote from there, or switch it to another branch"
    )]
    CheckedOutElsewhere {
        /// The branch.
        branch: String,
    },
    /// The branch moved while the commit was made.
    #[error("branch `{branch}` moved while the commit was made; try again")]
    Moved {
        /// The branch.
        branch: String,
    },
    /// The `git` program is missing or cannot be started.
    #[error(
        "cannot run `git` ({source}); a repository given by URL needs it, for your credentials, ssh settings and proxies"
    )]
    NoGitProgram {
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// `git clone`, `fetch` or `push` failed.
    #[error("`git {command}` failed for {url}: {message}")]
    GitProgram {
        /// The subcommand.
        command: &'static str,
        /// Without user name and password.
        url: String,
        /// The last lines that it said.
        message: String,
    },
    /// Others pushed in between, twice.
    #[error("{url} got other commits on `{branch}` twice while this one was made; try again")]
    PushRace {
        /// Without user name and password.
        url: String,
        /// The branch.
        branch: String,
    },
    /// A key file cannot be read, decrypted or written.
    #[error("SSH key {}: {why}", path.display())]
    Key {
        /// The file; empty where the key was given as text.
        path: PathBuf,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A file of the system's could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The commit is not signed, or not by an allowed key, or was changed since.
    #[error("commit {commit} is not verified: {why}")]
    NotVerified {
        /// Its id.
        commit: String,
        /// What is wrong, and what to do.
        why: String,
    },
}

impl GitopsError {
    /// For `map_err`: a libgit2 error while doing something.
    pub(crate) fn git(doing: &'static str) -> impl Fn(git2::Error) -> Self {
        move |source| Self::Git { doing, source }
    }

    pub(crate) fn input(what: &'static str, value: &str, why: impl Into<String>) -> Self {
        Self::Input { what, value: value.chars().take(200).collect(), why: why.into() }
    }
}

fn list(items: &[String]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

fn list_notes(notes: &[String]) -> String {
    if notes.is_empty() { String::new() } else { format!("; not looked into: {}", notes.join("; ")) }
}

fn scope(paths: &[String]) -> String {
    if paths.is_empty() { String::new() } else { format!(" in {}", paths.join(", ")) }
}
