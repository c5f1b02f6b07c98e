//! What sort of thing a result is, and how bad, by what tools put into their rules' properties.

use serde_json::Value;

use super::Rule;
use crate::{FindingKind, Severity};

/// Most other names of one finding.
const MAX_ALIASES: usize = 20;

/// By the rule's tags, else by the look of its id. SARIF has no word for it.
pub(super) fn kind(id: &str, rule: Option<&Rule>, said: &str) -> FindingKind {
    let tags = rule.map(|rule| tags(&rule.properties)).unwrap_or_default();
    let tagged = |word: &str| tags.iter().any(|tag| tag == word);
    if tagged("secret") || tagged("secrets") || tagged("hardcoded-secret") || seems_secret(id) {
        FindingKind::Secret
    } else if tagged("license") || tagged("licence") {
        FindingKind::Licence
    } else if tagged("misconfiguration") {
        FindingKind::Misconfiguration
    } else if tagged("vulnerability")
        || ["CVE-", "GHSA-", "SNYK-", "OSV-", "RUSTSEC-", "GO-"].iter().any(|start| id.starts_with(start))
        || said.contains("Installed Version:")
        || said.contains("introduces a vulnerable")
    {
        FindingKind::Vulnerability
    } else {
        FindingKind::Misconfiguration
    }
}

fn seems_secret(id: &str) -> bool {
    let id = id.to_ascii_lowercase();
    ["hardcoded-secret", "hardcoded-credential", "detected-secret", "secrets.", "generic-api-key"]
        .iter()
        .any(|part| id.contains(part))
}

/// The score that GitHub reads (`security-severity`), Snyk's, a word among the tags; else the level.
pub(super) fn severity(rule: Option<&Value>, result: &Value, level: Option<&str>) -> Severity {
    let both = || [Some(result), rule].into_iter().flatten();
    for properties in both() {
        for key in ["security-severity", "cvssv3_baseScore", "cvssScore"] {
            let score = properties.get(key).and_then(|value| {
                value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
            });
            if let Some(score) = score.filter(|score| (0.0..=10.0).contains(score)) {
                return Severity::from_cvss(score);
            }
        }
    }
    for properties in both() {
        let word = properties.get("severity").and_then(Value::as_str).and_then(|word| word.parse().ok());
        let tagged = || tags(properties).iter().find_map(|tag| tag.parse::<Severity>().ok());
        if let Some(severity) = word.or_else(tagged) {
            return severity;
        }
    }
    match level {
        Some("error") => Severity::High,
        Some("note") => Severity::Low,
        Some("none") => Severity::Negligible,
        // The level that a result has without one (section 3.27.10).
        _ => Severity::Medium,
    }
}

/// CVEs, GHSAs and CWEs that the rule names.
pub(super) fn aliases(id: &str, rule: Option<&Rule>) -> Vec<String> {
    let Some(rule) = rule else { return Vec::new() };
    let mut found: Vec<String> = Vec::new();
    for tag in tags(&rule.properties) {
        let upper = tag.to_ascii_uppercase();
        let name = upper.rsplit('/').next().unwrap_or_default();
        if name.starts_with("CVE-") || name.starts_with("GHSA-") || name.starts_with("CWE-") {
            let name = name.split(':').next().unwrap_or(name);
            found.push(name.chars().take(40).collect());
        }
    }
    let texts = [&rule.short_description, &rule.full_description].into_iter().flatten();
    for text in texts.filter_map(|message| message.text.as_deref()) {
        for (at, _) in text.match_indices("CVE-") {
            let name: String = text
                .get(at..)
                .unwrap_or_default()
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                .take(24)
                .collect();
            if name.len() >= 13 {
                found.push(name);
            }
        }
    }
    found.retain(|name| name != id);
    found.sort_unstable();
    found.dedup();
    found.truncate(MAX_ALIASES);
    found
}

/// In lower case.
fn tags(properties: &Value) -> Vec<String> {
    let tags = properties.get("tags").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(Value::as_str).take(100).map(str::to_ascii_lowercase).collect()
}
