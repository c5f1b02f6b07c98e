//! A repository given by URL: cloned, changed, pushed.
//!
//! The network side is the `git` program's, as in other Git tools written on libraries: credential helpers, ssh
//! configuration, proxies and certificates are the user's own there, and behave as the user knows them.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::promotion::{Promoted, Promotion};
use crate::{GitopsError, Target, local};

/// The URL, where the text is one; `None` where it is a folder.
pub(crate) fn url(text: &str) -> Result<Option<String>, GitopsError> {
    if text.is_empty() || text.starts_with('-') || text.contains(char::is_control) {
        return Err(GitopsError::input("repository", text, "expected a folder or a URL"));
    }
    if let Some((scheme, _)) = text.split_once("://") {
        return if ["https", "http", "ssh", "git", "file", "git+ssh"].contains(&scheme) {
            Ok(Some(text.to_owned()))
        } else {
            Err(GitopsError::input(
                "repository",
                &redacted(text),
                "expected https://, ssh://, file:// or user@host:path",
            ))
        };
    }
    // git-clone(1), "GIT URLS": scp-like where no slash stands before the first colon.
    let scp_like = text.split_once(':').is_some_and(|(host, path)| {
        !host.is_empty() && !host.contains('/') && !path.starts_with(':') && !Path::new(text).exists()
    });
    Ok(scp_like.then(|| text.to_owned()))
}

pub(crate) fn promote(url: &str, promotion: &Promotion, target: &Target) -> Result<Promoted, GitopsError> {
    let folder = tempfile::Builder::new()
        .prefix("seawall-gitops-")
        .tempdir()
        .map_err(|source| GitopsError::Io { path: std::env::temp_dir(), source })?;
    let clone = folder.path().join("clone.git");
    let mut command = git(None);
    command.args(["clone", "--quiet", "--bare", "--depth=1", "--single-branch"]);
    if let Some(branch) = &promotion.branch {
        command.arg(format!("--branch={branch}"));
    }
    run("clone", url, command.arg("--").arg(url).arg(&clone))?;
    let repository = local::open(&clone)?;
    let branch = local::branch(&repository, promotion.branch.as_deref())?;

    let mut promoted = local::promote(&repository, &branch, promotion, target)?;
    if promoted.commit.is_none() || push(&clone, url, &branch)? {
        return Ok(promoted);
    }
    // Someone else pushed first: once more on top of what is there now.
    let refspec = format!("+refs/heads/{branch}:refs/heads/{branch}");
    let mut command = git(Some(&clone));
    run("fetch", url, command.args(["fetch", "--quiet", "--depth=1", "--"]).arg(url).arg(refspec))?;
    let repository = local::open(&clone)?;
    promoted = local::promote(&repository, &branch, promotion, target)?;
    if promoted.commit.is_none() || push(&clone, url, &branch)? {
        return Ok(promoted);
    }
    Err(GitopsError::PushRace { url: redacted(url), branch })
}

/// One commit of a URL (a branch, a tag, or an id where the server gives those), into a new bare folder.
pub(crate) fn fetch_one(url: &str, reference: &str, folder: &Path) -> Result<(), GitopsError> {
    let mut command = git(None);
    run("init", url, command.args(["init", "--quiet", "--bare", "--"]).arg(folder))?;
    let mut command = git(Some(folder));
    run(
        "fetch",
        url,
        command.args(["fetch", "--quiet", "--depth=1", "--no-tags", "--"]).arg(url).arg(reference),
    )
}

/// All branches and tags of a URL, into a new bare folder.
pub(crate) fn mirror(url: &str, folder: &Path) -> Result<(), GitopsError> {
    let mut command = git(None);
    run("clone", url, command.args(["clone", "--quiet", "--mirror", "--"]).arg(url).arg(folder))
}

/// Whether the remote took it; `false` where it has commits that ours does not follow.
fn push(clone: &Path, url: &str, branch: &str) -> Result<bool, GitopsError> {
    let refspec = format!("refs/heads/{branch}:refs/heads/{branch}");
    let mut command = git(Some(clone));
    let output = start("push", command.args(["push", "--porcelain", "--"]).arg(url).arg(refspec))?;
    if output.status.success() {
        return Ok(true);
    }
    let told = String::from_utf8_lossy(&output.stdout);
    let raced = told.lines().filter(|line| line.starts_with('!')).any(|line| {
        line.contains("[rejected]")
            || line.contains("cannot lock ref")
            || line.contains("incorrect old value")
            || line.contains("failed to update ref")
    });
    if raced { Ok(false) } else { Err(failed("push", url, &output)) }
}

fn git(folder: Option<&Path>) -> Command {
    let mut command = Command::new("git");
    if let Some(folder) = folder {
        command.arg("-C").arg(folder);
    }
    // A transfer that stands still for a minute ends, instead of holding up a pipeline.
    command.args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60", "-c", "gc.auto=0"]);
    // No question can be answered here; credential helpers and agents still work. Messages are read, so in English. A
    // hook that calls this program must not redirect it to its own repository.
    command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

fn start(name: &'static str, command: &mut Command) -> Result<Output, GitopsError> {
    tracing::debug!(command = name, "running git");
    command.output().map_err(|source| GitopsError::NoGitProgram { source })
}

fn run(name: &'static str, url: &str, command: &mut Command) -> Result<(), GitopsError> {
    let output = start(name, command)?;
    if output.status.success() { Ok(()) } else { Err(failed(name, url, &output)) }
}

fn failed(command: &'static str, url: &str, output: &Output) -> GitopsError {
    let hidden = redacted(url);
    let mut lines: Vec<String> = [&output.stdout, &output.stderr]
        .iter()
        .flat_map(|bytes| {
            String::from_utf8_lossy(bytes)
                .replace(url, &hidden)
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|line| !line.trim().is_empty())
        .collect();
    let first = lines.len().saturating_sub(8);
    let mut message = lines.split_off(first).join("; ");
    if message.is_empty() {
        message = output.status.to_string();
    }
    GitopsError::GitProgram { command, url: hidden, message }
}

/// Without user name and password.
pub(crate) fn redacted(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let host_end = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at(host_end);
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            format!("{scheme}://{host}{path}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{redacted, url};

    #[test]
    fn urls_and_folders() {
        for text in [
            "https://example.com/a.git",
            "ssh://git@example.com/a",
            "file:///srv/a.git",
            "git@example.com:a/b.git",
        ] {
            assert_eq!(url(text).unwrap().as_deref(), Some(text), "{text}");
        }
        for text in [".", "/srv/a.git", "a/b:c", "../a"] {
            assert_eq!(url(text).unwrap(), None, "{text}");
        }
        for text in ["", "--upload-pack=x", "ext::sh -c x://", "ftp://example.com/a"] {
            assert!(url(text).is_err() || url(text).unwrap().is_none(), "{text}");
        }
        assert_eq!(redacted("https://me:secret@example.com/a@b"), "https://example.com/a@b");
    }
}
