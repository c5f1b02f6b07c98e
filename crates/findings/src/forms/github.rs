//! GitHub Actions annotations: workflow commands on standard output
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).
//!
//! GitHub shows the first ten errors, warnings and notices of a step. So one annotation is a whole upgrade rather than
//! one finding, and the worst come first.

use std::fmt::Write as _;

use super::FormError;
use crate::text::{cut, one_line};
use crate::{Finding, Group, Report, Severity, groups};

/// Writes them, and a notice with the summary.
#[allow(clippy::unnecessary_wraps, reason = "the signature of every form")]
pub(super) fn write(report: &Report) -> Result<String, FormError> {
    let mut out = String::new();
    let title = format!("Seawall: {}", one_line(&report.subject.to_string()));
    command(&mut out, "notice", &[("title", &title)], &report.summary().to_string());
    for group in groups(report) {
        if group.package.is_some() {
            upgrade(&mut out, &group);
        } else {
            group.findings.iter().for_each(|finding| single(&mut out, finding));
        }
    }
    for problem in &report.problems {
        command(&mut out, "warning", &[("title", "Not everything could be looked at")], &one_line(problem));
    }
    Ok(out)
}

fn upgrade(out: &mut String, group: &Group<'_>) {
    let Some(package) = group.package else { return };
    let what = format!("{} {}", one_line(&package.name), one_line(&package.version));
    let title = match group.fix {
        Some(fix) => format!("{}: upgrade {what} to {}", group.worst, one_line(fix)),
        None => format!("{}: {what} has no fix yet", group.worst),
    };
    let mut message = String::new();
    for finding in &group.findings {
        let exploited = if finding.exploited { ", exploited" } else { "" };
        let _ = writeln!(
            message,
            "{} ({}{exploited}) {}",
            one_line(&finding.id),
            finding.severity,
            cut(&one_line(&finding.title), 200)
        );
    }
    let path = group.paths().first().map(|path| one_line(path).into_owned()).unwrap_or_default();
    command(out, level(group.worst), &[("file", &path), ("title", &title)], message.trim_end());
}

fn single(out: &mut String, finding: &Finding) {
    let position = finding.position.map(|position| (position.line.to_string(), position.column.to_string()));
    let (line, column) =
        position.as_ref().map_or(("", ""), |(line, column)| (line.as_str(), column.as_str()));
    let title = format!("{}: {}", finding.severity, one_line(&finding.id));
    let message = format!("{}\n{}", one_line(&finding.title), one_line(&finding.remedy));
    let path = one_line(&finding.location.path);
    command(
        out,
        level(finding.severity),
        &[("file", &path), ("line", line), ("col", column), ("title", &title)],
        message.trim_end(),
    );
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Negligible | Severity::Unknown => "notice",
    }
}

/// One command. Parameters without a value are left out; nothing in a value can end the command or begin another.
fn command(out: &mut String, name: &str, parameters: &[(&str, &str)], message: &str) {
    let _ = write!(out, "::{name}");
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    for (index, (parameter, value)) in given.enumerate() {
        let separator = if index == 0 { ' ' } else { ',' };
        let value = data(value).replace(':', "%3A").replace(',', "%2C");
        let _ = write!(out, "{separator}{parameter}={value}");
    }
    let _ = writeln!(out, "::{}", data(message));
}

/// As the runner's own toolkit escapes (actions/toolkit, `command.ts`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
