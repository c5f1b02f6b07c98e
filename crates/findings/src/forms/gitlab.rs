//! GitLab's container scanning report, schema 15.0.7
//! (<https://gitlab.com/gitlab-org/security-products/security-report-schemas>).
//!
//! The format holds vulnerabilities of packages only. What is excepted is left out, because GitLab would count it;
//! the scan's messages say how many findings are not there, and what could not be read.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{FormError, VERSION};
use crate::fingerprint::fingerprint;
use crate::text::{cut, is_link, one_line, visible};
use crate::{Finding, FindingKind, Report, Severity, Subject};

/// Of the schema.
const SCHEMA: &str = "15.0.7";

/// Writes it.
pub(super) fn write(report: &Report) -> Result<String, FormError> {
    let time: Timestamp = report
        .scanned_at
        .parse()
        .map_err(|source| FormError::Time { time: report.scanned_at.clone(), source })?;
    let time = time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let vulnerabilities: Vec<Value> = report
        .findings
        .iter()
        .filter(|finding| finding.suppressed.is_none() && finding.kind == FindingKind::Vulnerability)
        .map(|finding| vulnerability(report, finding))
        .collect();
    let tool = json!({
        "id": "seawall",
        "name": "Seawall",
        "version": VERSION,
        "vendor": { "name": "Seawall" },
    });
    let document = json!({
        "version": SCHEMA,
        "scan": {
            "type": "container_scanning",
            "status": "success",
            // A report knows when the scan ended.
            "start_time": time,
            "end_time": time,
            "analyzer": tool,
            "scanner": tool,
            "messages": messages(report, vulnerabilities.len()),
        },
        "vulnerabilities": vulnerabilities,
        "remediations": [],
    });
    Ok(format!("{document:#}"))
}

fn messages(report: &Report, written: usize) -> Vec<Value> {
    let mut messages = vec![json!({ "level": "info", "value": format!("{}", report.summary()) })];
    let left_out = report.findings.len() - written;
    if left_out > 0 {
        let value = format!(
            "{left_out} findings are not in this report: they are excepted, or no vulnerabilities of packages"
        );
        messages.push(json!({ "level": "info", "value": value }));
    }
    let problems = report.problems.iter().filter(|problem| !problem.is_empty());
    messages.extend(problems.map(|problem| json!({ "level": "warn", "value": visible(problem) })));
    messages
}

fn vulnerability(report: &Report, finding: &Finding) -> Value {
    let (package, version) = match &finding.package {
        Some(package) => (package.name.as_str(), package.version.as_str()),
        None => (finding.location.path.as_str(), ""),
    };
    let title = one_line(&finding.title);
    let name = if title.is_empty() { one_line(&finding.id) } else { title };
    let image = match &report.subject {
        Subject::Image { reference, .. } => reference.clone(),
        other => other.to_string(),
    };
    let system = match &report.distribution {
        Some(distribution) => format!("{} {}", distribution.id, distribution.version),
        None => "unknown".into(),
    };
    let mut identifiers = vec![identifier(&finding.id)];
    identifiers.extend(finding.aliases.iter().map(|alias| identifier(alias)));
    let links: Vec<Value> =
        finding.references.iter().filter(|link| is_link(link)).map(|link| json!({ "url": link })).collect();
    let solution = if finding.remedy.is_empty() { "No fix is known." } else { finding.remedy.as_str() };
    json!({
        "id": id(report, finding),
        "name": cut(&name, 255),
        "description": cut(&visible(&finding.title), 1_048_576),
        "severity": severity(finding.severity),
        "solution": cut(&visible(solution), 7000),
        "identifiers": identifiers,
        "links": links,
        "location": {
            "dependency": { "package": { "name": one_line(package) }, "version": one_line(version) },
            "operating_system": non_empty(one_line(system.trim()).as_ref()),
            "image": non_empty(one_line(&image).as_ref()),
        },
        "details": details(finding),
    })
}

/// What GitLab shows below the description.
fn details(finding: &Finding) -> Value {
    let mut details = json!({
        "path": { "type": "text", "name": "File", "value": one_line(&finding.location.path) },
        "exploited": { "type": "value", "name": "Known to be exploited", "value": finding.exploited },
        "fixed": { "type": "text", "name": "Fixed in", "value": one_line(&finding.fixed.join(", ")) },
    });
    if let Some(layer) = finding.location.layer.as_ref().and_then(|layer| layer.created_by.as_deref()) {
        details["layer"] = json!({ "type": "code", "name": "Layer", "value": visible(layer) });
    }
    details
}

/// A UUID (RFC 9562, version 8) that is the same in the next scan.
fn id(report: &Report, finding: &Finding) -> String {
    let hash = fingerprint(&report.subject, finding);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

fn identifier(id: &str) -> Value {
    let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let (kind, url) = match id.split_once('-') {
        Some(("CVE", _)) => ("cve", Some(format!("https://www.cve.org/CVERecord?id={id}"))),
        Some(("GHSA", _)) => ("ghsa", Some(format!("https://github.com/advisories/{id}"))),
        _ => ("seawall", plain.then(|| format!("https://osv.dev/vulnerability/{id}"))),
    };
    let text = non_empty(one_line(id).as_ref());
    let mut identifier = json!({ "type": kind, "name": text, "value": text });
    if let Some(url) = url.filter(|_| plain) {
        identifier["url"] = json!(url);
    }
    identifier
}

fn non_empty(text: &str) -> String {
    if text.is_empty() { "unknown".into() } else { text.to_owned() }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Negligible => "Info",
        Severity::Unknown => "Unknown",
    }
}
