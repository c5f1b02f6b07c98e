//! Over the commits, oldest first: whatever tree or content was not there before is new.

use std::collections::HashSet;

use git2::{Commit, ObjectType, Oid, Repository, Sort, Tree};

use super::{Blob, Brought, Ids, Selection, Walked};
use crate::GitopsError;

/// Folders inside one another that are followed.
const MAX_DEPTH: usize = 256;
/// A symbolic link's mode: its content is a path.
const LINK: i32 = 0o120_000;

struct Walk<'a> {
    repository: &'a Repository,
    wants: &'a dyn Fn(&str) -> bool,
    seen: Ids,
    blobs: Vec<Blob>,
    problems: Vec<String>,
}

pub(super) fn walk(
    repository: &Repository,
    selection: &Selection,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Walked, GitopsError> {
    let mut walk = Walk { repository, wants, seen: HashSet::new(), blobs: Vec::new(), problems: Vec::new() };
    let tip = tip(repository, selection.revision.as_deref())?;
    let Some(tip) = tip else {
        return Ok(Walked { problems: vec!["the repository has no commit yet".into()], ..Walked::default() });
    };
    if repository.is_shallow() {
        walk.problems.push("the clone is shallow: what came before its first commit is not looked at".into());
    }
    let mut commits = Vec::new();
    if selection.tip_only {
        commits.push(brought(&tip));
        walk.tree(&tree(&tip)?, &mut String::new(), 0, 0);
    } else {
        for id in walk.order(selection, tip.id())? {
            let commit = repository.find_commit(id).map_err(GitopsError::git("read a commit"))?;
            walk.tree(&tree(&commit)?, &mut String::new(), commits.len(), 0);
            commits.push(brought(&commit));
        }
        let mut current = HashSet::new();
        contents(repository, &tree(&tip)?, &mut current, 0);
        for blob in &mut walk.blobs {
            blob.current = current.contains(&blob.id);
        }
    }
    Ok(Walked { tip: tip.id().to_string(), commits, blobs: walk.blobs, problems: walk.problems })
}

fn tip<'r>(repository: &'r Repository, revision: Option<&str>) -> Result<Option<Commit<'r>>, GitopsError> {
    let Some(revision) = revision else {
        return match repository.head() {
            Ok(head) => head.peel_to_commit().map(Some).map_err(GitopsError::git("read HEAD")),
            // A mirror's HEAD may name a branch that is not there; any commit does.
            Err(_) => any(repository),
        };
    };
    let candidates =
        [revision.to_owned(), format!("refs/heads/{revision}"), format!("refs/remotes/origin/{revision}")];
    let found = candidates.iter().find_map(|name| repository.revparse_single(name).ok());
    let object = found.ok_or_else(|| {
        GitopsError::input("branch", revision, "the repository has no such branch, tag or commit")
    })?;
    object.peel_to_commit().map(Some).map_err(GitopsError::git("read the branch's newest commit"))
}

fn any(repository: &Repository) -> Result<Option<Commit<'_>>, GitopsError> {
    let mut references = repository.references().map_err(GitopsError::git("read references"))?;
    Ok(references.find_map(|reference| reference.ok()?.peel_to_commit().ok()))
}

fn tree<'r>(commit: &Commit<'r>) -> Result<Tree<'r>, GitopsError> {
    commit.tree().map_err(GitopsError::git("read a commit's files"))
}

fn brought(commit: &Commit<'_>) -> Brought {
    let author = commit.author();
    let name = String::from_utf8_lossy(author.name_bytes()).into_owned();
    let address = String::from_utf8_lossy(author.email_bytes()).into_owned();
    Brought {
        commit: commit.id().to_string(),
        author: format!("{name} <{address}>"),
        time: commit.time().seconds(),
    }
}

impl Walk<'_> {
    /// The commits, parents before children. With `since`, what the commits before it held counts as seen.
    fn order(&mut self, selection: &Selection, tip: Oid) -> Result<Vec<Oid>, GitopsError> {
        let fail = || GitopsError::git("walk over the commits");
        let mut walk = self.repository.revwalk().map_err(fail())?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).map_err(fail())?;
        walk.push(tip).map_err(fail())?;
        if selection.revision.is_none() {
            for reference in self.repository.references().map_err(fail())?.flatten() {
                if let Ok(commit) = reference.peel_to_commit() {
                    walk.push(commit.id()).map_err(fail())?;
                }
            }
        }
        let all = walk.collect::<Result<Vec<_>, _>>().map_err(fail())?;
        let Some(since) = selection.since else { return Ok(all) };
        let mut wanted = Vec::new();
        let mut before = Vec::new();
        for id in all {
            let commit = self.repository.find_commit(id).map_err(fail())?;
            if commit.time().seconds() >= since {
                before.extend(commit.parent_ids());
                wanted.push(id);
            }
        }
        let chosen: HashSet<Oid> = wanted.iter().copied().collect();
        before.retain(|id| !chosen.contains(id));
        before.sort_unstable();
        before.dedup();
        for id in before {
            if let Ok(commit) = self.repository.find_commit(id) {
                contents(self.repository, &tree(&commit)?, &mut self.seen, 0);
            }
        }
        Ok(wanted)
    }

    /// Takes what is new below a tree. `path` is the folder's with a slash at its end, empty at the top.
    fn tree(&mut self, tree: &Tree<'_>, path: &mut String, commit: usize, depth: usize) {
        if depth > MAX_DEPTH {
            self.problems.push(format!("{path}: deeper than {MAX_DEPTH} folders, not looked at"));
            return;
        }
        for entry in tree {
            let length = path.len();
            path.push_str(&String::from_utf8_lossy(entry.name_bytes()));
            match entry.kind() {
                Some(ObjectType::Tree) => {
                    path.push('/');
                    // A folder that nobody wants anything of may be wanted under another name.
                    let probe = format!("{path}x");
                    if (self.wants)(&probe) && self.seen.insert(entry.id()) {
                        match self.repository.find_tree(entry.id()) {
                            Ok(inner) => self.tree(&inner, path, commit, depth + 1),
                            Err(error) => self.problems.push(format!("{path}: {error}")),
                        }
                    }
                }
                Some(ObjectType::Blob)
                    if entry.filemode() != LINK && (self.wants)(path) && self.seen.insert(entry.id()) =>
                {
                    self.blobs.push(Blob { id: entry.id(), path: path.clone(), commit, current: true });
                }
                _ => {}
            }
            path.truncate(length);
        }
    }
}

/// Every id below a tree.
fn contents(repository: &Repository, tree: &Tree<'_>, into: &mut Ids, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    for entry in tree {
        if into.insert(entry.id())
            && entry.kind() == Some(ObjectType::Tree)
            && let Ok(inner) = repository.find_tree(entry.id())
        {
            contents(repository, &inner, into, depth + 1);
        }
    }
}
