//! SARIF 2.1.0 (OASIS, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>) in the subset that GitHub
//! code scanning reads: a rule with help for each id, a physical location with a relative path for each result,
//! `security-severity` for the order, and fingerprints so that a finding stays the same alert from run to run.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{FormError, VERSION};
use crate::fingerprint::{fingerprint, hex, repository};
use crate::risk::impact;
use crate::text::{cut, is_link, one_line, visible};
use crate::{Finding, FindingKind, Report, Severity, Subject};

/// Writes it.
#[allow(clippy::unnecessary_wraps, reason = "the signature of every form")]
pub(super) fn write(report: &Report) -> Result<String, FormError> {
    let rules = Rules::of(report);
    let mut seen = HashMap::new();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(report, finding, rules.places[finding.id.as_str()], &mut seen))
        .collect();
    let notifications: Vec<Value> = report
        .problems
        .iter()
        .map(|problem| json!({ "level": "warning", "message": { "text": message(&visible(problem)) } }))
        .collect();
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Seawall",
                "semanticVersion": VERSION,
                "rules": rules.values,
            } },
            "automationDetails": { "id": format!("seawall/{}/", subject_name(&report.subject)) },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "endTimeUtc": report.scanned_at,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
            "properties": { "subject": report.subject },
        }],
    });
    Ok(format!("{document:#}"))
}

/// One rule for each id, in the order of the report.
struct Rules<'a> {
    values: Vec<Value>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    fn of(report: &'a Report) -> Self {
        let mut order: Vec<Vec<&Finding>> = Vec::new();
        let mut places = HashMap::new();
        for finding in &report.findings {
            let place = *places.entry(finding.id.as_str()).or_insert_with(|| {
                order.push(Vec::new());
                order.len() - 1
            });
            order[place].push(finding);
        }
        Self { values: order.iter().map(|findings| rule(findings)).collect(), places }
    }
}

fn rule(findings: &[&Finding]) -> Value {
    let Some(first) = findings.first() else { return Value::Null };
    let worst_one = findings.iter().max_by_key(|finding| (finding.severity, impact(finding)));
    let worst = worst_one.map(|finding| finding.severity).unwrap_or_default();
    let title = title(first);
    let mut tags = vec!["security".to_owned(), kind(first.kind).to_owned(), worst.to_string()];
    if findings.iter().any(|finding| finding.exploited) {
        tags.push("exploited".into());
    }
    let mut rule = json!({
        "id": first.id,
        "name": name(first.kind),
        // GitHub cuts these at 1024 characters.
        "shortDescription": { "text": cut(&title, 1024) },
        "fullDescription": { "text": cut(&title, 1024) },
        "help": { "text": help(first), "markdown": help_markdown(first) },
        "defaultConfiguration": { "level": level(worst) },
        "properties": {
            "tags": tags,
            "precision": "very-high",
            "problem.severity": level(worst),
            "security-severity": worst_one.map_or_else(|| "0.0".to_owned(), |finding| score(finding)),
        },
    });
    if let Some(link) = first.references.iter().find(|link| is_link(link)) {
        rule["helpUri"] = json!(link);
    }
    rule
}

/// The result's message, location and fingerprints. `seen` counts how often a fingerprint came already.
fn result(report: &Report, finding: &Finding, rule: usize, seen: &mut HashMap<String, usize>) -> Value {
    let hash = hex(&fingerprint(&report.subject, finding)[..16]);
    let count = seen.entry(hash.clone()).or_default();
    *count += 1;
    let mut location = json!({
        "artifactLocation": { "uri": uri(&path(&report.subject, finding)) },
        "region": match finding.position {
            Some(at) => json!({ "startLine": at.line.max(1), "startColumn": at.column.max(1) }),
            None => json!({ "startLine": 1 }),
        },
    });
    if finding.location.path.is_empty() {
        location["properties"] = json!({ "unknown": true });
    }
    let mut place = json!({ "physicalLocation": location });
    if let Some(package) = &finding.package {
        place["logicalLocations"] =
            json!([{ "name": package.name, "fullyQualifiedName": package.purl, "kind": "package" }]);
    }
    let mut text = String::new();
    if let Some(package) = &finding.package {
        let _ = write!(text, "{} {}: ", package.name, package.version);
    }
    let _ = write!(text, "{}. {}", title(finding).trim_end_matches('.'), finding.remedy);
    let mut result = json!({
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": { "text": message(&one_line(&text)) },
        "locations": [place],
        "partialFingerprints": {
            "primaryLocationLineHash": format!("{}:{count}", &hash[..16]),
            "seawallFinding/v1": format!("{hash}:{count}"),
        },
    });
    let mut properties = json!({ "severity": finding.severity, "fixed": finding.fixed });
    if !finding.aliases.is_empty() {
        properties["aliases"] = json!(finding.aliases);
    }
    if !finding.cvss.is_empty() {
        properties["cvss"] = json!(finding.cvss);
    }
    if let Some(epss) = &finding.epss {
        properties["epss"] = json!(epss);
    }
    if let Some(status) = &finding.status {
        properties["status"] = json!(status);
    }
    if let Some(risk) = finding.risk {
        properties["risk"] = json!(risk);
    }
    if let Some(layer) = &finding.location.layer {
        properties["layer"] = json!(layer);
    }
    result["properties"] = properties;
    if let Some(suppression) = &finding.suppressed {
        result["suppressions"] = json!([{
            "kind": "external",
            "status": "accepted",
            "justification": format!("{} ({}, {})", suppression.reason, suppression.owner, suppression.by),
        }]);
    }
    result
}

fn title(finding: &Finding) -> String {
    let title = one_line(&finding.title);
    if title.is_empty() { one_line(&finding.id).into_owned() } else { title.into_owned() }
}

fn help(finding: &Finding) -> String {
    let mut text = format!("{}\n\n{}", title(finding), visible(&finding.remedy));
    for link in &finding.references {
        let _ = write!(text, "\n{}", one_line(link));
    }
    text
}

fn help_markdown(finding: &Finding) -> String {
    let mut text = format!(
        "**{}**\n\n{}",
        super::markdown::escape(&title(finding)),
        super::markdown::escape(&finding.remedy)
    );
    for link in finding.references.iter().filter(|link| is_link(link)) {
        let _ = write!(text, "\n- <{link}>");
    }
    text
}

/// Square brackets would be an embedded link (SARIF section 3.11.6).
fn message(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// The file, as GitHub finds it in the repository: a folder's findings are relative to where the scan was started.
fn path(subject: &Subject, finding: &Finding) -> String {
    let path = finding.location.path.trim_start_matches('/');
    match subject {
        Subject::Directory { path: folder } if !folder.starts_with('/') && !folder.contains("..") => {
            let folder = folder.trim_start_matches("./").trim_end_matches('/');
            let parts = [folder, path].into_iter().filter(|part| !part.is_empty() && *part != ".");
            let joined = parts.collect::<Vec<_>>().join("/");
            if joined.is_empty() { ".".into() } else { joined }
        }
        _ if path.is_empty() => subject_name(subject),
        _ => path.to_owned(),
    }
}

fn subject_name(subject: &Subject) -> String {
    match subject {
        Subject::Image { reference, .. } => repository(reference).to_owned(),
        Subject::Directory { path } | Subject::Manifest { path } | Subject::Sbom { path } => {
            path.trim_start_matches('/').to_owned()
        }
        Subject::Repository { url, .. } => url.trim_start_matches('/').to_owned(),
        Subject::Workload { namespace, kind, name } => format!("{namespace}/{kind}/{name}"),
    }
}

/// A relative reference (RFC 3986, section 4.2): every octet that a path segment cannot hold as it is, encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/@+".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

fn kind(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Vulnerability => "vulnerability",
        FindingKind::Misconfiguration => "misconfiguration",
        FindingKind::Secret => "secret",
        FindingKind::Hygiene => "hygiene",
        FindingKind::Licence => "licence",
        FindingKind::Damaged => "damaged",
    }
}

fn name(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Vulnerability => "VulnerablePackage",
        FindingKind::Misconfiguration => "Misconfiguration",
        FindingKind::Secret => "Secret",
        FindingKind::Hygiene => "ImageHygiene",
        FindingKind::Licence => "Licence",
        FindingKind::Damaged => "DamagedFile",
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Negligible | Severity::Unknown => "note",
    }
}

/// The CVSS base score, kept in the range that GitHub gives the same word to as the report's severity: the word is the
/// publisher's, and a report keeps it. Without a score, a number in the middle of that range.
fn score(finding: &Finding) -> String {
    match (finding.severity, finding.cvss.is_empty()) {
        (Severity::Unknown, true) => "0.0".to_owned(),
        (Severity::High, true) => "8.0".to_owned(),
        _ => {
            let tenths = impact(finding);
            format!("{}.{}", tenths / 10, tenths % 10)
        }
    }
}
