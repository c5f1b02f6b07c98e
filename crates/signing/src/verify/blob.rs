//! Is this file signed as asked for? With a bundle, or with a bare signature.

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{CertificateSummary, Format, Reason, Rejection, Trust, ended, proven, statement};
use crate::log::Signed;
use crate::steps::{Step, StepName, Steps};
use crate::{Bundle, SigningError};

/// A file whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedBlob {
    /// Id of the key that signed it; a certificate's key is used once.
    pub key: String,
    /// The certificate that it was signed with, where an identity was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateSummary>,
    /// The earliest time at which the signature is proven to have been there, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Of an attestation: the predicate type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate_type: Option<String>,
    /// How it was verified.
    #[serde(skip)]
    pub steps: Vec<Step>,
}

/// Whether the bundle is a signature over the bytes, or an attestation of them. Otherwise [`SigningError::NoBlobSignature`],
/// with the step that failed.
pub fn verify_blob(bundle: &Bundle, bytes: &[u8], trust: &Trust<'_>) -> Result<VerifiedBlob, SigningError> {
    let mut steps = Steps::default();
    let digest = Digest::from_sha256(Sha256::digest(bytes).into());
    let result = match (bundle.message(), bundle.envelope()) {
        (Some(message), _) => message
            .is_of(bytes)
            .map_err(|reason| {
                steps.fail(StepName::Document, &reason);
                Reason::Step { step: StepName::Document, reason }
            })
            .and_then(|()| message.signature().map_err(|e| Reason::Unreadable(e.to_string())))
            .and_then(|signature| {
                let signed = Signed::Message { bytes, signature: &signature };
                proven(bundle.evidence(), signed, trust, &mut steps).map(|proven| (proven, None))
            }),
        (None, Some(envelope)) => statement(bundle.evidence(), envelope, None, &digest, trust, &mut steps)
            .map(|(proven, statement, _)| (proven, Some(statement.predicate_type))),
        (None, None) => Err(Reason::Unreadable("a bundle without a signature".to_owned())),
    };
    let result = ended(result, &mut steps);
    let steps = steps.into_vec();
    match result {
        Ok((proven, predicate_type)) => Ok(VerifiedBlob {
            key: proven.key.id(),
            certificate: proven.certificate,
            time: proven.time.map(|time| time.to_string()),
            predicate_type,
            steps,
        }),
        Err(reason) => Err(SigningError::NoBlobSignature {
            signer: trust.to_string(),
            rejection: Box::new(Rejection { blob: digest, format: Some(Format::Bundle), reason, steps }),
        }),
    }
}
