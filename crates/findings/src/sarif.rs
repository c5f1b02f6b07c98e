//! Another tool's SARIF 2.1.0 as a report: Snyk, CodeQL, Trivy, Semgrep and whatever else writes it.

mod kind;
mod text;

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{Finding, Location, MAX_REPORT_BYTES, Position, ReadError, Report, Subject, Suppression};

/// Most results that are taken.
const MAX_RESULTS: usize = 1_000_000;

#[derive(Deserialize)]
struct Log {
    version: Option<String>,
    runs: Option<Vec<Run>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    #[serde(default)]
    results: Option<Vec<Outcome>>,
    #[serde(default)]
    invocations: Option<Vec<Invocation>>,
}

#[derive(Deserialize)]
struct Tool {
    driver: Component,
    #[serde(default)]
    extensions: Vec<Component>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    name: String,
    version: Option<String>,
    semantic_version: Option<String>,
    #[serde(default)]
    rules: Vec<Rule>,
}

/// A reportingDescriptor (section 3.49).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    id: String,
    short_description: Option<Message>,
    full_description: Option<Message>,
    help: Option<Message>,
    help_uri: Option<String>,
    default_configuration: Option<Configuration>,
    #[serde(default)]
    properties: Value,
}

#[derive(Deserialize)]
struct Configuration {
    level: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    end_time_utc: Option<String>,
    execution_successful: Option<bool>,
}

/// A result (section 3.27).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    rule: Option<RuleReference>,
    kind: Option<String>,
    level: Option<String>,
    message: Option<Message>,
    #[serde(default)]
    locations: Vec<Place>,
    baseline_state: Option<String>,
    #[serde(default)]
    suppressions: Option<Vec<Suppressed>>,
    #[serde(default)]
    properties: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleReference {
    id: Option<String>,
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    physical_location: Option<Physical>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Option<Artifact>,
    region: Option<Region>,
}

#[derive(Deserialize)]
struct Artifact {
    uri: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<usize>,
    start_column: Option<usize>,
}

#[derive(Deserialize)]
struct Suppressed {
    status: Option<String>,
    justification: Option<String>,
}

impl Report {
    /// Reads another tool's SARIF log about `subject`. `now` (RFC 3339) stands where the log has no time. Results that
    /// are no failure (`kind` pass, open …) or no longer there (`baselineState` absent) are left out. Snippets are not
    /// read: they may hold a secret.
    pub fn read_sarif(bytes: &[u8], subject: Subject, now: &str) -> Result<Self, ReadError> {
        if bytes.len() as u64 > MAX_REPORT_BYTES {
            return Err(ReadError::TooLarge);
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.trim_ascii_start().first() == Some(&b'[') {
            return Err(ReadError::Sarif("it is a JSON array".into()));
        }
        let log: Log = serde_json::from_slice(bytes).map_err(|error| ReadError::Sarif(error.to_string()))?;
        let Some(runs) = log.runs else {
            return Err(ReadError::Sarif("it has no `runs`".into()));
        };
        match log.version.as_deref() {
            Some("2.1.0") => {}
            other => {
                let said = other.unwrap_or("none");
                return Err(ReadError::Sarif(format!("its version is `{said}`, and 2.1.0 is read")));
            }
        }
        let mut report = Self {
            schema: 1,
            subject,
            scanned_at: now.to_owned(),
            distribution: None,
            database: None,
            looked_for: Vec::new(),
            findings: Vec::new(),
            packages: Vec::new(),
            problems: Vec::new(),
        };
        for run in &runs {
            read_run(run, &mut report);
        }
        report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let mut kinds: Vec<_> = report.findings.iter().map(|finding| finding.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        report.looked_for = kinds;
        Ok(report)
    }
}

fn read_run(run: &Run, report: &mut Report) {
    let driver = &run.tool.driver;
    let version = driver.semantic_version.as_ref().or(driver.version.as_ref());
    let tool = version.map_or_else(|| driver.name.clone(), |version| format!("{} {version}", driver.name));
    let tool = text::one(&tool, 100);
    for invocation in run.invocations.iter().flatten() {
        if let Some(time) =
            invocation.end_time_utc.as_ref().filter(|time| time.parse::<jiff::Timestamp>().is_ok())
        {
            report.scanned_at.clone_from(time);
        }
        if invocation.execution_successful == Some(false) {
            report
                .problems
                .push(format!("{tool} says that it did not end well: its results may be incomplete"));
        }
    }
    let components = std::iter::once(driver).chain(&run.tool.extensions);
    let by_id: HashMap<&str, &Rule> =
        components.flat_map(|part| &part.rules).map(|rule| (rule.id.as_str(), rule)).collect();
    let results = run.results.as_deref().unwrap_or_default();
    if run.results.is_none() {
        report.problems.push(format!("{tool} gives no results, not even none: it may not have looked"));
    }
    for outcome in results {
        if report.findings.len() == MAX_RESULTS {
            report.problems.push(format!("more than {MAX_RESULTS} results: the others were left out"));
            break;
        }
        report.findings.extend(finding(outcome, driver, &by_id, &tool));
    }
}

fn finding(
    outcome: &Outcome,
    driver: &Component,
    by_id: &HashMap<&str, &Rule>,
    tool: &str,
) -> Option<Finding> {
    if outcome.kind.as_deref().is_some_and(|kind| kind != "fail")
        || outcome.baseline_state.as_deref() == Some("absent")
    {
        return None;
    }
    let reference = outcome.rule.as_ref();
    let index = outcome.rule_index.or(reference.and_then(|rule| rule.index));
    let named = outcome.rule_id.as_deref().or(reference.and_then(|rule| rule.id.as_deref()));
    let by_index =
        index.and_then(|index| usize::try_from(index).ok()).and_then(|index| driver.rules.get(index));
    // `id/detail` names a rule by its part before the slash (section 3.27.5).
    let rule = named
        .and_then(|id| by_id.get(id).copied().or_else(|| by_id.get(id.rsplit_once('/')?.0).copied()))
        .or(by_index);
    let id = text::one(named.or(rule.map(|rule| rule.id.as_str()))?, 200);
    let said = outcome.message.as_ref().and_then(|message| message.text.as_deref()).unwrap_or_default();
    let title = [
        rule.and_then(|rule| rule.short_description.as_ref()),
        rule.and_then(|rule| rule.full_description.as_ref()),
        outcome.message.as_ref(),
    ]
    .into_iter()
    .flatten()
    .find_map(|message| message.text.as_deref().filter(|text| !text.trim().is_empty()));
    let kind = kind::kind(&id, rule, said);
    let level = outcome
        .level
        .as_deref()
        .or(rule.and_then(|rule| rule.default_configuration.as_ref()?.level.as_deref()));
    let severity = kind::severity(rule.map(|rule| &rule.properties), &outcome.properties, level);
    let physical = outcome.locations.first().and_then(|place| place.physical_location.as_ref());
    let path =
        physical.and_then(|place| place.artifact_location.as_ref()?.uri.as_deref()).unwrap_or_default();
    let position = physical.and_then(|place| place.region.as_ref()).and_then(|region| {
        Some(Position { line: region.start_line?, column: region.start_column.unwrap_or(1) })
    });
    let package = text::package(said);
    let help = rule.and_then(|rule| rule.help.as_ref()?.text.as_deref()).unwrap_or_default();
    let suppressed = outcome
        .suppressions
        .iter()
        .flatten()
        .find(|one| one.status.as_deref().is_none_or(|status| status == "accepted"));
    let fixed = package.as_ref().map(|(_, fixed)| fixed.clone()).unwrap_or_default();
    Some(Finding {
        aliases: kind::aliases(&id, rule),
        location: Location { path: text::one(&text::path(path), 4096), layer: None },
        position: position.filter(|position| position.line > 0),
        package: package.map(|(package, _)| package),
        remedy: text::one(help.lines().find(|line| !line.trim().is_empty()).unwrap_or_default(), 500),
        fixed,
        references: rule
            .and_then(|rule| rule.help_uri.clone())
            .into_iter()
            .map(|link| text::one(&link, 2000))
            .collect(),
        sources: vec![tool.to_owned()],
        suppressed: suppressed.map(|one| Suppression {
            by: tool.to_owned(),
            reason: text::one(one.justification.as_deref().unwrap_or("none given"), 500),
            owner: String::new(),
            until: None,
        }),
        ..Finding::new(kind, id, severity, text::one(title.unwrap_or_default(), 500))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FindingKind, Severity};

    const LOG: &str = r#"{"version": "2.1.0", "runs": [
      {"tool": {"driver": {"name": "Trivy", "version": "0.74.0", "rules": [
          {"id": "CVE-2026-0001", "shortDescription": {"text": "openssl: overflow"}, "helpUri": "https://avd.internal/1",
           "properties": {"security-severity": "9.8", "tags": ["vulnerability", "security", "CRITICAL"]}},
          {"id": "github-pat", "properties": {"tags": ["secret"]}}]}},
       "invocations": [{"executionSuccessful": true, "endTimeUtc": "2026-11-01T10:00:00Z"}],
       "results": [
         {"ruleId": "CVE-2026-0001", "ruleIndex": 0, "level": "error",
          "message": {"text": "Package: libssl3\nInstalled Version: 3.0.1\nVulnerability CVE-2026-0001\nSeverity: CRITICAL\nFixed Version: 3.0.2\nLink: x"},
          "locations": [{"physicalLocation": {"artifactLocation": {"uri": "shop"}, "region": {"startLine": 1}}}]},
         {"ruleIndex": 1, "level": "error", "message": {"text": "Match: ***"},
          "locations": [{"physicalLocation": {"artifactLocation": {"uri": "file:///app/.env", "uriBaseId": "ROOT"}, "region": {"startLine": 3, "startColumn": 4, "snippet": {"text": "TOKEN=abc"}}}}]},
         {"ruleId": "x", "kind": "pass", "message": {"text": ""}}]},
      {"tool": {"driver": {"name": "CodeQL", "rules": []}, "extensions": [{"name": "java", "rules": [
          {"id": "java/sqli", "shortDescription": {"text": "SQL injection"}, "defaultConfiguration": {"level": "warning"},
           "properties": {"tags": ["security", "external/cwe/cwe-089"], "security-severity": "8.8"}}]}]},
       "results": [
         {"ruleId": "java/sqli", "rule": {"id": "java/sqli", "index": 0}, "message": {"text": "This query"}, "suppressions": [{"kind": "inSource", "justification": "tested"}],
          "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/A.java"}, "region": {"startLine": 9}}}]},
         {"ruleId": "unknown/rule", "message": {"text": "a note"}, "level": "note"}]}]}"#;

    #[test]
    fn what_tools_write_is_read() {
        let subject = Subject::Directory { path: ".".into() };
        let report = Report::read_sarif(LOG.as_bytes(), subject, "2026-11-24T10:00:00Z").unwrap();
        let rows: Vec<_> = report
            .findings
            .iter()
            .map(|f| (f.id.as_str(), f.kind, f.severity, f.location.path.as_str()))
            .collect();
        assert_eq!(
            rows,
            [
                ("CVE-2026-0001", FindingKind::Vulnerability, Severity::Critical, "shop"),
                ("github-pat", FindingKind::Secret, Severity::High, "app/.env"),
                ("java/sqli", FindingKind::Misconfiguration, Severity::High, "src/A.java"),
                ("unknown/rule", FindingKind::Misconfiguration, Severity::Low, ""),
            ]
        );
        let package = report.findings[0].package.as_ref().unwrap();
        assert_eq!((package.name.as_str(), package.version.as_str()), ("libssl3", "3.0.1"));
        assert_eq!(report.findings[0].fixed, ["3.0.2"]);
        assert_eq!(report.findings[0].sources, ["Trivy 0.74.0"]);
        assert_eq!(report.findings[2].suppressed.as_ref().unwrap().reason, "tested");
        assert_eq!(report.scanned_at, "2026-11-01T10:00:00Z");
        assert!(!format!("{report:?}").contains("TOKEN=abc"));
    }

    #[test]
    fn what_is_no_sarif_says_so() {
        let told = |text: &str| {
            let subject = Subject::Directory { path: ".".into() };
            Report::read_sarif(text.as_bytes(), subject, "").unwrap_err().to_string()
        };
        for text in
            ["", "[]", "{}", "{\"runs\": []}", "{\"version\": \"2.0.0\", \"runs\": []}", "{\"version\": 1}"]
        {
            assert!(told(text).starts_with("it is not a SARIF 2.1.0 log"), "{}", told(text));
        }
    }

    #[test]
    fn what_is_damaged_is_refused_or_read() {
        let subject = || Subject::Directory { path: ".".into() };
        for at in 0..LOG.len() {
            let _ = Report::read_sarif(&LOG.as_bytes()[..at], subject(), "");
            let mut bytes = LOG.as_bytes().to_vec();
            bytes[at] = b"0]}\"-,"[at % 6];
            if let Ok(report) = Report::read_sarif(&bytes, subject(), "2026-11-24T10:00:00Z") {
                assert!(report.findings.len() <= 5);
            }
        }
        let deep = format!("{{\"version\":\"2.1.0\",\"runs\":{}", "[".repeat(200_000));
        assert!(Report::read_sarif(deep.as_bytes(), subject(), "").is_err());
    }

    #[test]
    fn our_own_is_read_back() {
        let subject = Subject::Directory { path: ".".into() };
        let report = Report::read_sarif(LOG.as_bytes(), subject.clone(), "2026-11-24T10:00:00Z").unwrap();
        let written = (crate::forms::form("sarif").unwrap().write)(&report).unwrap();
        let again = Report::read_sarif(written.as_bytes(), subject, "2026-11-24T10:00:00Z").unwrap();
        let ids =
            |report: &Report| report.findings.iter().map(|f| (f.id.clone(), f.severity)).collect::<Vec<_>>();
        assert_eq!(ids(&again), ids(&report));
    }
}
