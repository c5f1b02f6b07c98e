//! What was attested of this digest, as asked for?

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CertificateSummary, Format, Reason, Rejection, Trust, ended, noted, statement};
use crate::steps::{Step, Steps};
use crate::{PublicKey, SigningError, Stored, predicate};

/// An attestation that holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerifiedAttestation {
    /// The sort of claim: a URI, from the signed statement.
    pub predicate_type: String,
    /// The claim.
    pub predicate: Value,
    /// When the claim says it was made, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// Id of the key that made it; a certificate's key is used once.
    pub key: String,
    /// The certificate that it was made with, where an identity was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateSummary>,
    /// How it was stored.
    pub format: Format,
    /// Digest of the blob that holds it.
    pub blob: Digest,
    /// How it was verified.
    #[serde(skip)]
    pub steps: Vec<Step>,
}

/// [`verify_attestations_by`] for a key alone.
pub fn verify_attestations(
    stored: &[Stored],
    digest: &Digest,
    key: &PublicKey,
    wanted: Option<&str>,
) -> Result<Vec<VerifiedAttestation>, SigningError> {
    verify_attestations_by(stored, digest, &Trust::key(key), wanted)
}

/// All stored attestations of the digest that are trusted, in the order they were stored; with `wanted`, only those of that
/// predicate type. None is [`SigningError::NoAttestation`], with what was found instead.
pub fn verify_attestations_by(
    stored: &[Stored],
    digest: &Digest,
    trust: &Trust<'_>,
    wanted: Option<&str>,
) -> Result<Vec<VerifiedAttestation>, SigningError> {
    let (mut verified, mut rejected) = (Vec::new(), Vec::new());
    for one in stored {
        let mut steps = Steps::default();
        let (blob, format, read) = match one {
            Stored::Signature { blob, .. } => {
                (blob, Some(Format::SimpleSigning), Err(Reason::NotAnAttestation))
            }
            Stored::Attestation { blob, envelope, proofs, stored } => {
                let read =
                    statement(proofs.evidence(), envelope, stored.as_deref(), digest, trust, &mut steps);
                (blob, Some(Format::Dsse), read)
            }
            Stored::Bundle { blob, bundle } => {
                let read = match bundle.envelope() {
                    Some(envelope) => statement(bundle.evidence(), envelope, None, digest, trust, &mut steps),
                    None => Err(Reason::Unreadable("a bundle without an envelope".to_owned())),
                };
                (blob, Some(Format::Bundle), read)
            }
            Stored::Notation { blob, envelope } => {
                let read = noted(envelope, trust, &mut steps).and(Err(Reason::NotAnAttestation));
                (blob, Some(Format::Notation), read)
            }
            Stored::Unreadable { blob, reason } => (blob, None, Err(Reason::Unreadable(reason.clone()))),
        };
        let result = read.and_then(|(proven, statement, _)| match statement.predicate_type.as_str() {
            predicate::SIGN => Err(Reason::NotAnAttestation),
            other if wanted.is_some_and(|w| w != other) => Err(Reason::OtherType(other.to_owned())),
            _ => Ok((proven, statement)),
        });
        match (format, ended(result, &mut steps)) {
            (Some(format), Ok((proven, statement))) => verified.push(VerifiedAttestation {
                timestamp: predicate::timestamp(&statement.predicate_type, &statement.predicate),
                predicate_type: statement.predicate_type,
                predicate: statement.predicate,
                key: proven.key.id(),
                certificate: proven.certificate,
                format,
                blob: blob.clone(),
                steps: steps.into_vec(),
            }),
            (format, Err(reason)) => {
                rejected.push(Rejection { blob: blob.clone(), format, reason, steps: steps.into_vec() });
            }
            (None, Ok(_)) => {}
        }
    }
    if verified.is_empty() {
        let (digest, wanted) = (digest.clone(), wanted.map(str::to_owned));
        return Err(SigningError::NoAttestation { digest, signer: trust.to_string(), wanted, rejected });
    }
    Ok(verified)
}
