//! `seawall scan config`: walks folders, reads what is recognised, and reports what the checks hold against it.

pub(crate) mod custom;
mod infrastructure;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use seawall_checks::{
    Options, Selection, Source, SourceError, check_together, may_be_config, source, too_long,
};
use seawall_custom::Checks;
use seawall_findings::{Finding, FindingKind, Report, Subject};

use super::scan::finish;
use crate::cli::ScanConfig;
use crate::context::{Context, now, today};
use crate::failure::{Failure, OrFail as _, Result};

/// Files longer than this are not read whole: nothing longer is checked.
const MAX_FILE: u64 = seawall_checks::yaml::MAX_TEXT as u64;
/// So much of a longer file is read, to know whether it should have been checked.
const BEGINNING: u64 = 64 << 10;
/// Folders of other people's files, and of no configuration.
const SKIPPED: &[&str] = &[".git", "node_modules", ".terraform"];

/// What became of one file.
enum Outcome {
    /// It holds nothing that is checked.
    Other,
    /// It was read, this is wrong with it, and these exceptions in it have ended.
    Read(Box<Source>, Vec<Finding>, Vec<String>),
    /// It was not read, and why; true where that is no fault of the file (a template).
    Problem(String, bool),
}

/// `seawall scan config`.
pub(crate) fn run(context: &Context, arguments: &ScanConfig) -> Result<()> {
    let options = Options {
        // Own checks say at run time what they are called.
        selection: Selection::new(&arguments.only, &arguments.skip, &|id| {
            !arguments.own.is_empty() || seawall_infrastructure::find(id).is_some()
        })
        .or_usage()?,
        cluster: arguments.kubernetes_version.map(|version| version.0),
        today: Some(today().to_string()),
    };
    let mut problems = Vec::new();
    let files = files(&arguments.paths, &mut problems)?;
    let own = custom::load(&arguments.own, arguments.data.as_deref())?;
    let outcomes: Vec<Outcome> = files.par_iter().map(|file| look(file, &options, &own)).collect();
    let (mut sources, mut findings, mut broken) = (Vec::new(), Vec::new(), 0_usize);
    for outcome in outcomes {
        match outcome {
            Outcome::Other => {}
            Outcome::Read(source, found, ended) => {
                sources.push(*source);
                findings.extend(found);
                problems.extend(ended);
            }
            Outcome::Problem(problem, excused) => {
                broken += usize::from(!excused);
                problems.push(problem);
            }
        }
    }
    let mut together = check_together(&sources, &options);
    together.sort_by(|a, b| a.location.path.cmp(&b.location.path));
    for source in &sources {
        let start = together.partition_point(|finding| finding.location.path < source.path);
        let end = together.partition_point(|finding| finding.location.path <= source.path);
        problems.extend(source.suppress(&options, together.get_mut(start..end).unwrap_or_default()));
    }
    findings.append(&mut together);
    let mut built = infrastructure::scan(&arguments.paths)?;
    built.findings.retain(|finding| options.selection.keeps(finding));
    broken += built.broken;
    problems.append(&mut built.problems);
    findings.append(&mut built.findings);
    findings.sort_by(|a, b| {
        let place = |finding: &Finding| finding.position.map(|position| (position.line, position.column));
        (b.severity.cmp(&a.severity))
            .then_with(|| a.location.path.cmp(&b.location.path))
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| a.id.cmp(&b.id))
    });
    if sources.is_empty() && built.resources == 0 && problems.is_empty() {
        problems.push("no Kubernetes manifest, no Dockerfile and no Terraform was found".to_owned());
    }
    let report = Report {
        schema: 1,
        subject: subject(&arguments.paths),
        scanned_at: now(),
        distribution: None,
        database: None,
        looked_for: vec![FindingKind::Misconfiguration],
        findings,
        packages: Vec::new(),
        problems,
    };
    finish(context, report, &arguments.output)?;
    // What could not be read is not known to be good: a gate must not open on it.
    if arguments.output.fail_on.is_some() && broken > 0 {
        let what = format!("{broken} of the files could not be read; the report says where and why");
        return Err(Failure::unfinished(what).hint("mend them, or leave them out of the scan"));
    }
    Ok(())
}

fn subject(paths: &[PathBuf]) -> Subject {
    let path = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    match paths {
        [one] if !one.is_dir() => Subject::Manifest { path },
        _ => Subject::Directory { path },
    }
}

/// One file to look at.
struct Candidate {
    path: PathBuf,
    /// The user named it: then something is said of it in any case.
    named: bool,
}

/// The files that were named, and those below the folders that were. Links are not followed.
fn files(paths: &[PathBuf], problems: &mut Vec<String>) -> Result<Vec<Candidate>> {
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            found.push(Candidate { path: path.clone(), named: true });
            continue;
        }
        let about = std::fs::metadata(path)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        if !about.is_dir() {
            if seawall_infrastructure::is_candidate(&path.to_string_lossy(), &[]) {
                continue;
            }
            found.push(Candidate { path: path.clone(), named: true });
            continue;
        }
        let walk = walkdir::WalkDir::new(path).follow_links(false).sort_by_file_name();
        let wanted = |entry: &walkdir::DirEntry| {
            let skipped = SKIPPED.iter().any(|name| entry.file_name() == *name);
            entry.depth() == 0 || !(skipped && entry.file_type().is_dir())
        };
        for entry in walk.into_iter().filter_entry(wanted) {
            match entry {
                Ok(entry)
                    if entry.file_type().is_file() && may_be_config(&entry.path().to_string_lossy()) =>
                {
                    found.push(Candidate { path: entry.into_path(), named: false });
                }
                Ok(_) => {}
                Err(error) => problems.push(error.to_string()),
            }
        }
    }
    Ok(found)
}

/// Reads one file and runs the checks over it.
fn look(candidate: &Candidate, options: &Options, own: &Checks) -> Outcome {
    let shown = candidate.path.display().to_string();
    let name = shown.strip_prefix("./").unwrap_or(&shown);
    let text = match read(&candidate.path, name) {
        Ok(Some(text)) => text,
        Ok(None) if candidate.named => return nothing(name),
        Ok(None) => return Outcome::Other,
        Err(problem) => return Outcome::Problem(problem, false),
    };
    match source(name, &text) {
        None if candidate.named => nothing(name),
        None => Outcome::Other,
        Some(Err(error)) => {
            let excused = matches!(error, SourceError::Template { .. });
            Outcome::Problem(error.to_string(), excused)
        }
        Some(Ok(source)) => {
            let mut found = source.check(options);
            found.extend(custom::run(own, &source));
            let ended = source.suppress(options, &mut found);
            Outcome::Read(Box::new(source), found, ended)
        }
    }
}

fn nothing(name: &str) -> Outcome {
    Outcome::Problem(format!("{name}:1:1: neither a Kubernetes manifest nor a Dockerfile"), false)
}

/// The text of a file; none where it is no text, or too long and nothing that would be checked.
fn read(path: &Path, name: &str) -> Result<Option<String>, String> {
    let fail = |error: std::io::Error| format!("{name}: {error}");
    let mut bytes = Vec::new();
    if name == "-" {
        std::io::stdin().lock().take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(fail)?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(format!("-:1:1: more than {MAX_FILE} bytes; split the input"));
        }
    } else {
        let file = File::open(path).map_err(fail)?;
        let length = file.metadata().map_err(fail)?.len();
        let most = if length > MAX_FILE { BEGINNING } else { MAX_FILE };
        file.take(most).read_to_end(&mut bytes).map_err(fail)?;
        if length > MAX_FILE {
            let beginning = String::from_utf8_lossy(&bytes);
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            return too_long(name, &beginning, length).map_or(Ok(None), Err);
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..valid).unwrap_or_default();
            let before = std::str::from_utf8(before).unwrap_or_default();
            // Something else than text, unless its beginning says what it should be.
            if seawall_checks::recognise(name, before).is_none() {
                return Ok(None);
            }
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, |text| text.chars().count()) + 1;
            Err(format!("{name}:{line}:{column}: not UTF-8 from here on"))
        }
    }
}
