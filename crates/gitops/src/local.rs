//! The commit in a repository on this machine, written straight onto its branch.

use std::collections::BTreeSet;
use std::path::Path;

use git2::build::{CheckoutBuilder, TreeUpdateBuilder};
use git2::{Branch, BranchType, Commit, ErrorCode, Oid, Repository, Signature, Status, Tree};

use crate::promotion::{Place, Promoted, Promotion};
use crate::{Change, GitopsError, Target, edit, files, message, order};

pub(crate) fn open(path: &Path) -> Result<Repository, GitopsError> {
    Repository::open(path).map_err(|source| GitopsError::Open { path: path.to_owned(), source })
}

/// The branch's short name: the one asked for, or the one that `HEAD` names.
pub(crate) fn branch(repository: &Repository, asked: Option<&str>) -> Result<String, GitopsError> {
    if let Some(name) = asked {
        return Ok(name.to_owned());
    }
    let head = repository.find_reference("HEAD").map_err(GitopsError::git("read HEAD"))?;
    match head.symbolic_target() {
        Ok(Some(target)) => Ok(target.strip_prefix("refs/heads/").unwrap_or(target).to_owned()),
        _ => Err(GitopsError::input("branch", "HEAD", "no branch is checked out; name the branch")),
    }
}

/// Changes the files of the branch and commits. The order keeps an error harmless: objects first (nobody refers to
/// them), then the working tree where it shows the branch, then the branch itself, only if it did not move.
pub(crate) fn promote(
    repository: &Repository,
    name: &str,
    promotion: &Promotion,
    target: &Target,
) -> Result<Promoted, GitopsError> {
    let branch = find_branch(repository, name)?;
    let parent = branch.get().peel_to_commit().map_err(GitopsError::git("read the branch's last commit"))?;
    let tree = parent.tree().map_err(GitopsError::git("read the branch's files"))?;
    let plan = plan(repository, &tree, promotion, target)?;
    let mut promoted = Promoted {
        commit: None,
        branch: name.to_owned(),
        changed: plan.changed,
        already: plan.already,
        notes: plan.notes,
    };
    if promoted.changed.is_empty() {
        return Ok(promoted);
    }
    let shown = is_shown(repository, &branch)?;
    let paths: BTreeSet<&str> = promoted.changed.iter().map(|change| change.file.as_str()).collect();
    if shown {
        refuse_uncommitted(repository, &paths)?;
    }
    let id = commit(repository, &parent, plan.tree, promotion, target, &promoted.changed)?;
    let reference = format!("refs/heads/{name}");
    let log = format!("seawall: promote {} to {}", target.image.short(), target.tag);
    let new_tree = repository.find_tree(plan.tree).map_err(GitopsError::git("read the new files"))?;
    if shown {
        check_out(repository, &new_tree, &paths, false)
            .inspect_err(|_| restore(repository, &tree, &paths))?;
    }
    if let Err(error) = repository.reference_matching(&reference, id, true, parent.id(), &log) {
        if shown {
            restore(repository, &tree, &paths);
        }
        return Err(if error.code() == ErrorCode::Modified {
            GitopsError::Moved { branch: name.to_owned() }
        } else {
            GitopsError::Git { doing: "move the branch to the new commit", source: error }
        });
    }
    tracing::info!(commit = %id, branch = name, "promoted");
    promoted.commit = Some(id.to_string());
    Ok(promoted)
}

fn find_branch<'r>(repository: &'r Repository, name: &str) -> Result<Branch<'r>, GitopsError> {
    repository.find_branch(name, BranchType::Local).map_err(|error| {
        if error.code() != ErrorCode::NotFound {
            return GitopsError::Git { doing: "find the branch", source: error };
        }
        let mut known = Vec::new();
        if let Ok(branches) = repository.branches(Some(BranchType::Local)) {
            for (branch, _) in branches.flatten().take(20) {
                known.extend(branch.name().ok().flatten().map(str::to_owned));
            }
        }
        let known =
            if known.is_empty() { "none, as it has no commit yet".to_owned() } else { known.join(", ") };
        GitopsError::NoBranch { branch: name.to_owned(), known }
    })
}

/// What would change.
struct Plan {
    tree: Oid,
    changed: Vec<Change>,
    already: Vec<Place>,
    notes: Vec<String>,
}

fn plan(
    repository: &Repository,
    tree: &Tree<'_>,
    promotion: &Promotion,
    target: &Target,
) -> Result<Plan, GitopsError> {
    let globs = files::globs(&promotion.paths)?;
    let mut update = TreeUpdateBuilder::new();
    let mut plan = Plan { tree: tree.id(), changed: Vec::new(), already: Vec::new(), notes: Vec::new() };
    let mut seen = BTreeSet::new();
    for file in files::tracked(tree, globs.as_ref())? {
        let found = edit::rewrite(&file.path, &files::content(repository, file.id)?, target);
        plan.notes.extend(found.notes);
        seen.extend(found.seen);
        plan.already.extend(found.already.iter().map(|line| Place { file: file.path.clone(), line: *line }));
        if promotion.forbid_backwards
            && let Some((line, old)) =
                found.old_tags.iter().find(|(_, old)| order::goes_backwards(old, &target.tag))
        {
            return Err(GitopsError::Backwards {
                file: file.path,
                line: *line,
                old: old.clone(),
                new: target.tag.clone(),
            });
        }
        if let Some(bytes) = found.bytes {
            let blob = repository.blob(&bytes).map_err(GitopsError::git("write a file"))?;
            update.upsert(file.path.as_str(), blob, file.mode);
            plan.changed.extend(found.changes);
        }
    }
    if plan.changed.is_empty() && plan.already.is_empty() {
        let mut seen: Vec<String> = seen.into_iter().collect();
        if seen.len() > 20 {
            let more = seen.len() - 20;
            seen.truncate(20);
            seen.push(format!("and {more} more"));
        }
        let paths = promotion.paths.clone();
        plan.notes.truncate(20);
        return Err(GitopsError::NothingMatches {
            image: target.image.as_str().to_owned(),
            paths,
            seen,
            notes: plan.notes,
        });
    }
    if !plan.changed.is_empty() {
        plan.tree =
            update.create_updated(repository, tree).map_err(GitopsError::git("write the new files"))?;
    }
    Ok(plan)
}

fn commit(
    repository: &Repository,
    parent: &Commit<'_>,
    tree: Oid,
    promotion: &Promotion,
    target: &Target,
    changes: &[Change],
) -> Result<Oid, GitopsError> {
    let author = &promotion.author;
    let signature = Signature::now(&author.name, &author.email)
        .map_err(|error| GitopsError::input("author", &author.name, error.message().to_owned()))?;
    let message = message::message(target, &promotion.verdict, changes);
    let tree = repository.find_tree(tree).map_err(GitopsError::git("read the new files"))?;
    let buffer = repository
        .commit_create_buffer(&signature, &signature, &message, &tree, &[parent])
        .map_err(GitopsError::git("make the commit"))?;
    let content = std::str::from_utf8(&buffer)
        .map_err(|_| GitopsError::input("author", &author.name, "the commit would not be UTF-8"))?;
    let armoured = promotion
        .key
        .sign(content.as_bytes())
        .map_err(|why| GitopsError::Key { path: std::path::PathBuf::new(), why })?;
    repository
        .commit_signed(content, armoured.trim_end(), None)
        .map_err(GitopsError::git("write the signed commit"))
}

/// Whether this repository's own working tree shows the branch.
fn is_shown(repository: &Repository, branch: &Branch<'_>) -> Result<bool, GitopsError> {
    if !repository.is_bare() && branch.is_head() {
        return Ok(true);
    }
    // A bare repository's HEAD names a branch too, without any working tree that shows it.
    if others_show(repository, branch) {
        let name = branch.name().ok().flatten().unwrap_or_default().to_owned();
        return Err(GitopsError::CheckedOutElsewhere { branch: name });
    }
    Ok(false)
}

/// Whether a linked working tree (git-worktree(1)), or the main one where this is a linked one, shows the branch.
fn others_show(repository: &Repository, branch: &Branch<'_>) -> bool {
    let shows = |other: Repository| {
        !other.is_bare() && other.head().is_ok_and(|head| head.name_bytes() == branch.get().name_bytes())
    };
    if repository.is_worktree() && Repository::open(repository.commondir()).is_ok_and(shows) {
        return true;
    }
    let Ok(names) = repository.worktrees() else { return false };
    names.iter().filter_map(|name| name.ok().flatten()).any(|name| {
        repository.find_worktree(name).and_then(|tree| Repository::open_from_worktree(&tree)).is_ok_and(shows)
    })
}

fn refuse_uncommitted(repository: &Repository, paths: &BTreeSet<&str>) -> Result<(), GitopsError> {
    let mut files = Vec::new();
    for path in paths {
        match repository.status_file(Path::new(path)) {
            Ok(Status::CURRENT) => {}
            Ok(_) => files.push((*path).to_owned()),
            Err(source) => return Err(GitopsError::Git { doing: "compare the working tree", source }),
        }
    }
    if files.is_empty() { Ok(()) } else { Err(GitopsError::UncommittedChanges { files }) }
}

/// Writes those files of the tree into the working tree and the index. Without force, libgit2 refuses where a file
/// changed after the check.
fn check_out(
    repository: &Repository,
    tree: &Tree<'_>,
    paths: &BTreeSet<&str>,
    force: bool,
) -> Result<(), GitopsError> {
    let mut options = CheckoutBuilder::new();
    options.disable_pathspec_match(true);
    if force {
        options.force();
    } else {
        options.safe();
    }
    for path in paths {
        options.path(*path);
    }
    repository
        .checkout_tree(tree.as_object(), Some(&mut options))
        .map_err(GitopsError::git("update the working tree"))
}

/// Only after [`refuse_uncommitted`]: the files were as the old commit has them.
fn restore(repository: &Repository, tree: &Tree<'_>, paths: &BTreeSet<&str>) {
    if let Err(error) = check_out(repository, tree, paths, true) {
        tracing::error!(%error, "the working tree could not be put back: run `git checkout -- .`");
    }
}
