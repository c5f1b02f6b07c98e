//! `seawall checks`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use seawall_checks::{CHECKS, Check, find};
use serde_json::{Value, json};

use crate::cli::{Checks, Format};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// `seawall checks list` and `seawall checks show`.
pub(crate) fn run(context: &Context, arguments: &Checks) -> Result<()> {
    let text = match arguments {
        Checks::List { format: Format::Text } => list(),
        Checks::List { format: Format::Json } => {
            let mut all: Vec<Value> = CHECKS.iter().map(|check| value(check)).collect();
            all.extend(seawall_infrastructure::checks().map(cloud_value));
            serde_json::to_string_pretty(&all).or_unfinished()?
        }
        Checks::Test { paths, data } => return test(context, paths, data.as_deref()),
        Checks::Show { id } => match (find(id), seawall_infrastructure::find(id)) {
            (Some(check), _) => show(check),
            (None, Some(check)) => show_cloud(check),
            (None, None) => {
                return Err(Failure::usage(format!("there is no check `{id}`"))
                    .hint("`seawall checks list` shows them all"));
            }
        },
    };
    context.printer.result_to(None, &text)
}

/// One line a test that fails; a pipeline fails with the first of them.
fn test(context: &Context, paths: &[PathBuf], data: Option<&Path>) -> Result<()> {
    let checks = super::scan_config::custom::load(paths, data)?;
    let tested = checks.test();
    let mut text = String::new();
    for one in &tested {
        if let Some(failure) = &one.failure {
            let _ = writeln!(text, "{}: {}: {failure}", one.path, one.name);
        }
    }
    let failed = tested.iter().filter(|one| one.failure.is_some()).count();
    let _ = write!(text, "{} checks, {} tests, {failed} failed", checks.len(), tested.len());
    context.printer.result(&text);
    if failed > 0 {
        return Err(Failure::denied(format!("{failed} tests of the checks failed")));
    }
    Ok(())
}

fn list() -> String {
    let mut text = String::new();
    for check in CHECKS.iter() {
        let opt_in = if check.opt_in { " (opt-in)" } else { "" };
        let _ = writeln!(
            text,
            "{:<34} {:<10} {:<11} {}{opt_in}",
            check.id,
            check.severity,
            check.looks_at(),
            check.title
        );
    }
    let mut count = CHECKS.len();
    for check in seawall_infrastructure::checks() {
        count += 1;
        let _ = writeln!(text, "{:<34} {:<10} {:<11} {}", check.id, check.severity, "cloud", check.title);
    }
    let _ = writeln!(text, "\n{count} checks; opt-in ones run where `--check` names them");
    text
}

fn show(check: &Check) -> String {
    let mut text =
        format!("{} ({})\n{}\n\n{}\n\n{}\n", check.id, check.severity, check.title, check.why, check.fix);
    if !check.aliases.is_empty() {
        let _ = writeln!(text, "\nelsewhere: {}", check.aliases.join(", "));
    }
    for reference in check.references {
        let _ = writeln!(text, "see {reference}");
    }
    text
}

fn show_cloud(check: &seawall_infrastructure::Check) -> String {
    let aliases = check.aliases().join(", ");
    format!(
        "{} ({})\n{}\n\n{}\n\n{}\n\nelsewhere: {aliases}\n",
        check.id, check.severity, check.title, check.why, check.fix
    )
}

fn cloud_value(check: &seawall_infrastructure::Check) -> Value {
    json!({
        "id": check.id,
        "aliases": check.aliases(),
        "severity": check.severity,
        "title": check.title,
        "why": check.why,
        "fix": check.fix,
        "looksAt": "cloud",
        "optIn": false,
    })
}

fn value(check: &Check) -> Value {
    json!({
        "id": check.id,
        "aliases": check.aliases,
        "severity": check.severity,
        "title": check.title,
        "why": check.why,
        "fix": check.fix,
        "references": check.references,
        "looksAt": check.looks_at(),
        "optIn": check.opt_in,
        "podSecurity": check.standard.map(|standard| standard.level.as_str()),
    })
}
