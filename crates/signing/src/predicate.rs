//! Predicates: the sorts of claims, and the two that a scan makes.

use seawall_findings::DatabaseInfo;
use serde_json::{Value, json};

use crate::SigningError;

/// A plain signature, since cosign 3.
pub const SIGN: &str = "https://sigstore.dev/cosign/sign/v1";
/// A CycloneDX document.
pub const CYCLONEDX: &str = "https://cyclonedx.org/bom";
/// An SPDX document.
pub const SPDX: &str = "https://spdx.dev/Document";
/// A scan result in cosign's own form (cosign `COSIGN_VULN_ATTESTATION_SPEC`).
pub const VULN: &str = "https://cosign.sigstore.dev/attestation/vuln/v1";
/// SLSA provenance, as most tools wrote it until 2024.
pub const SLSA_V0_2: &str = "https://slsa.dev/provenance/v0.2";
/// SLSA provenance.
pub const SLSA_V1: &str = "https://slsa.dev/provenance/v1";
/// An OpenVEX document.
pub const OPENVEX: &str = "https://openvex.dev/ns";
/// Anything else, wrapped by cosign.
pub const CUSTOM: &str = "https://cosign.sigstore.dev/attestation/v1";

/// The names that cosign's `--type` knows. Any other text with a scheme is itself the type.
const NAMES: [(&str, &str); 10] = [
    ("cyclonedx", CYCLONEDX),
    ("vuln", VULN),
    ("spdx", SPDX),
    ("spdxjson", SPDX),
    ("custom", CUSTOM),
    ("slsaprovenance", SLSA_V0_2),
    ("slsaprovenance02", SLSA_V0_2),
    ("slsaprovenance1", SLSA_V1),
    ("openvex", OPENVEX),
    ("link", "https://in-toto.io/Link/v1"),
];

/// The predicate type of a short name (`vuln`), or the URI itself.
pub fn type_of(name: &str) -> Result<String, SigningError> {
    if let Some((_, uri)) = NAMES.iter().find(|(n, _)| *n == name) {
        return Ok((*uri).to_owned());
    }
    if name.contains(':') {
        return Ok(name.to_owned());
    }
    let known: Vec<_> = NAMES.iter().map(|(n, _)| *n).collect();
    let reason = format!("`{name}` is neither one of {} nor a URI", known.join(", "));
    Err(SigningError::Document { what: "the predicate type", reason })
}

/// The predicate of a CycloneDX attestation: the document itself. Another document is refused.
pub fn cyclonedx(document: Value) -> Result<Value, SigningError> {
    if document["bomFormat"] == "CycloneDX" && document["specVersion"].is_string() {
        return Ok(document);
    }
    let reason = "`bomFormat` is not `CycloneDX`, or `specVersion` is missing".to_owned();
    Err(SigningError::Document { what: "the CycloneDX document", reason })
}

/// The predicate that a file is, by cosign's rules for its type: a document of that kind, or for [`CUSTOM`] any text, with
/// the time. `now` is RFC 3339.
pub fn of_file(kind: &str, bytes: &[u8], now: &str) -> Result<Value, SigningError> {
    const WHAT: &str = "the document to attest";
    if kind == CUSTOM {
        let text = std::str::from_utf8(bytes)
            .map_err(|e| SigningError::Document { what: WHAT, reason: format!("it is no text: {e}") })?;
        return Ok(json!({"Data": text, "Timestamp": now}));
    }
    // SPDX is also written as plain text.
    if kind == SPDX && bytes.trim_ascii_start().starts_with(b"SPDXVersion:") {
        return Ok(Value::String(String::from_utf8_lossy(bytes).into_owned()));
    }
    let value: Value = crate::json::read(WHAT, bytes)?;
    let right = match kind {
        CYCLONEDX => return cyclonedx(value),
        SPDX => {
            value["spdxVersion"].as_str().is_some_and(|v| v.starts_with("SPDX-"))
                || value["@context"].is_string()
        }
        SLSA_V1 => value["buildDefinition"].is_object() && value["runDetails"].is_object(),
        SLSA_V0_2 => value["builder"].is_object() && value["buildType"].is_string(),
        OPENVEX => {
            value["@context"].as_str().is_some_and(|c| c.contains("openvex"))
                && value["statements"].is_array()
        }
        VULN => value["scanner"].is_object(),
        _ => value.is_object(),
    };
    if right {
        return Ok(value);
    }
    Err(SigningError::Document { what: WHAT, reason: format!("it is no predicate of type {kind}") })
}

/// One scan, for [`vuln`].
#[derive(Clone, Debug, Default)]
pub struct Scan<'a> {
    /// Who scanned (`https://seawall.dev`, `pkg:…`).
    pub scanner: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The advisory database that was used.
    pub database: Option<&'a DatabaseInfo>,
    /// RFC 3339.
    pub started: &'a str,
    /// RFC 3339.
    pub finished: &'a str,
    /// Address of the run that scanned (a CI job), where there is one.
    pub invocation: &'a str,
    /// Who ran it (`https://ci.example.com`), where it is known.
    pub builder: &'a str,
    /// The event that started it (a pipeline id), where there is one.
    pub event: &'a str,
}

/// The predicate of a scan result: cosign's `vuln`, with any JSON as the result.
pub fn vuln(scan: &Scan<'_>, result: &Value) -> Value {
    let database = scan.database.map_or_else(
        || json!({"uri": "", "version": ""}),
        |db| json!({"uri": db.source, "version": db.built_at, "lastUpdate": db.newest_advisory}),
    );
    json!({
        "invocation": {
            "parameters": null,
            "uri": scan.invocation,
            "event_id": scan.event,
            "builder.id": scan.builder,
        },
        "scanner": {"uri": scan.scanner, "version": scan.version, "db": database, "result": result},
        "metadata": {"scanStartedOn": scan.started, "scanFinishedOn": scan.finished},
    })
}

/// When a claim was made, as the claim itself says: a policy's `maxAge` counts from here. RFC 3339.
pub fn timestamp(predicate_type: &str, predicate: &Value) -> Option<String> {
    let pointers: &[&str] = match predicate_type {
        VULN => &["/metadata/scanFinishedOn", "/metadata/scanStartedOn"],
        CYCLONEDX => &["/metadata/timestamp"],
        SPDX => &["/creationInfo/created"],
        CUSTOM => &["/Timestamp"],
        _ => &["/runDetails/metadata/finishedOn", "/metadata/buildFinishedOn", "/timestamp"],
    };
    // Go writes a time that nobody set as the year one.
    let set = |text: &&str| !text.is_empty() && !text.starts_with("0001-");
    pointers.iter().find_map(|p| predicate.pointer(p)?.as_str().filter(set)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_uris_are_types() {
        assert_eq!(type_of("vuln").unwrap(), VULN);
        assert_eq!(type_of("https://example.com/x/v1").unwrap(), "https://example.com/x/v1");
        insta::assert_snapshot!(type_of("vulns").unwrap_err(), @"the predicate type cannot be read: `vulns` is neither one of cyclonedx, vuln, spdx, spdxjson, custom, slsaprovenance, slsaprovenance02, slsaprovenance1, openvex, link nor a URI");
    }

    #[test]
    fn a_scan_says_when_it_was_made() {
        let scan =
            Scan { started: "2026-11-24T10:00:00Z", finished: "2026-11-24T10:00:02Z", ..Scan::default() };
        let predicate = vuln(&scan, &json!({"findings": []}));
        assert_eq!(timestamp(VULN, &predicate).as_deref(), Some("2026-11-24T10:00:02Z"));
        let unset = json!({"metadata": {"scanFinishedOn": "0001-01-01T00:00:00Z"}});
        assert_eq!(timestamp(VULN, &unset), None);
        assert!(cyclonedx(json!({"bomFormat": "SPDX"})).is_err());
    }

    #[test]
    fn files_are_predicates_of_their_kind() {
        let now = "2026-11-24T10:00:00Z";
        let good = [
            (CYCLONEDX, r#"{"bomFormat":"CycloneDX","specVersion":"1.6"}"#),
            (SPDX, r#"{"spdxVersion":"SPDX-2.3"}"#),
            (SPDX, "SPDXVersion: SPDX-2.3\n"),
            (SLSA_V1, r#"{"buildDefinition":{},"runDetails":{}}"#),
            (SLSA_V0_2, r#"{"builder":{},"buildType":"x"}"#),
            (OPENVEX, r#"{"@context":"https://openvex.dev/ns/v0.2.0","statements":[]}"#),
            (VULN, r#"{"scanner":{}}"#),
            ("https://example.com/review/v1", "{}"),
            (CUSTOM, "not JSON"),
        ];
        for (kind, text) in good {
            of_file(kind, text.as_bytes(), now).unwrap();
            if kind != CUSTOM {
                assert!(of_file(kind, b"[]", now).is_err(), "{kind}");
                assert!(of_file(kind, br#"{"a":1,"a":2}"#, now).is_err(), "{kind}");
            }
        }
        let custom = of_file(CUSTOM, b"x", now).unwrap();
        assert_eq!((&custom["Data"], timestamp(CUSTOM, &custom).as_deref()), (&json!("x"), Some(now)));
    }
}
