//! What is no document is refused, whatever the bytes are.

use proptest::prelude::*;
use seawall_vex::{apply, read};

use crate::support::report;

#[test]
fn refused_in_words() {
    for (bytes, words) in [
        ("", "no JSON document"),
        ("{}", "is no VEX document"),
        ("[]", "is no VEX document"),
        (r#"{"@context":"x"}"#, "is no OpenVEX document"),
        (r#"{"@context":"x","statements":[{"status":"maybe"}]}"#, "statement 1: `maybe` is no status"),
        (r#"{"document":7}"#, "is no CSAF document"),
        (r#"{"bomFormat":"CycloneDX","vulnerabilities":{}}"#, "is no CycloneDX document"),
    ] {
        let error = read(bytes.as_bytes(), "it").unwrap_err().to_string();
        assert!(error.contains(words), "{bytes}: {error}");
    }
    assert!(read("[".repeat(100_000).as_bytes(), "it").is_err());
    let deep = format!(
        r#"{{"document":{{}},"product_tree":{}1{}}}"#,
        r#"{"branches":["#.repeat(500),
        "]}".repeat(500)
    );
    assert!(read(deep.as_bytes(), "it").is_err());
}

#[test]
fn an_attestation_carries_its_document() {
    let text = r#"{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://openvex.dev/ns/v0.2.0","subject":[],
        "predicate":{"@context":"https://openvex.dev/ns/v0.2.0","@id":"a","author":"b","statements":[{"vulnerability":{"name":"CVE-1"},"status":"fixed"}]}}"#;
    assert_eq!(read(text.as_bytes(), "it").unwrap().statements.len(), 1);
}

const WORDS: [&str; 3] = [
    r#"{"@context":"x","@id":"a","author":"b","statements":[{"vulnerability":{"name":"CVE-2023-5363"},"products":[{"@id":"pkg:deb/debian/openssl","hashes":{"sha-256":"00"},"subcomponents":[]}],"status":"not_affected"}]}"#,
    r#"{"bomFormat":"CycloneDX","components":[{"bom-ref":"a","purl":"pkg:npm/lodash","hashes":[{"alg":"SHA-256","content":"00"}]}],"vulnerabilities":[{"id":"CVE-1","analysis":{"state":"resolved"},"affects":[{"ref":"a"}]}]}"#,
    r#"{"document":{"tracking":{"id":"x"}},"product_tree":{"branches":[{"product":{"product_id":"p","product_identification_helper":{"purl":"pkg:npm/lodash"}}}]},"vulnerabilities":[{"cve":"CVE-1","product_status":{"fixed":["p"]}}]}"#,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes, "it");
    }

    #[test]
    fn documents_with_changes(
        which in 0usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
    ) {
        let mut bytes = WORDS[which].as_bytes().to_vec();
        for (at, with) in changes {
            let at = at.index(bytes.len());
            bytes[at] = with;
        }
        if let Ok(document) = read(&bytes, "it") {
            apply(&mut report(), &[document]);
        }
    }
}
