//! The specification's own examples, and trivy's case.

use std::path::Path;

use seawall_findings::PackageType;
use seawall_vex::{apply, read};

use crate::support::{finding, report};

fn shared(path: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/judges").join(path);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("skipped: {} is not there", path.display());
    }
    text
}

/// Every JSON block of the specification that is a whole document.
#[test]
fn the_examples_of_the_specification() {
    let mut documents = 0;
    for file in ["OPENVEX-SPEC.md", "README.md", "ATTESTING.md"] {
        let Some(text) = shared(&format!("openvex-spec/{file}")) else { return };
        for block in text.split("```json").skip(1) {
            let block = block.split("```").next().unwrap();
            if serde_json::from_str::<serde_json::Value>(block).is_ok() && block.contains("\"statements\"") {
                let document = read(block.as_bytes(), file).unwrap();
                assert!(!document.statements.is_empty(), "{block}");
                documents += 1;
            }
        }
    }
    assert!(documents >= 3, "{documents}");
}

/// `gomod-vex` of trivy-integration: of its findings the one of opa is not there, as its repository of VEX documents says
/// that it is not affected. That repository is not among the fixtures: this document says the same.
#[test]
fn trivy() {
    let Some(golden) = shared("trivy-integration/gomod-vex.json.golden") else { return };
    let Some(all) = shared("trivy-integration/gomod.json.golden") else { return };
    let ids = |text: &str| -> Vec<(String, String)> {
        let report: serde_json::Value = serde_json::from_str(text).unwrap();
        let results = report["Results"].as_array().unwrap().iter();
        let rows = results.flat_map(|result| result["Vulnerabilities"].as_array().into_iter().flatten());
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let mut rows: Vec<_> =
            rows.map(|row| (text(&row["VulnerabilityID"]), text(&row["PkgIdentifier"]["PURL"]))).collect();
        rows.sort();
        rows
    };
    let mut report = report();
    report.findings = ids(&all).iter().map(|(id, purl)| finding(id, PackageType::Golang, purl)).collect();
    let document = r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/opa","author":"opa","timestamp":"2024-01-01T00:00:00Z","version":1,
        "statements":[{"vulnerability":{"name":"CVE-2022-23628"},"products":[{"@id":"pkg:golang/github.com/open-policy-agent/opa"}],"status":"not_affected","justification":"vulnerable_code_not_in_execute_path"}]}"#;
    apply(&mut report, &[read(document.as_bytes(), "opa").unwrap()]);
    let left = report.findings.iter().filter(|finding| finding.suppressed.is_none());
    let left: Vec<(String, String)> =
        left.map(|f| (f.id.clone(), f.package.as_ref().unwrap().purl.clone())).collect();
    assert_eq!(left, ids(&golden));
}
