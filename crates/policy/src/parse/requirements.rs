//! `spec.require`.

use jiff::{SignedDuration, Span};
use seawall_checks::yaml::Node;

use super::reader::{Fail, Mapping, list, tagged, text};
use crate::{AttestationRule, Requirement, SignatureRule};

/// cosign's short names (`cosign attest --type`) and the predicate types they stand for.
const TYPES: &[(&str, &str)] = &[
    ("vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"),
    ("cyclonedx", "https://cyclonedx.org/bom"),
    ("spdx", "https://spdx.dev/Document"),
    ("spdxjson", "https://spdx.dev/Document"),
    ("slsaprovenance", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance02", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance1", "https://slsa.dev/provenance/v1"),
    ("openvex", "https://openvex.dev/ns"),
    ("custom", "https://cosign.sigstore.dev/attestation/v1"),
];

pub(super) fn read(spec: &Mapping<'_>) -> Result<Vec<Requirement>, Fail> {
    list(spec, "require")?.iter().map(requirement).collect()
}

fn requirement(item: &Node) -> Result<Requirement, Fail> {
    let (kind, value) = tagged(item, "require", &["signature", "attestation", "digest"], &[])?;
    match kind {
        "signature" => {
            let map = Mapping::new(value, "signature", &["keys", "threshold"])?;
            let keys = map.keys()?;
            let threshold = map.count("threshold", 1)?.unwrap_or(1) as usize;
            if threshold > keys.len() {
                let problem = format!(
                    "{threshold} signatures by different keys are asked for, but `keys` names {}",
                    keys.len()
                );
                return Err(Fail::at(
                    map.at("threshold"),
                    crate::Wrong::Value { key: "threshold".into(), problem },
                ));
            }
            Ok(Requirement::Signature(SignatureRule { keys, threshold }))
        }
        "attestation" => {
            let map = Mapping::new(value, "attestation", &["type", "maxAge", "keys"])?;
            let kind = map.required_text("type", "a predicate type, such as `vuln`, `cyclonedx` or a URI")?;
            let predicate_type = match TYPES.iter().find(|(name, _)| *name == kind) {
                Some((_, uri)) => (*uri).to_owned(),
                None if kind.contains("://") => kind.clone(),
                None => {
                    let names: Vec<_> = TYPES.iter().map(|(name, _)| *name).collect();
                    let problem =
                        format!("`{kind}` is no predicate type: use a URI or one of {}", names.join(", "));
                    return Err(Fail::at(
                        map.at("type"),
                        crate::Wrong::Value { key: "type".into(), problem },
                    ));
                }
            };
            let max_age = map.get("maxAge").map(age).transpose()?;
            Ok(Requirement::Attestation(AttestationRule { kind, predicate_type, max_age, keys: map.keys()? }))
        }
        _ => match text(value, "digest")?.as_str() {
            "pinned" => Ok(Requirement::DigestPinned),
            other => {
                Err(Fail::value(value, "digest", format!("`{other}` is not known; write `digest: pinned`")))
            }
        },
    }
}

/// `30m`, `24h`, `7d`, `2w`, or several (`1d12h`).
fn age(node: &Node) -> Result<SignedDuration, Fail> {
    let text = text(node, "maxAge")?;
    text.parse::<Span>()
        .ok()
        .and_then(|span| span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok())
        .filter(SignedDuration::is_positive)
        .ok_or_else(|| Fail::value(node, "maxAge", format!("`{text}` is no duration; write `24h` or `7d`")))
}
