//! `spec.require`.

use jiff::{SignedDuration, Span};
use seawall_checks::yaml::Node;

use super::reader::{Fail, Mapping, list, tagged, text};
use crate::{AttestationRule, Identity, Pattern, Requirement, SignatureRule};
use seawall_expressions::Expression;

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
    let (kind, value) = tagged(item, "require", &["signature", "attestation", "digest"])?;
    match kind {
        "signature" => {
            let map = Mapping::new(value, "signature", &["keys", "identities", "threshold", "remember"])?;
            let identities = identities(&map)?;
            let keys = map.keys(!identities.is_empty())?;
            let signers = keys.len() + identities.len();
            let threshold = map.count("threshold", 1)?.unwrap_or(1) as usize;
            if threshold > signers {
                let problem = format!(
                    "{threshold} signatures by different keys are asked for, but `keys` names {signers}"
                );
                return Err(Fail::at(
                    map.at("threshold"),
                    crate::Wrong::Value { key: "threshold".into(), problem },
                ));
            }
            let remember = map.get("remember").map(|node| age(node, "remember")).transpose()?;
            Ok(Requirement::Signature(SignatureRule { keys, identities, threshold, remember }))
        }
        "attestation" => {
            let map = Mapping::new(
                value,
                "attestation",
                &["type", "maxAge", "remember", "keys", "identities", "cel"],
            )?;
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
            let identities = identities(&map)?;
            let max_age = map.get("maxAge").map(|node| age(node, "maxAge")).transpose()?;
            let condition = map.optional_text("cel")?.map(|text| {
                Expression::new(&text, &["predicate"]).map_err(|problem| {
                    Fail::at(map.at("cel"), crate::Wrong::Value { key: "cel".into(), problem })
                })
            });
            Ok(Requirement::Attestation(AttestationRule {
                kind,
                predicate_type,
                max_age,
                remember: map.get("remember").map(|node| age(node, "remember")).transpose()?,
                keys: map.keys(!identities.is_empty())?,
                identities,
                condition: condition.transpose()?,
            }))
        }
        _ => match text(value, "digest")?.as_str() {
            "pinned" => Ok(Requirement::DigestPinned),
            other => {
                Err(Fail::value(value, "digest", format!("`{other}` is not known; write `digest: pinned`")))
            }
        },
    }
}

fn identities(map: &Mapping<'_>) -> Result<Vec<Identity>, Fail> {
    list(map, "identities")?.iter().map(identity).collect()
}

/// Both halves must be said: a subject that anybody could vouch for is nobody's.
fn identity(item: &Node) -> Result<Identity, Fail> {
    let known = ["subject", "subjectRegExp", "issuer", "issuerRegExp", "trustedRoot", "private"];
    let map = Mapping::new(item, "the identity", &known)?;
    let pattern = |exact: &'static str, matches: &'static str, why: &'static str| {
        if map.get(matches).is_some() {
            return map.required_text(matches, why).map(Pattern::Matches);
        }
        map.required_text(exact, why).map(Pattern::Is)
    };
    Ok(Identity {
        subject: pattern("subject", "subjectRegExp", "whom the certificate names")?,
        issuer: pattern("issuer", "issuerRegExp", "who vouched for the subject: the OIDC issuer")?,
        trusted_root: map.required_text(
            "trustedRoot",
            "the Sigstore trusted root file that certificates are verified against",
        )?,
        private: map.boolean("private")?.unwrap_or(false),
    })
}

/// `30m`, `24h`, `7d`, `2w`, or several (`1d12h`).
fn age(node: &Node, key: &str) -> Result<SignedDuration, Fail> {
    let text = text(node, key)?;
    text.parse::<Span>()
        .ok()
        .and_then(|span| span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok())
        .filter(SignedDuration::is_positive)
        .ok_or_else(|| Fail::value(node, key, format!("`{text}` is no duration; write `24h` or `7d`")))
}
