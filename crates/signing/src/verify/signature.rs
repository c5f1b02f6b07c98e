//! Is this digest signed as asked for? An attestation does not count, whoever made it.

use std::collections::BTreeMap;

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};

use super::{CertificateSummary, Format, Proven, Reason, Rejection, Trust, ended, noted, proven, statement};
use crate::log::Signed;
use crate::steps::{Step, Steps};
use crate::{PublicKey, SigningError, SimpleSigning, Stored, predicate};

/// What a signature must say besides the digest. The default asks for nothing more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected<'a> {
    /// Registry and repository that it must be made for. A bundle of cosign names none, and then does not count.
    pub repository: Option<&'a str>,
    /// Annotations that it must carry.
    pub annotations: BTreeMap<String, String>,
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// How it was stored.
    pub format: Format,
    /// Id of the key that made it; a certificate's key is used once.
    pub key: String,
    /// The certificate that it was made with, where an identity was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateSummary>,
    /// The earliest time at which it is proven to have been there, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The repository it was made for, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The signed annotations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// Digest of the blob that holds it.
    pub blob: Digest,
    /// The exact bytes that were signed: a payload or a statement.
    #[serde(skip)]
    pub payload: Vec<u8>,
    /// How it was verified.
    #[serde(skip)]
    pub steps: Vec<Step>,
}

/// [`verify_signature_by`] for a key alone.
pub fn verify_signature(
    stored: &[Stored],
    digest: &Digest,
    key: &PublicKey,
    expected: &Expected<'_>,
) -> Result<Verified, SigningError> {
    verify_signature_by(stored, digest, &Trust::key(key), expected)
}

/// The first stored signature of the digest that is trusted and says what is expected, or [`SigningError::NoSignature`]
/// with what was found instead.
///
/// Only a simple signing payload, or a statement of type [`predicate::SIGN`], is a signature. (cosign 3.1.3 `verify`
/// answers 0 for an image that carries nothing but an attestation.)
pub fn verify_signature_by(
    stored: &[Stored],
    digest: &Digest,
    trust: &Trust<'_>,
    expected: &Expected<'_>,
) -> Result<Verified, SigningError> {
    let mut rejected = Vec::new();
    for one in stored {
        let mut steps = Steps::default();
        let (blob, format, said) = said(one, digest, trust, &mut steps);
        let said = ended(said.and_then(|said| said.expected(expected)), &mut steps);
        match (format, said) {
            (Some(format), Ok(Said { proven, repository, annotations, payload })) => {
                return Ok(Verified {
                    format,
                    key: proven.key.id(),
                    certificate: proven.certificate,
                    time: proven.time.map(|time| time.to_string()),
                    repository,
                    annotations,
                    blob: blob.clone(),
                    payload,
                    steps: steps.into_vec(),
                });
            }
            (format, Err(reason)) => {
                rejected.push(Rejection { blob: blob.clone(), format, reason, steps: steps.into_vec() });
            }
            (None, Ok(_)) => {}
        }
    }
    Err(SigningError::NoSignature { digest: digest.clone(), signer: trust.to_string(), rejected })
}

/// What a good signature says.
struct Said {
    proven: Proven,
    repository: Option<String>,
    annotations: BTreeMap<String, String>,
    payload: Vec<u8>,
}

fn said<'a>(
    one: &'a Stored,
    digest: &Digest,
    trust: &Trust<'_>,
    steps: &mut Steps,
) -> (&'a Digest, Option<Format>, Result<Said, Reason>) {
    match one {
        Stored::Signature { blob, payload, signature, proofs } => {
            let signed = Signed::Message { bytes: payload, signature };
            let said = proven(proofs.evidence(), signed, trust, steps)
                .and_then(|proven| simple(proven, payload, digest));
            (blob, Some(Format::SimpleSigning), said)
        }
        Stored::Attestation { blob, envelope, proofs, stored } => {
            let read = statement(proofs.evidence(), envelope, stored.as_deref(), digest, trust, steps);
            (
                blob,
                Some(Format::Dsse),
                read.and_then(|(proven, read, payload)| signed(proven, read, payload, digest)),
            )
        }
        Stored::Bundle { blob, bundle } => {
            let said = if let Some(envelope) = bundle.envelope() {
                statement(bundle.evidence(), envelope, None, digest, trust, steps)
                    .and_then(|(proven, read, payload)| signed(proven, read, payload, digest))
            } else {
                let reason = "a bundle without an envelope, which signs a file, not an image";
                Err(Reason::Unreadable(reason.to_owned()))
            };
            (blob, Some(Format::Bundle), said)
        }
        Stored::Notation { blob, envelope } => {
            let said = noted(envelope, trust, steps).and_then(|(proven, target)| {
                if target.digest != digest.as_str() {
                    return Err(Reason::OtherDigest(target.digest));
                }
                let payload = envelope.payload().to_vec();
                Ok(Said { proven, repository: None, annotations: target.annotations, payload })
            });
            (blob, Some(Format::Notation), said)
        }
        Stored::Unreadable { blob, reason } => (blob, None, Err(Reason::Unreadable(reason.clone()))),
    }
}

impl Said {
    fn expected(self, expected: &Expected<'_>) -> Result<Self, Reason> {
        if let Some(wanted) = expected.repository
            && self.repository.as_deref().is_none_or(|found| repository_of(found) != wanted)
        {
            return Err(Reason::OtherRepository(self.repository));
        }
        for (key, value) in &expected.annotations {
            let found = self.annotations.get(key);
            if found != Some(value) {
                let (key, expected) = (key.clone(), value.clone());
                return Err(Reason::Annotation { key, expected, found: found.cloned() });
            }
        }
        Ok(self)
    }
}

/// Signers may write a whole reference: tag and digest do not belong to the repository.
fn repository_of(reference: &str) -> &str {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    }
}

fn simple(proven: Proven, payload: &[u8], digest: &Digest) -> Result<Said, Reason> {
    let said = SimpleSigning::parse(payload).map_err(|e| Reason::Unreadable(e.to_string()))?;
    if said.digest() != digest.as_str() {
        return Err(Reason::OtherDigest(said.digest().to_owned()));
    }
    let repository = Some(said.reference().to_owned()).filter(|r| !r.is_empty());
    Ok(Said { proven, repository, annotations: said.annotations(), payload: payload.to_vec() })
}

fn signed(
    proven: Proven,
    statement: crate::Statement,
    payload: Vec<u8>,
    digest: &Digest,
) -> Result<Said, Reason> {
    if statement.predicate_type != predicate::SIGN {
        return Err(Reason::NotASignature(statement.predicate_type));
    }
    let subject = statement.about(digest);
    Ok(Said {
        proven,
        repository: subject.map(|s| s.name.clone()).filter(|n| !n.is_empty()),
        annotations: subject.map(crate::StatementSubject::text_annotations).unwrap_or_default(),
        payload,
    })
}

#[cfg(test)]
mod tests {
    use super::repository_of;

    #[test]
    fn a_port_is_not_a_tag() {
        for reference in
            ["127.0.0.1:5000/shop", "127.0.0.1:5000/shop:1.0", "127.0.0.1:5000/shop:1.0@sha256:00"]
        {
            assert_eq!(repository_of(reference), "127.0.0.1:5000/shop");
        }
        assert_eq!(repository_of("shop:1.0"), "shop");
    }
}
