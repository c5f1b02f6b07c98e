//! OpenVEX out, and in again.

use std::path::Path;

use seawall_findings::{Report, Subject, Suppression};
use seawall_vex::{Claim, Origin, apply, openvex, read};

use crate::support::report;

const ORIGIN: Origin<'_> = Origin { author: "security@example.com", timestamp: "2026-11-24T10:00:00Z" };

fn excepted(reason: &str) -> Report {
    let mut report = report();
    report.findings[1].suppressed = Some(Suppression {
        by: "production".into(),
        reason: reason.into(),
        owner: "payments".into(),
        until: Some("2027-01-31".into()),
    });
    report
}

#[test]
fn it_holds_the_schema_and_says_the_same_when_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/judges/openvex-spec/openvex_json_schema.json");
    let schema = std::fs::read(&path).ok().map(|bytes| serde_json::from_slice(&bytes).unwrap());
    let validator =
        schema.map(|schema| jsonschema::options().should_validate_formats(true).build(&schema).unwrap());
    for reason in ["no untrusted template", "vulnerable_code_not_in_execute_path: never called"] {
        for claim in [Claim::NotAffected, Claim::Accepted] {
            for is_image in [true, false] {
                let mut report = excepted(reason);
                if !is_image {
                    report.subject = Subject::Directory { path: "shop".into() };
                }
                let document = openvex(&report, claim, &ORIGIN).unwrap();
                if let Some(validator) = &validator {
                    let errors: Vec<String> = validator
                        .iter_errors(&document)
                        .map(|e| format!("{}: {e}", e.instance_path()))
                        .collect();
                    assert!(errors.is_empty(), "{errors:?}");
                }
                report.findings[1].suppressed = None;
                let document = read(document.to_string().as_bytes(), "it").unwrap();
                let applied = apply(&mut report, &[document]);
                assert_eq!(
                    applied.suppressed,
                    usize::from(claim == Claim::NotAffected),
                    "{claim:?} {is_image}"
                );
            }
        }
    }
    assert!(openvex(&report(), Claim::NotAffected, &ORIGIN).is_err());
}

#[test]
fn as_people_read_it() {
    let document = openvex(&excepted("no untrusted template"), Claim::NotAffected, &ORIGIN).unwrap();
    insta::assert_json_snapshot!(document["statements"], @r#"
[
  {
    "impact_statement": "no untrusted template",
    "products": [
      {
        "@id": "pkg:oci/shop@sha256:abababababababababababababababababababababababababababababababab?repository_url=registry.example.com:5000%2Fteam%2Fshop",
        "hashes": {
          "sha-256": "abababababababababababababababababababababababababababababababab"
        },
        "subcomponents": [
          {
            "@id": "pkg:npm/lodash@4.17.15"
          }
        ]
      }
    ],
    "status": "not_affected",
    "timestamp": "2026-11-24T10:00:00Z",
    "vulnerability": {
      "aliases": [
        "GHSA-35jh-r3h4-6jhm"
      ],
      "name": "CVE-2021-23337"
    }
  }
]
"#);
    let document = openvex(&excepted("no untrusted template"), Claim::Accepted, &ORIGIN).unwrap();
    assert_eq!(
        document["statements"][0]["action_statement"],
        "accepted by payments until 2027-01-31: no untrusted template"
    );
}
