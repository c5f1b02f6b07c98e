//! Findings about places in files, for people: one line each under its file, worst first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::text::one_line;
use crate::{Finding, Report, Severity};

/// True where all that a report says is about places in files, no advisories were asked: then [`write`] reads better than a
/// table of packages.
pub fn fits(report: &Report) -> bool {
    report.database.is_none()
        && report.packages.is_empty()
        && report.findings.iter().all(|finding| finding.package.is_none())
}

/// Writes the report: each file with what is wrong where, what is excepted, what could not be read, and the summary.
pub fn write(report: &Report, colour: bool) -> String {
    let mut out = format!("{}\n", one_line(&report.subject.to_string()));
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        files.entry(&finding.location.path).or_default().push(finding);
    }
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by_key(|(_, findings)| {
        std::cmp::Reverse(findings.iter().map(|finding| finding.severity).max())
    });
    let count = files.len();
    for (path, findings) in files {
        let _ = writeln!(out, "\n{}", one_line(path));
        let widest =
            |of: &dyn Fn(&Finding) -> usize| findings.iter().map(|one| of(one)).max().unwrap_or_default();
        let (place_width, id_width) = (widest(&|one| place(one).len()), widest(&|one| one.id.len()));
        for finding in &findings {
            let severity = coloured(finding.severity, colour);
            let _ = writeln!(
                out,
                "  {:<place_width$}  {severity}  {:<id_width$}  {}",
                place(finding),
                one_line(&finding.id),
                one_line(&finding.title)
            );
        }
    }
    let excepted: Vec<_> =
        report.findings.iter().filter_map(|one| Some((one, one.suppressed.as_ref()?))).collect();
    if !excepted.is_empty() {
        out.push('\n');
    }
    for (finding, suppression) in excepted {
        let until =
            suppression.until.as_deref().map(|day| format!(" until {}", one_line(day))).unwrap_or_default();
        let _ = writeln!(
            out,
            "excepted: {}:{} {} by {}: {}{until}",
            one_line(&finding.location.path),
            place(finding),
            one_line(&finding.id),
            one_line(&suppression.by),
            one_line(&suppression.reason)
        );
    }
    for (index, problem) in report.problems.iter().enumerate() {
        let _ = writeln!(out, "{}problem: {}", if index == 0 { "\n" } else { "" }, one_line(problem));
    }
    let files = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    // A setting has no version that mends it.
    let summary = report.summary().to_string().replace("; 0 with a fix", "");
    let _ = writeln!(out, "\n{summary} ({files})");
    out
}

/// `line:column`, or nothing where it is not known.
fn place(finding: &Finding) -> String {
    finding.position.map(|position| format!("{}:{}", position.line, position.column)).unwrap_or_default()
}

/// The severity's word, padded, in the colours of the table.
fn coloured(severity: Severity, colour: bool) -> String {
    let word = format!("{:<10}", severity.as_str());
    match severity {
        Severity::Critical if colour => format!("\u{1b}[1;31m{word}\u{1b}[0m"),
        Severity::High if colour => format!("\u{1b}[31m{word}\u{1b}[0m"),
        Severity::Medium if colour => format!("\u{1b}[33m{word}\u{1b}[0m"),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FindingKind, Location, Position, Subject, Suppression};

    #[test]
    fn one_line_a_place() {
        let finding = |path: &str, line, id: &str, severity, title: &str| Finding {
            location: Location { path: path.into(), layer: None },
            position: Some(Position { line, column: 3 }),
            ..Finding::new(FindingKind::Misconfiguration, id, severity, title)
        };
        let mut excepted = finding("b.yaml", 9, "pod-host-path", Severity::High, "Pod p: a\u{1b}[31mb");
        excepted.suppressed = Some(Suppression {
            by: "b.yaml:8 (seawall:ignore)".into(),
            reason: "reads logs".into(),
            owner: "the file".into(),
            until: Some("2027-01-31".into()),
        });
        let report = Report {
            schema: 1,
            subject: Subject::Directory { path: "deploy".into() },
            scanned_at: "2026-11-24T10:00:00Z".into(),
            distribution: None,
            database: None,
            looked_for: vec![FindingKind::Misconfiguration],
            findings: vec![
                finding(
                    "b.yaml",
                    12,
                    "pod-privileged",
                    Severity::Critical,
                    "Pod p: container `c` is privileged",
                ),
                finding("a.yaml", 4, "probe-liveness", Severity::Low, "Pod q: container `\u{1b}[2J`"),
                excepted,
            ],
            packages: vec![],
            problems: vec!["c.yaml:1:1: not valid YAML".into()],
        };
        assert!(fits(&report));
        insta::assert_snapshot!(write(&report, false), @r"
        deploy

        b.yaml
          12:3  critical    pod-privileged  Pod p: container `c` is privileged

        a.yaml
          4:3  low         probe-liveness  Pod q: container `�[2J`

        excepted: b.yaml:9:3 pod-host-path by b.yaml:8 (seawall:ignore): reads logs until 2027-01-31

        problem: c.yaml:1:1: not valid YAML

        2 findings: 1 critical, 1 low; 1 excepted (2 files)
        ");
    }
}
