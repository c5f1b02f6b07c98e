//! `require`: signatures, attestations, digests.

use jiff::{SignedDuration, Timestamp};

use super::{Asked, subject};
use crate::model::signers;
use crate::{
    AttestationRule, ImageEvidence, Outcome, Reason, Requirement, SignatureRule, Stage, VerifiedAttestation,
};
use seawall_expressions::Expression;

/// How far clocks may differ.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

pub(super) fn evaluate(asked: Asked<'_>, image: &ImageEvidence, reasons: &mut Vec<Reason>) {
    for (index, requirement) in asked.policy.require.iter().enumerate() {
        let rule = format!("require[{index}].{}", requirement.kind());
        let answer = match requirement {
            Requirement::DigestPinned => pinned(asked, image),
            _ if image.digest.is_none() => Err((
                format!(
                    "the image's digest is not known{}, so nothing can be verified about it",
                    because(image)
                ),
                "check that the image is in the registry and that Seawall can reach and read it".into(),
            )),
            Requirement::Signature(wanted) => signature(asked, wanted, image),
            Requirement::Attestation(wanted) => attestation(asked, wanted, image),
        };
        let subject = subject(image);
        reasons.push(match answer {
            Ok(message) => asked.reason(rule, Outcome::Allow, &subject, message, ""),
            Err((message, remedy)) => asked.reason(rule, Outcome::Deny, &subject, message, &remedy),
        });
    }
}

/// What was found, or what is missing and what to do.
type Answer = Result<String, (String, String)>;

fn because(image: &ImageEvidence) -> String {
    if image.problems.is_empty() { String::new() } else { format!(" ({})", image.problems.join("; ")) }
}

/// A remembered verification counts as long as the policy lets it.
fn holds(asked: Asked<'_>, remember: Option<SignedDuration>, remembered: Option<Timestamp>) -> bool {
    let Some(time) = remembered else { return true };
    let now = asked.question.now;
    remember.is_some_and(|age| time <= now + SKEW && now.duration_since(time) <= age)
}

fn signature(asked: Asked<'_>, wanted: &SignatureRule, image: &ImageEvidence) -> Answer {
    let signers = signers(&wanted.keys, &wanted.identities);
    let signed: Vec<&str> = signers
        .iter()
        .map(String::as_str)
        .filter(|key| {
            image
                .signatures
                .iter()
                .any(|one| one.key == *key && holds(asked, wanted.remember, one.remembered))
        })
        .collect();
    if signed.len() >= wanted.threshold {
        let oldest = image.signatures.iter().filter(|one| signed.contains(&one.key.as_str()));
        let remembered = oldest.filter_map(|one| one.remembered).min();
        let when =
            remembered.map(|time| format!(", as the ledger remembers of {time:.0}")).unwrap_or_default();
        return Ok(format!("signed with {}{when}", signed.join(", ")));
    }
    let keys = signers.join(", ");
    let message = if wanted.threshold == 1 {
        format!(
            "no valid signature by {}{keys}{}",
            if signers.len() > 1 { "any of " } else { "" },
            because(image)
        )
    } else {
        let signed = if signed.is_empty() { "none".to_owned() } else { signed.join(", ") };
        format!(
            "{} of these keys must have signed: {keys}; valid: {signed}{}",
            wanted.threshold,
            because(image)
        )
    };
    let remedy = if image.problems.is_empty() {
        format!("have the build that may release this image sign it: seawall sign {}", subject(image))
    } else {
        "make the registry and the keys reachable and ask again; what cannot be verified is refused".into()
    };
    Err((message, remedy))
}

fn attestation(asked: Asked<'_>, wanted: &AttestationRule, image: &ImageEvidence) -> Answer {
    let signers = signers(&wanted.keys, &wanted.identities);
    let mut of_type: Vec<&VerifiedAttestation> = image
        .attestations
        .iter()
        .filter(|found| {
            signers.contains(&found.key)
                && same_type(&wanted.predicate_type, &found.predicate_type)
                && holds(asked, wanted.remember, found.remembered)
        })
        .collect();
    let remedy =
        format!("make a new one and attach it: seawall attest --type {} {}", wanted.kind, subject(image));
    if of_type.is_empty() {
        let message =
            format!("no valid `{}` attestation by {}{}", wanted.kind, signers.join(" or "), because(image));
        return Err((message, remedy));
    }
    if let Some(condition) = &wanted.condition {
        let mut why = String::new();
        of_type.retain(|found| match fulfils(condition, found) {
            Ok(true) => true,
            Ok(false) => false,
            Err(error) => {
                why = format!(" ({error})");
                false
            }
        });
        if of_type.is_empty() {
            let message = format!(
                "no `{}` attestation by {} fulfils `{}`{why}",
                wanted.kind,
                signers.join(" or "),
                condition.text()
            );
            return Err((message, "build the image where and from what the policy asks for".into()));
        }
    }
    let Some(max_age) = wanted.max_age else {
        return Ok(format!("`{}` attestation by {}", wanted.kind, of_type[0].key));
    };
    let now = asked.question.now;
    let Some((time, key)) = of_type
        .iter()
        .filter_map(|found| Some((found.timestamp?, &found.key)))
        .filter(|(time, _)| *time <= now + SKEW)
        .max()
    else {
        let message = format!(
            "the `{}` attestation does not say when it was made, or says a time to come",
            wanted.kind
        );
        return Err((message, remedy));
    };
    let age = now.duration_since(time);
    if age > max_age {
        let message =
            format!("the newest `{}` attestation is of {time:.0}, older than {max_age:#}", wanted.kind);
        return Err((message, remedy));
    }
    Ok(format!("`{}` attestation by {key} of {time:.0}", wanted.kind))
}

fn fulfils(condition: &Expression, found: &VerifiedAttestation) -> Result<bool, String> {
    let predicate = found.predicate.as_ref().ok_or_else(|| "its predicate was not read".to_owned())?;
    condition.holds(&[("predicate", predicate)])
}

/// The same type, or a version of it (`https://cyclonedx.org/bom/v1.6` is `https://cyclonedx.org/bom`).
fn same_type(wanted: &str, found: &str) -> bool {
    found.strip_prefix(wanted).is_some_and(|rest| {
        rest.is_empty()
            || rest
                .strip_prefix("/v")
                .is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
    })
}

fn pinned(asked: Asked<'_>, image: &ImageEvidence) -> Answer {
    let Some(digest) = &image.digest else {
        let remedy = format!("name the image by digest: {}@sha256:…", image.repository);
        return Err((format!("the image's digest is not known{}", because(image)), remedy));
    };
    if image.pinned {
        return Ok("named by digest".into());
    }
    match asked.question.stage {
        Stage::Admit => Ok(format!("the tag is resolved and will be pinned to {digest}")),
        Stage::Gate | Stage::Promote if !image.in_manifest => {
            Ok(format!("the tag was resolved to {digest} for this question"))
        }
        Stage::Gate | Stage::Promote => Err((
            "named by a tag, which can be pushed again".into(),
            format!("write the digest into the manifest: {}", subject(image)),
        )),
    }
}
