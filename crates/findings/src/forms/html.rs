//! A page in one file: nothing is loaded, no script runs, every text from outside is text.
//!
//! A content security policy says so to the browser: only the page's own style sheet, known by its hash, applies.
//! Even where a text slipped through as mark-up it could not load, run or send anything.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::{FormError, VERSION};
use crate::text::{is_link, one_line, visible};
use crate::{Finding, Group, Package, Report, Severity, Subject, groups};

const STYLE: &str = include_str!("html.css");

/// Writes it.
#[allow(clippy::unnecessary_wraps, reason = "the signature of every form")]
pub(super) fn write(report: &Report) -> Result<String, FormError> {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        STANDARD.encode(Sha256::digest(STYLE))
    );
    let subject = one_line(&report.subject.to_string()).into_owned();
    let groups = groups(report);
    let upgrades: Vec<_> = groups.iter().filter(|group| group.is_upgrade()).collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="referrer" content="no-referrer";
                meta name="generator" content={ "Seawall " (VERSION) };
                title { "Seawall: " (subject) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (header(report, &subject))
                main {
                    (bar(report))
                    @if !upgrades.is_empty() {
                        section aria-labelledby="upgrades" {
                            h2 id="upgrades" { "Upgrades" span.count { (upgrades.len()) } }
                            (upgrade_table(&upgrades))
                        }
                    }
                    section aria-labelledby="findings" {
                        h2 id="findings" { "Findings" span.count { (report.findings.len()) } }
                        @if report.findings.is_empty() { p.good { "Nothing was found." } }
                        @for finding in &report.findings { (one(finding)) }
                    }
                    @if !report.problems.is_empty() {
                        section aria-labelledby="problems" {
                            h2 id="problems" { "Not read" span.count { (report.problems.len()) } }
                            ul.problems { @for problem in &report.problems { li { bdi { (visible(problem)) } } } }
                        }
                    }
                    (inventory(&report.packages))
                }
                (footer(report))
            }
        }
    };
    Ok(page.into_string())
}

fn header(report: &Report, subject: &str) -> Markup {
    html! {
        header {
            p.brand { "Seawall" }
            h1 { bdi { (subject) } }
            dl.facts {
                @if let Subject::Image { digest, platform, .. } = &report.subject {
                    div { dt { "Digest" } dd { code { (digest) } } }
                    @if let Some(platform) = platform { div { dt { "Platform" } dd { (one_line(platform)) } } }
                }
                @if let Some(distribution) = &report.distribution {
                    div { dt { "Distribution" } dd { bdi { (one_line(&distribution.pretty_name)) } } }
                }
                div { dt { "Packages" } dd { (report.packages.len()) } }
                div { dt { "Scanned" } dd { time datetime=(report.scanned_at) { (one_line(&report.scanned_at)) } } }
            }
        }
    }
}

/// The counts as words and as one bar. Its parts are drawn by attributes of SVG: the policy forbids inline styles.
fn bar(report: &Report) -> Markup {
    let summary = report.summary();
    let parts = [
        (Severity::Critical, summary.critical),
        (Severity::High, summary.high),
        (Severity::Medium, summary.medium),
        (Severity::Low, summary.low),
        (Severity::Unknown, summary.other),
    ];
    let total = summary.total();
    let mut start = 0;
    html! {
        section.summary aria-label="Summary" {
            ul.counts {
                @for (severity, count) in parts {
                    li.none[count == 0] {
                        span.number { (count) }
                        span.name.(severity) { @if severity == Severity::Unknown { "other" } @else { (severity) } }
                    }
                }
                li { span.number { (summary.fixable) } span.name { "with a fix" } }
                @if summary.suppressed > 0 {
                    li { span.number { (summary.suppressed) } span.name { "excepted" } }
                }
            }
            @if total > 0 {
                svg.bar viewBox={ "0 0 " (total) " 1" } preserveAspectRatio="none" aria-hidden="true" {
                    @for (severity, count) in parts {
                        @if count > 0 {
                            rect class=(severity) x=(start) y="0" width=(count) height="1" {}
                            ({ start += count; PreEscaped("") })
                        }
                    }
                }
            }
        }
    }
}

fn upgrade_table(groups: &[&Group<'_>]) -> Markup {
    html! {
        div.scroll {
            table {
                thead { tr { th { "Worst" } th { "Package" } th { "Installed" } th { "Upgrade to" } th { "Removes" } } }
                tbody {
                    @for group in groups {
                        tr {
                            td { (badge(group.worst)) @if group.exploited() { " " span.exploited { "exploited" } } }
                            td { bdi { (one_line(&group.name())) } }
                            td { code { (one_line(group.package.map_or("", |package| package.version.as_str()))) } }
                            td { code.fix { (one_line(group.fix.unwrap_or_default())) } }
                            td.ids { @for id in group.ids() { code { (one_line(id)) } " " } }
                        }
                    }
                }
            }
        }
    }
}

fn one(finding: &Finding) -> Markup {
    let fix = finding.fixed.first();
    html! {
        details.finding.excepted[finding.suppressed.is_some()] {
            summary {
                (badge(finding.severity))
                code.id { (one_line(&finding.id)) }
                @if let Some(package) = &finding.package {
                    span.package { bdi { (one_line(&package.name)) } " " code { (one_line(&package.version)) }
                        @if let Some(fix) = fix { " → " code.fix { (one_line(fix)) } } }
                } @else {
                    span.package { bdi { (place(finding)) } }
                }
                @if finding.exploited { span.exploited { "exploited" } }
                @if finding.suppressed.is_some() { span.tag { "excepted" } }
                span.title { bdi { (one_line(&finding.title)) } }
            }
            dl {
                @if let Some(suppression) = &finding.suppressed {
                    dt { "Excepted" }
                    dd { bdi { (visible(&suppression.reason)) } " (" bdi { (one_line(&suppression.owner)) } ", "
                        bdi { (one_line(&suppression.by)) }
                        @if let Some(until) = &suppression.until { ", until " (one_line(until)) } ")" }
                }
                @if !finding.remedy.is_empty() { dt { "Remedy" } dd { bdi { (visible(&finding.remedy)) } } }
                @if let Some(risk) = finding.risk { dt { "Risk" } dd { (risk) " of 100" } }
                @for cvss in &finding.cvss { dt { "CVSS " (one_line(&cvss.version)) } dd { (cvss.score) " " code { (one_line(&cvss.vector)) } } }
                @if let Some(epss) = &finding.epss {
                    dt { "EPSS" } dd { (format!("{:.1} % within 30 days", f64::from(epss.probability) * 100.0)) }
                }
                @if let Some(evidence) = &finding.evidence { dt { "Seen" } dd { code { (one_line(evidence)) } } }
                @if !finding.fixed.is_empty() { dt { "Fixed in" } dd { (one_line(&finding.fixed.join(", "))) } }
                dt { "Where" }
                dd { code { (place(finding)) }
                    @if let Some(layer) = &finding.location.layer {
                        br; span.muted { "layer " (layer.index + 1) }
                        @if let Some(line) = &layer.created_by { ": " code { (visible(line)) } }
                    } }
                @if !finding.aliases.is_empty() { dt { "Also" } dd { (one_line(&finding.aliases.join(", "))) } }
                @if let Some(published) = &finding.published { dt { "Published" } dd { (one_line(published)) } }
                @if !finding.sources.is_empty() { dt { "Says who" } dd { (one_line(&finding.sources.join(", "))) } }
                @if !finding.references.is_empty() {
                    dt { "Read more" }
                    dd { ul { @for reference in &finding.references { li { (link(reference)) } } } }
                }
            }
        }
    }
}

fn place(finding: &Finding) -> String {
    let path = one_line(&finding.location.path);
    match finding.position {
        Some(at) => format!("{path}:{}:{}", at.line, at.column),
        None => path.into_owned(),
    }
}

/// Only web addresses become links.
fn link(reference: &str) -> Markup {
    html! {
        @if is_link(reference) {
            a href=(reference) rel="noopener noreferrer nofollow" { (reference) }
        } @else {
            bdi { (one_line(reference)) }
        }
    }
}

fn badge(severity: Severity) -> Markup {
    html! { span.badge.(severity) { (severity) } }
}

fn inventory(packages: &[Package]) -> Markup {
    html! {
        section aria-labelledby="inventory" {
            h2 id="inventory" { "Inventory" span.count { (packages.len()) } }
            @if !packages.is_empty() {
                details.inventory {
                    summary { "All packages" }
                    div.scroll {
                        table {
                            thead { tr { th { "Package" } th { "Version" } th { "Kind" } th { "Licences" } th { "Where" } } }
                            tbody {
                                @for package in packages {
                                    tr {
                                        td { bdi { (one_line(&package.name)) } }
                                        td { code { (one_line(&package.version)) } }
                                        td { (package.kind) }
                                        td { bdi { (one_line(&package.licences.join(", "))) } }
                                        td { code { (one_line(&package.location.path)) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn footer(report: &Report) -> Markup {
    html! {
        footer {
            @if let Some(database) = &report.database {
                p { (database.advisories) " advisories from " bdi { (one_line(&database.source)) } ", compiled "
                    (one_line(&database.built_at)) ", newest of " (one_line(&database.newest_advisory)) }
            } @else {
                p { "No advisories were asked." }
            }
            p { "Seawall " (VERSION) }
        }
    }
}
