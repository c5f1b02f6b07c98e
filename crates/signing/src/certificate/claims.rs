//! What Fulcio writes into a certificate (fulcio `docs/oid-info.md`): the issuer, and which workflow of which commit it was.

use std::collections::BTreeMap;

use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// The issuer as raw text, until 2023.
const OLD_ISSUER: &str = "1.3.6.1.4.1.57264.1.1";
/// The issuer as a DER text.
const ISSUER: &str = "1.3.6.1.4.1.57264.1.8";
/// More claims, all DER texts.
const NAMES: [(&str, &str); 14] = [
    ("1.3.6.1.4.1.57264.1.9", "build-signer-uri"),
    ("1.3.6.1.4.1.57264.1.10", "build-signer-digest"),
    ("1.3.6.1.4.1.57264.1.11", "runner-environment"),
    ("1.3.6.1.4.1.57264.1.12", "source-repository-uri"),
    ("1.3.6.1.4.1.57264.1.13", "source-repository-digest"),
    ("1.3.6.1.4.1.57264.1.14", "source-repository-ref"),
    ("1.3.6.1.4.1.57264.1.15", "source-repository-id"),
    ("1.3.6.1.4.1.57264.1.16", "source-repository-owner-uri"),
    ("1.3.6.1.4.1.57264.1.17", "source-repository-owner-id"),
    ("1.3.6.1.4.1.57264.1.18", "build-config-uri"),
    ("1.3.6.1.4.1.57264.1.19", "build-config-digest"),
    ("1.3.6.1.4.1.57264.1.20", "build-trigger"),
    ("1.3.6.1.4.1.57264.1.21", "run-uri"),
    ("1.3.6.1.4.1.57264.1.22", "visibility"),
];

/// The issuer and the other claims. The same extension twice is refused: two readers could see two issuers.
pub(super) fn read(certificate: &Certificate) -> Result<(Option<String>, BTreeMap<String, String>), String> {
    let (mut old, mut issuer) = (None, None);
    let mut claims = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for extension in certificate.tbs_certificate().extensions().into_iter().flatten() {
        if !seen.insert(extension.extn_id) {
            return Err(format!("the extension {} stands twice in it", extension.extn_id));
        }
        let oid = extension.extn_id.to_string();
        let value = extension.extn_value.as_bytes();
        let text = || String::from_der(value).map_err(|e| format!("the extension {oid} is no text: {e}"));
        if oid == OLD_ISSUER {
            let text = std::str::from_utf8(value).map_err(|_| format!("the extension {oid} is no text"))?;
            old = Some(text.to_owned());
        } else if oid == ISSUER {
            issuer = Some(text()?);
        } else if let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == oid) {
            claims.insert((*name).to_owned(), text()?);
        }
    }
    Ok((issuer.or(old), claims))
}
