//! What stands beneath the table.

use std::fmt::Write as _;

use crate::text::{cut, one_line};
use crate::{Finding, Order, Report, licences, upgrades};

/// How many upgrades are listed; the rest is counted.
const MOST: usize = 20;
/// How many characters the names of packages take on a line.
const WIDTH: usize = 100;

/// What to do, in the fewest steps.
pub(super) fn how_to_fix(report: &Report, order: Order, out: &mut String) {
    let upgrades = upgrades(report, order);
    if upgrades.is_empty() {
        return;
    }
    let removed: usize = report.findings.iter().filter(|f| f.suppressed.is_none() && has_fix(f)).count();
    let total = report.summary().total();
    let _ = writeln!(
        out,
        "\nhow to fix: {} {} {removed} of {total} findings",
        count(upgrades.len(), "upgrade"),
        if upgrades.len() == 1 { "removes" } else { "remove" }
    );
    for upgrade in upgrades.iter().take(MOST) {
        let others: Vec<&str> =
            upgrade.packages.iter().copied().filter(|name| *name != upgrade.name).collect();
        let packages = if others.is_empty() {
            upgrade.kind.to_string()
        } else {
            cut(&format!("{}: {}", upgrade.kind, others.join(", ")), WIDTH).into_owned()
        };
        let _ = writeln!(
            out,
            "  {} ({}) {} -> {}: {}, worst {}{}",
            one_line(upgrade.name),
            one_line(&packages),
            one_line(upgrade.from),
            one_line(upgrade.to),
            count(upgrade.removes.len(), "vulnerability"),
            upgrade.worst,
            if upgrade.exploited { ", exploited" } else { "" }
        );
    }
    if upgrades.len() > MOST {
        let _ = writeln!(out, "  and {} more", upgrades.len() - MOST);
    }
}

fn has_fix(finding: &Finding) -> bool {
    finding.package.is_some() && !finding.fixed.is_empty()
}

/// The base image's findings go away with a newer base image, the application's by its own upgrades.
pub(super) fn parts(report: &Report, out: &mut String) {
    if let Some((base, application)) = report.parts() {
        let _ = writeln!(out, "  base image:  {base}\n  application: {application}");
    }
}

/// What is excepted, by whom and why.
pub(super) fn suppressed(report: &Report, out: &mut String) {
    for finding in &report.findings {
        let Some(suppression) = &finding.suppressed else { continue };
        let package = finding
            .package
            .as_ref()
            .map(|package| format!(" in {} {}", one_line(&package.name), one_line(&package.version)))
            .unwrap_or_default();
        let until =
            suppression.until.as_deref().map(|day| format!(" until {}", one_line(day))).unwrap_or_default();
        let _ = writeln!(
            out,
            "excepted: {}{package} by {} ({}: {}){until}",
            one_line(&finding.id),
            one_line(&suppression.by),
            one_line(&suppression.owner),
            one_line(&suppression.reason)
        );
    }
}

/// The licences with their packages.
pub(super) fn licence_list(report: &Report, out: &mut String) {
    let _ = writeln!(out, "\nlicences of {}:", count(report.packages.len(), "package"));
    for (licence, packages) in licences(report) {
        let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        let licence = if licence.is_empty() { "none stated".into() } else { one_line(licence) };
        let names = one_line(&names.join(", ")).into_owned();
        let _ = writeln!(out, "  {licence} ({}): {}", packages.len(), cut(&names, WIDTH));
    }
}

fn count(number: usize, what: &str) -> String {
    match (number, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        _ => format!("{number} {what}s"),
    }
}
