//! The report for people: one row an upgrade, worst first.

mod sections;

use std::fmt::Write as _;

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};

use crate::text::one_line;
use crate::{Group, Order, Report, Severity, Subject, groups};

/// How the table is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// With colours. Severity is always said in words as well.
    pub colour: bool,
    /// Columns of the terminal; none: lines are never wrapped, as other programs want them.
    pub width: Option<u16>,
    /// With what is excepted, by whom and why; else it is counted only.
    pub show_suppressed: bool,
    /// With the smallest set of upgrades, where it is known how versions are ordered.
    pub order: Option<Order>,
    /// With the licences of the packages.
    pub licences: bool,
}

/// Writes the report: what was scanned, one row for each upgrade with the findings that it removes, what cannot be
/// upgraded yet, the smallest set of upgrades, and the summary with the database's age. Where the layers of the base image
/// are known, its findings stand apart from the application's.
pub fn write(report: &Report, options: Options) -> String {
    let mut out = header(report);
    let groups = groups(report);
    if report.parts().is_some() {
        let is_base = |group: &&Group<'_>| group.findings.iter().all(|finding| finding.is_of_base());
        let (base, application): (Vec<_>, Vec<_>) = groups.iter().partition(is_base);
        for (name, groups) in [("application", application), ("base image", base)] {
            if !groups.is_empty() {
                let _ = writeln!(out, "\n{name}:\n{}", rows(&groups, options));
            }
        }
    } else if !groups.is_empty() {
        let _ = writeln!(out, "\n{}", rows(&groups.iter().collect::<Vec<_>>(), options));
    }
    if options.show_suppressed {
        sections::suppressed(report, &mut out);
    }
    for problem in &report.problems {
        let _ = writeln!(out, "problem: {}", one_line(problem));
    }
    if let Some(order) = options.order {
        sections::how_to_fix(report, order, &mut out);
    }
    if options.licences {
        sections::licence_list(report, &mut out);
    }
    let summary = report.summary();
    let hint = if summary.suppressed > 0 && !options.show_suppressed { " (--show-suppressed)" } else { "" };
    let _ = writeln!(out, "\n{summary}{hint}");
    sections::parts(report, &mut out);
    if let Some(database) = &report.database {
        let _ = writeln!(
            out,
            "advisories: {} from {}, compiled {}, newest of {}",
            database.advisories,
            one_line(&database.source),
            day(&database.built_at),
            day(&database.newest_advisory)
        );
    }
    out
}

fn header(report: &Report) -> String {
    let mut out = one_line(&report.subject.to_string()).into_owned();
    if let Subject::Image { platform: Some(platform), .. } = &report.subject {
        let _ = write!(out, " {}", one_line(platform));
    }
    if let Some(distribution) = &report.distribution {
        let _ = write!(out, ", {}", one_line(&distribution.pretty_name));
    }
    let _ = writeln!(out, ", {} packages", report.packages.len());
    out
}

fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

fn rows(groups: &[&Group<'_>], options: Options) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if options.colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    match options.width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    table.set_header(["SEVERITY", "RISK", "PACKAGE", "INSTALLED", "FIXED IN", "FINDINGS"]);
    for row in groups {
        let version = row.package.map_or("", |package| package.version.as_str());
        let ids = row.ids().into_iter().map(|id| {
            let exploited = row.findings.iter().any(|finding| finding.id == id && finding.exploited);
            if exploited { format!("{} (exploited)", one_line(id)) } else { one_line(id).into_owned() }
        });
        let ids = ids.collect::<Vec<_>>().join(", ");
        let mut severity = Cell::new(row.worst.as_str());
        if options.colour {
            severity = match row.worst {
                Severity::Critical => severity.fg(Color::Red).add_attribute(Attribute::Bold),
                Severity::High => severity.fg(Color::Red),
                Severity::Medium => severity.fg(Color::Yellow),
                _ => severity,
            };
        }
        table.add_row(vec![
            severity,
            Cell::new(row.risk()),
            Cell::new(one_line(&row.name())),
            Cell::new(one_line(version)),
            Cell::new(one_line(row.fix.unwrap_or_else(|| row.without_fix()))),
            Cell::new(ids),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Finding, FindingKind, PackageRef, PackageType, Suppression};

    fn finding(id: &str, severity: Severity, fixed: &[&str]) -> Finding {
        Finding {
            package: Some(PackageRef {
                kind: PackageType::Npm,
                name: "lodash".into(),
                version: "4.17.15".into(),
                purl: "pkg:npm/lodash@4.17.15".into(),
                source_name: None,
            }),
            fixed: fixed.iter().map(ToString::to_string).collect(),
            exploited: id.ends_with('9'),
            ..Finding::new(FindingKind::Vulnerability, id, severity, "")
        }
    }

    #[test]
    fn one_row_an_upgrade() {
        let mut excepted = finding("CVE-2020-0003", Severity::Low, &[]);
        excepted.suppressed = Some(Suppression {
            by: "production".into(),
            reason: "not reachable".into(),
            owner: "payments".into(),
            until: Some("2027-01-31".into()),
        });
        let report = Report {
            schema: 1,
            subject: Subject::Directory { path: "shop".into() },
            scanned_at: "2026-11-24T10:00:00Z".into(),
            distribution: None,
            database: None,
            looked_for: vec![],
            findings: vec![
                finding("CVE-2020-0002", Severity::Medium, &["4.17.21"]),
                finding("CVE-2020-0009", Severity::High, &["4.17.21"]),
                finding("CVE-2020-0001", Severity::Medium, &[]),
                excepted,
            ],
            packages: vec![],
            problems: vec![],
        };
        let text = write(&report, Options::default());
        let text: Vec<&str> = text.lines().map(str::trim_end).collect();
        insta::assert_snapshot!(text.join("\n"), @r#"
shop, 0 packages

 SEVERITY  RISK  PACKAGE       INSTALLED  FIXED IN      FINDINGS
 high      98    lodash (npm)  4.17.15    4.17.21       CVE-2020-0002, CVE-2020-0009 (exploited)
 medium    28    lodash (npm)  4.17.15    no fix known  CVE-2020-0001

3 findings: 1 high, 2 medium; 2 with a fix; 1 excepted (--show-suppressed)
"#);
    }
}
