//! `seawall verify`.

use seawall_image::Reference;
use seawall_ledger::Kind;
use seawall_signing::{Expected, SigningError, verify_attestations, verify_signature};
use serde_json::{Value, json};

use super::{attest, key};
use crate::cli::{Format, Verify};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::stored;

/// Any of the keys will do. What holds becomes evidence.
pub(crate) async fn run(context: &Context, arguments: Verify) -> Result<()> {
    let keys = arguments
        .key
        .iter()
        .map(|path| Ok((path.display().to_string(), key::read_public(path)?)))
        .collect::<Result<Vec<_>>>()?;
    let registry = context.registry();
    let reference: Reference = arguments.reference.parse()?;
    let digest = registry.resolve(&reference).await?;
    let stored = stored::fetch(&registry, &reference, &digest).await?;

    let mut refusals: Vec<SigningError> = Vec::new();
    let mut held: Vec<(String, Value)> = Vec::new();
    for (name, key) in &keys {
        let result = match arguments.attestation {
            None => verify_signature(&stored, &digest, key, &Expected::default())
                .map(|verified| vec![json!({"signature": verified, "keyFile": name})]),
            Some(kind) => {
                verify_attestations(&stored, &digest, key, Some(attest::type_of(kind).1)).map(|verified| {
                    verified
                        .iter()
                        .map(|one| {
                            json!({"attestation": {
                                "predicateType": one.predicate_type,
                                "timestamp": one.timestamp,
                                "key": one.key,
                                "format": one.format,
                                "blob": one.blob,
                            }, "keyFile": name})
                        })
                        .collect()
                })
            }
        };
        match result {
            Ok(found) => held.extend(found.into_iter().map(|value| (name.clone(), value))),
            Err(error) => refusals.push(error),
        }
    }
    let what = arguments.attestation.map_or("signature", |kind| attest::type_of(kind).0);
    if held.is_empty() {
        let mut failure =
            Failure::denied(format!("{}@{digest}: no {what} by the given key", reference.name()));
        for refusal in refusals {
            failure = failure.hint(refusal.to_string());
        }
        return Err(failure);
    }
    let names: Vec<&str> = held.iter().map(|(name, _)| name.as_str()).collect();
    let evidence: Vec<&Value> = held.iter().map(|(_, value)| value).collect();
    context
        .record(
            Kind::Verified,
            &digest,
            format!("{what} verified with {}", names.join(", ")),
            json!({"reference": reference.to_string(), "verified": evidence}),
        )
        .await?;
    let text = match arguments.format {
        Format::Json => {
            serde_json::to_string_pretty(&json!({"digest": digest, "verified": evidence})).or_unfinished()?
        }
        Format::Text => {
            let lines: Vec<String> = held
                .iter()
                .map(|(name, value)| {
                    let one = value.get("signature").or_else(|| value.get("attestation")).unwrap_or(value);
                    let format = one["format"].as_str().unwrap_or_default();
                    format!("  {what} by {name} ({format})")
                })
                .collect();
            format!("{}@{digest}\n{}", reference.name(), lines.join("\n"))
        }
    };
    context.printer.result(&text);
    Ok(())
}
