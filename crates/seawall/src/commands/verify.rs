//! `seawall verify`.

use jiff::Timestamp;
use seawall_findings::Digest;
use seawall_image::Reference;
use seawall_ledger::Kind;
use seawall_signing::{
    Expected, Rejection, SigningError, Step, Stored, Trust, verify_attestations_by, verify_signature_by,
};
use serde_json::{Value, json};

use super::trusting::{Signers, explain, explain_rejected};
use crate::cli::{Format, Verify};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::stored;

/// Something that holds.
struct Held {
    /// As the user named the signer.
    name: String,
    /// The key, or the identity: what counts once.
    signer: String,
    format: &'static str,
    evidence: Value,
    steps: Vec<Step>,
}

/// As many different signers as asked for must have signed. What holds becomes evidence.
pub(crate) async fn run(context: &Context, arguments: Verify) -> Result<()> {
    let signers = Signers::read(&arguments.trusting).await?;
    let all = signers.all(Timestamp::now());
    if arguments.threshold == 0 || arguments.threshold > all.len() {
        return Err(Failure::usage(format!(
            "--threshold {} of {} different signers",
            arguments.threshold,
            all.len()
        ))
        .hint("it is at least 1, and at most as many as there are different keys and identities"));
    }
    let registry = context.registry();
    let reference: Reference = arguments.reference.parse()?;
    let digest = registry.resolve(&reference).await?;
    let stored = stored::fetch(&registry, &reference, &digest).await?;

    let (mut held, mut refusals, mut told): (Vec<Held>, Vec<SigningError>, Vec<String>) = Default::default();
    for (name, trust) in &all {
        match find(&arguments, &reference, &stored, &digest, name, trust) {
            Ok(found) => {
                told.extend(
                    found
                        .iter()
                        .map(|one| explain(&format!("  for {name}: {} holds", one.format), &one.steps)),
                );
                held.extend(found);
            }
            Err(error) => {
                if let Some(rejected) = rejected(&error) {
                    told.extend(explain_rejected(name, rejected));
                }
                refusals.push(error);
            }
        }
    }
    let mut signed: Vec<&str> = held.iter().map(|one| one.signer.as_str()).collect();
    signed.sort_unstable();
    signed.dedup();
    let what = arguments.attestation.as_ref().map_or("signature", |kind| kind.name.as_str());
    if signed.len() < arguments.threshold {
        if arguments.explain {
            context.printer.result(&format!("{}@{digest}\n{}", reference.name(), told.join("\n")));
        }
        return Err(refused(&arguments, &reference, &digest, what, signed.len(), refusals));
    }
    let names: Vec<&str> = held.iter().map(|one| one.name.as_str()).collect();
    let evidence: Vec<&Value> = held.iter().map(|one| &one.evidence).collect();
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
            let mut document = json!({"digest": digest, "verified": evidence});
            if arguments.explain {
                let steps: Vec<_> =
                    held.iter().map(|one| json!({"signer": one.name, "steps": one.steps})).collect();
                document["steps"] = json!(steps);
            }
            serde_json::to_string_pretty(&document).or_unfinished()?
        }
        Format::Text => {
            let lines: Vec<String> =
                held.iter().map(|one| format!("  {what} by {} ({})", one.name, one.format)).collect();
            let lines = if arguments.explain { told } else { lines };
            format!("{}@{digest}\n{}", reference.name(), lines.join("\n"))
        }
    };
    context.printer.result(&text);
    Ok(())
}

fn find(
    arguments: &Verify,
    reference: &Reference,
    stored: &[Stored],
    digest: &Digest,
    name: &str,
    trust: &Trust<'_>,
) -> Result<Vec<Held>, SigningError> {
    let Some(kind) = &arguments.attestation else {
        let repository = reference.name();
        let expected = Expected {
            repository: arguments.same_repository.then_some(repository.as_str()),
            annotations: arguments.annotation.iter().cloned().collect(),
        };
        let verified = verify_signature_by(stored, digest, trust, &expected)?;
        return Ok(vec![Held {
            name: name.to_owned(),
            signer: trust.to_string(),
            format: verified.format.name(),
            evidence: json!({"signature": verified, "signer": name}),
            steps: verified.steps,
        }]);
    };
    let all = verify_attestations_by(stored, digest, trust, Some(&kind.uri))?;
    Ok(all
        .into_iter()
        .map(|one| Held {
            name: name.to_owned(),
            signer: trust.to_string(),
            format: one.format.name(),
            evidence: json!({"attestation": {
                "predicateType": one.predicate_type,
                "timestamp": one.timestamp,
                "key": one.key,
                "certificate": one.certificate,
                "format": one.format,
                "blob": one.blob,
            }, "signer": name}),
            steps: one.steps,
        })
        .collect())
}

fn rejected(error: &SigningError) -> Option<&[Rejection]> {
    match error {
        SigningError::NoSignature { rejected, .. } | SigningError::NoAttestation { rejected, .. } => {
            Some(rejected)
        }
        _ => None,
    }
}

fn refused(
    arguments: &Verify,
    reference: &Reference,
    digest: &Digest,
    what: &str,
    signed: usize,
    refusals: Vec<SigningError>,
) -> Failure {
    let whose = match (arguments.threshold, signed) {
        (1, _) if arguments.trusting.key.is_empty() => "for the given identity".to_owned(),
        (1, _) => "by the given key".to_owned(),
        (threshold, signed) => format!("by {threshold} different signers, only by {signed}"),
    };
    let mut failure = Failure::denied(format!("{}@{digest}: no {what} {whose}", reference.name()));
    for refusal in refusals {
        failure = failure.hint(refusal.to_string());
    }
    if !arguments.explain {
        failure = failure.hint("--explain prints every step of every verification");
    }
    failure
}
