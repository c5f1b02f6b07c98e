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
/// Anything else, wrapped by cosign.
pub const CUSTOM: &str = "https://cosign.sigstore.dev/attestation/v1";

/// The names that cosign's `--type` knows. Any other text with a scheme is itself the type.
const NAMES: [(&str, &str); 10] = [
    ("cyclonedx", CYCLONEDX),
    ("vuln", VULN),
    ("spdx", SPDX),
    ("spdxjson", SPDX),
    ("custom", CUSTOM),
    ("slsaprovenance", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance02", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance1", "https://slsa.dev/provenance/v1"),
    ("openvex", "https://openvex.dev/ns"),
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
}
