//! `seawall scan repo`: secrets in the files of a Git repository and in its history.

use std::cmp::Reverse;
use std::collections::HashMap;

use seawall_findings::{Digest, Finding, FindingKind, Report, Subject};
use seawall_gitops::{Brought, History, Selection};
use seawall_ledger::Kind;
use seawall_secrets::{Options, Scanner};
use serde_json::json;

use crate::cli::ScanRepo;
use crate::context::{Context, today};
use crate::failure::{Failure, OrFail as _, Result};

/// Larger contents are not read, and said to be so.
const MAX_CONTENT: u64 = 64 << 20;
/// Largest configuration file.
const MAX_CONFIG: u64 = 1 << 20;

/// The report of a commit becomes evidence about that commit.
pub(crate) async fn record(context: &Context, report: &Report) -> Result<()> {
    let Subject::Repository { url, commit } = &report.subject else { return Ok(()) };
    if commit.is_empty() {
        return Ok(());
    }
    let summary = report.summary();
    let body =
        json!({ "repository": url, "commit": commit, "summary": summary, "findings": report.findings });
    context.record(Kind::Scanned, &of_commit(commit), format!("commit {commit}: {summary}"), body).await
}

/// What the ledger knows a commit by: a commit of a SHA-256 repository by its own id, another by a digest of it.
pub(crate) fn of_commit(commit: &str) -> Digest {
    let own = (commit.len() == 64).then(|| format!("sha256:{commit}").parse().ok()).flatten();
    own.unwrap_or_else(|| seawall_image::digest_of(format!("git commit {commit}").as_bytes()))
}

/// The options: of the file that the flag names, else of `seawall.yaml`.
fn options(context: &Context, arguments: &ScanRepo) -> Result<Options> {
    let options = match &arguments.looking.secret_config {
        Some(path) => {
            let text = crate::files::read_text(path, MAX_CONFIG)?;
            Options::parse(&text).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?
        }
        None => Options::from_written(context.config.secrets.clone()).or_usage()?,
    };
    Ok(options.on(today().to_string()))
}

/// Adds the secrets of the newest files, of the history, and of what is changed and not committed yet.
pub(crate) fn add_secrets(context: &Context, arguments: &ScanRepo, report: &mut Report) -> Result<()> {
    let scanner = Scanner::new(options(context, arguments)?).or_usage()?;
    let history = History::open(&arguments.repository).or_unfinished()?;
    let selection = Selection {
        revision: arguments.reference.clone(),
        since: arguments.since.as_deref().map(since).transpose()?,
        tip_only: arguments.no_history,
    };
    let walked = history.walk(&selection, &|path| scanner.wants(path, 1024)).or_unfinished()?;
    let (found, unread) = history.read(&walked.blobs, MAX_CONTENT, |blob, bytes| {
        if !scanner.wants(&blob.path, bytes.len() as u64) {
            return Vec::new();
        }
        let found = scanner.scan_marked(&blob.path, bytes);
        found.into_iter().map(|(finding, mark)| (finding, mark, blob.commit, blob.current)).collect()
    });
    context.printer.note(&format!(
        "{} commits, {} contents that may hold a secret",
        walked.commits.len(),
        walked.blobs.len()
    ));
    let mut all = Found::default();
    for (finding, mark, commit, current) in found {
        all.add(finding, mark, walked.commits.get(commit), current);
    }
    let mut problems = walked.problems;
    problems.extend(unread);
    if arguments.reference.is_none() {
        changed(&history, &scanner, &mut all, &mut problems)?;
    }
    let mut findings = all.finish(!arguments.no_history);
    findings.sort_by(|a, b| {
        (Reverse(a.severity), &a.location.path, a.position).cmp(&(
            Reverse(b.severity),
            &b.location.path,
            b.position,
        ))
    });
    report.findings.append(&mut findings);
    // Each kind was in order, and stays so among those of the same severity.
    report.findings.sort_by_key(|finding| Reverse(finding.severity));
    report.problems.append(&mut problems);
    report.looked_for.push(FindingKind::Secret);
    Ok(())
}

/// Files of the working tree that no commit holds yet: the moment to find a secret.
fn changed(history: &History, scanner: &Scanner, all: &mut Found, problems: &mut Vec<String>) -> Result<()> {
    let Some(folder) = history.worktree() else { return Ok(()) };
    for path in history.changed().or_unfinished()? {
        let file = folder.join(&path);
        let Ok(facts) = std::fs::symlink_metadata(&file) else { continue };
        if !facts.is_file() || !scanner.wants(&path, facts.len()) {
            continue;
        }
        if facts.len() > MAX_CONTENT {
            problems
                .push(format!("{path}: {} bytes, more than the {MAX_CONTENT} that are read", facts.len()));
            continue;
        }
        match std::fs::read(&file) {
            Ok(bytes) => {
                for (finding, mark) in scanner.scan_marked(&path, &bytes) {
                    all.add(finding, mark, None, true);
                }
            }
            Err(error) => problems.push(format!("{path}: {error}")),
        }
    }
    Ok(())
}

/// The same secret in many versions of a file is one finding.
#[derive(Default)]
struct Found {
    places: HashMap<(String, String, u64), usize>,
    all: Vec<Secret>,
}

struct Secret {
    finding: Finding,
    /// Who brought it; none: nobody has committed it yet.
    brought: Option<Brought>,
    current: bool,
}

impl Found {
    /// Contents come oldest first.
    fn add(&mut self, finding: Finding, mark: u64, brought: Option<&Brought>, current: bool) {
        let key = (finding.id.clone(), finding.location.path.clone(), mark);
        let Some(index) = self.places.get(&key) else {
            self.places.insert(key, self.all.len());
            self.all.push(Secret { finding, brought: brought.cloned(), current });
            return;
        };
        // Its place is the one where it is now, and so are the comments about it.
        if let Some(known) = self.all.get_mut(*index)
            && current
        {
            known.finding = finding;
            known.current = true;
        }
    }

    fn finish(self, history: bool) -> Vec<Finding> {
        let told = self.all.into_iter().map(|secret| {
            let mut finding = secret.finding;
            let evidence = finding.evidence.unwrap_or_default();
            let came = match (&secret.brought, history) {
                (Some(brought), true) => {
                    format!(
                        "; brought by commit {} of {}, {}",
                        brought.commit,
                        day(brought.time),
                        brought.author
                    )
                }
                (Some(_), false) => String::new(),
                (None, _) => "; not committed yet".into(),
            };
            let gone =
                if secret.current { "" } else { "; the newest commit no longer has it, the history does" };
            finding.evidence = Some(format!("{evidence}{came}{gone}"));
            if !secret.current {
                finding.remedy = format!("{}; a later commit does not take it back", finding.remedy);
            }
            finding
        });
        told.collect()
    }
}

fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "an unknown day".into(), |time| time.strftime("%Y-%m-%d").to_string())
}

/// A day (in UTC) or a time, in seconds since 1970.
fn since(text: &str) -> Result<i64> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time.as_second());
    }
    let day: jiff::civil::Date = text.parse().map_err(|_| {
        Failure::usage(format!("--since `{text}` is no day: write `2026-01-31`, or a time as RFC 3339 does"))
    })?;
    let time = jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).or_usage()?;
    Ok(time.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times() {
        assert_eq!(since("1970-01-02").unwrap(), 86_400);
        assert_eq!(since("1970-01-01T00:01:00Z").unwrap(), 60);
        assert!(since("yesterday").is_err());
        assert_eq!(day(86_400), "1970-01-02");
    }

    #[test]
    fn commits_have_a_key_in_the_ledger() {
        let long = "ab".repeat(32);
        assert_eq!(of_commit(&long).hex(), long);
        assert_ne!(of_commit(&"a".repeat(40)), of_commit(&"b".repeat(40)));
    }
}
