//! What did this key attest of this digest?

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Format, Reason, Rejection, statement};
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
    /// Id of the key that made it.
    pub key: String,
    /// How it was stored.
    pub format: Format,
    /// Digest of the blob that holds it.
    pub blob: Digest,
}

/// All stored attestations of the digest by the key, in the order they were stored; with `wanted`, only those of that
/// predicate type. None is [`SigningError::NoAttestation`], with what was found instead.
pub fn verify_attestations(
    stored: &[Stored],
    digest: &Digest,
    key: &PublicKey,
    wanted: Option<&str>,
) -> Result<Vec<VerifiedAttestation>, SigningError> {
    let (mut verified, mut rejected) = (Vec::new(), Vec::new());
    for one in stored {
        let (blob, format, envelope) = match one {
            Stored::Signature { blob, .. } => {
                (blob, Some(Format::SimpleSigning), Err(Reason::NotAnAttestation))
            }
            Stored::Attestation { blob, envelope } => (blob, Some(Format::Dsse), Ok(envelope)),
            Stored::Bundle { blob, bundle } => {
                let none = || Reason::Unreadable("a bundle without an envelope".to_owned());
                (blob, Some(Format::Bundle), bundle.envelope().ok_or_else(none))
            }
            Stored::Unreadable { blob, reason } => (blob, None, Err(Reason::Unreadable(reason.clone()))),
        };
        let result = envelope.and_then(|e| statement(e, digest, key)).and_then(|(statement, _)| {
            match statement.predicate_type.as_str() {
                predicate::SIGN => Err(Reason::NotAnAttestation),
                other if wanted.is_some_and(|w| w != other) => Err(Reason::OtherType(other.to_owned())),
                _ => Ok(statement),
            }
        });
        match (format, result) {
            (Some(format), Ok(statement)) => verified.push(VerifiedAttestation {
                timestamp: predicate::timestamp(&statement.predicate_type, &statement.predicate),
                predicate_type: statement.predicate_type,
                predicate: statement.predicate,
                key: key.id(),
                format,
                blob: blob.clone(),
            }),
            (format, Err(reason)) => rejected.push(Rejection { blob: blob.clone(), format, reason }),
            (None, Ok(_)) => {}
        }
    }
    if verified.is_empty() {
        let (digest, wanted) = (digest.clone(), wanted.map(str::to_owned));
        return Err(SigningError::NoAttestation { digest, key: key.id(), wanted, rejected });
    }
    Ok(verified)
}
