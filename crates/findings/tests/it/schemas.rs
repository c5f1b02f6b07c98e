//! The forms held against their schemas.

use std::path::Path;

use jsonschema::Validator;
use seawall_findings::{Finding, Report, Severity};
use serde_json::{Value, json};

use crate::sample::{empty, nasty, written};

fn holds(validator: &Validator, document: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

fn read(path: &Path) -> Option<Value> {
    let Ok(bytes) = std::fs::read(path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    Some(serde_json::from_slice(&bytes).unwrap())
}

fn parsed(form: &str, report: &Report) -> Value {
    serde_json::from_str(&written(form, report)).unwrap()
}

#[test]
fn sarif_holds() {
    // Errata 01, which the form names as its `$schema`. The folder beside it is the draft before it, where a
    // suppression's `status` was still called `state`.
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/judges/sarif-schema/sarif-2.1/schema/sarif-schema-2.1.0.json");
    let Some(schema) = read(&path) else { return };
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    holds(&validator, &parsed("sarif", &nasty()));
    holds(&validator, &parsed("sarif", &empty()));
}

/// What GitHub wants beyond the schema ("SARIF support for code scanning").
#[test]
fn sarif_is_as_github_wants_it() {
    let log = parsed("sarif", &nasty());
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let mut fingerprints = std::collections::BTreeSet::new();
    for result in run["results"].as_array().unwrap() {
        let place = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[place]["id"], result["ruleId"]);
        let location = &result["locations"][0]["physicalLocation"];
        let uri = location["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.is_empty() && !uri.starts_with('/') && !uri.contains([':', ' ', '#', '?']), "{uri}");
        assert!(location["region"]["startLine"].as_u64().unwrap() >= 1);
        let fingerprint = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
        assert!(fingerprints.insert(fingerprint.to_owned()), "twice: {fingerprint}");
    }
    for rule in rules {
        assert!(!rule["help"]["text"].as_str().unwrap().is_empty());
        let score: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!((0.0..=10.0).contains(&score));
    }
}

/// An alert stays the same alert when the image has another tag and the package another version.
#[test]
fn fingerprints_last() {
    let of = |report: &Report| {
        let log = parsed("sarif", report);
        log["runs"][0]["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["partialFingerprints"].clone())
            .collect::<Vec<_>>()
    };
    let text = include_str!("nasty.json");
    let before = of(&nasty());
    let later = text
        .replace("shop:1.0", "shop:1.1")
        .replace("3.0.11-1~deb12u2", "3.0.11-1~deb12u1")
        .replace("\"line\": 21", "\"line\": 22");
    assert_eq!(of(&Report::read(later.as_bytes()).unwrap()), before);
}

#[test]
fn a_folder_is_relative_to_where_the_scan_began() {
    let mut report = nasty();
    report.subject = empty().subject;
    let log = parsed("sarif", &report);
    let uris: Vec<&str> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap())
        .collect();
    assert_eq!(uris[3], "services/shop/deploy/shop.yaml");
    assert_eq!(uris[6], "services/shop");
}

/// The limits of GitLab's schema 15.0.7 that a report could break: its patterns, lengths and words.
#[test]
fn gitlab_holds() {
    let text = |max: u64| json!({ "type": "string", "minLength": 1, "maxLength": max });
    let time = json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$" });
    let url = json!({ "type": "string", "pattern": "^(https?|ftp)://.+" });
    let tool = json!({ "type": "object", "required": ["id", "name", "version", "vendor"] });
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "required": ["scan", "version", "vulnerabilities"],
        "properties": {
            "version": { "const": "15.0.7" },
            "scan": {
                "type": "object",
                "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
                "properties": {
                    "start_time": time, "end_time": time, "analyzer": tool, "scanner": tool,
                    "status": { "enum": ["success", "failure"] },
                    "type": { "const": "container_scanning" },
                    "messages": { "items": { "required": ["level", "value"], "properties": {
                        "level": { "enum": ["info", "warn", "fatal"] }, "value": text(1_000_000) } } },
                },
            },
            "vulnerabilities": { "type": "array", "items": {
                "type": "object",
                "required": ["id", "identifiers", "location"],
                "properties": {
                    "id": { "type": "string", "format": "uuid" },
                    "name": text(255),
                    "description": { "type": "string", "maxLength": 1_048_576 },
                    "severity": { "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
                    "solution": text(7000),
                    "identifiers": { "type": "array", "minItems": 1, "items": {
                        "required": ["type", "name", "value"],
                        "properties": { "type": text(255), "name": text(255), "value": text(255), "url": url } } },
                    "links": { "type": "array", "items": { "required": ["url"], "properties": { "url": url } } },
                    "location": {
                        "type": "object",
                        "required": ["dependency", "operating_system", "image"],
                        "properties": {
                            "operating_system": text(255), "image": text(255),
                            "dependency": { "required": ["package", "version"],
                                "properties": { "package": { "required": ["name"] }, "version": { "type": "string" } } },
                        },
                    },
                },
            } },
        },
    });
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let document = parsed("gitlab", &nasty());
    holds(&validator, &document);
    holds(&validator, &parsed("gitlab", &empty()));
    assert_eq!(
        document["vulnerabilities"].as_array().unwrap().len(),
        3,
        "neither excepted nor of another kind"
    );
    assert_eq!(document["scan"]["end_time"], "2026-11-24T10:00:00", "in UTC");
}

fn published() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/report.schema.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_published_schema_holds() {
    let schema = published();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    holds(&validator, &parsed("json", &nasty()));
    holds(&validator, &parsed("json", &empty()));
    for (pointer, bad) in [
        ("/schema", json!(2)),
        ("/subject/digest", json!("sha256:0A")),
        ("/findings/0/severity", json!("severe")),
        ("/findings/0/kind", json!("opinion")),
        ("/findings/3/position/line", json!(0)),
        ("/packages/0/name", json!(null)),
        ("/scanned_at", json!("today")),
    ] {
        let mut document = parsed("json", &nasty());
        *document.pointer_mut(pointer).unwrap() = bad;
        assert!(!validator.is_valid(&document), "{pointer}");
    }
}

/// A field that a report has is a field that the schema describes, and what the schema requires is always there.
#[test]
fn the_published_schema_knows_every_field() {
    let mut schema = published();
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    holds(&validator, &parsed("json", &nasty()));
    let kinds = ["vulnerability", "misconfiguration", "secret", "hygiene", "licence"];
    for (index, severity) in Severity::ALL.into_iter().enumerate() {
        let mut report = nasty();
        let mut finding = serde_json::to_value(&report.findings[0]).unwrap();
        finding["kind"] = json!(kinds[index % kinds.len()]);
        let mut finding: Finding = serde_json::from_value(finding).unwrap();
        finding.severity = severity;
        report.findings = vec![finding];
        holds(&validator, &parsed("json", &report));
    }
}

/// Every object that names its fields allows no other.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.contains_key("properties") && fields.get("type") == Some(&json!("object")) {
                fields.insert("additionalProperties".into(), json!(false));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(close),
        _ => {}
    }
}
