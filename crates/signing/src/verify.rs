//! Verifying what was stored beside an image or a file, and saying at which step each thing was refused.

mod attestation;
mod blob;
mod prove;
mod rejection;
mod signature;
mod trust;

pub use attestation::{VerifiedAttestation, verify_attestations, verify_attestations_by};
pub use blob::{VerifiedBlob, verify_blob};
pub use prove::CertificateSummary;
pub(crate) use rejection::list;
pub use rejection::{Reason, Rejection};
pub use signature::{Expected, Verified, verify_signature, verify_signature_by};
pub use trust::Trust;

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};

pub(crate) use self::prove::Proven;
use self::prove::prove;
use self::trust::TrustedSigner;
use crate::evidence::Evidence;
use crate::log::Signed;
use crate::steps::{StepName, Steps};
use crate::{Envelope, IN_TOTO, NotationEnvelope, SigningError, Statement, notation};

/// In which form something was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Cosign's legacy signature.
    SimpleSigning,
    /// Cosign's legacy attestation: a bare envelope.
    Dsse,
    /// A sigstore bundle.
    Bundle,
    /// An envelope of the notary project.
    Notation,
}

impl Format {
    /// As evidence and policies write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::SimpleSigning => "simple-signing",
            Self::Dsse => "dsse",
            Self::Bundle => "bundle",
            Self::Notation => "notation",
        }
    }
}

/// Proves who signed; the reason tells a key's refusal from every other step's.
fn proven(
    evidence: Result<Evidence, SigningError>,
    signed: Signed<'_>,
    trust: &Trust<'_>,
    steps: &mut Steps,
) -> Result<Proven, Reason> {
    prove(evidence, signed, trust, steps).map_err(|_| match steps.failure() {
        Some((StepName::Signature, _)) => Reason::OtherKey,
        Some((step, reason)) => Reason::Step { step, reason: reason.to_owned() },
        None => Reason::Unreadable("it was refused".to_owned()),
    })
}

/// Proves who made a Notation signature, and what for.
fn noted(
    envelope: &NotationEnvelope,
    trust: &Trust<'_>,
    steps: &mut Steps,
) -> Result<(Proven, notation::Target), Reason> {
    let (TrustedSigner::Notation(signers), Some(now)) = (trust.signer, trust.now) else {
        let reason = "a Notation signature, which only a Notation trust store can verify";
        steps.fail(StepName::Document, reason);
        return Err(Reason::Step { step: StepName::Document, reason: reason.to_owned() });
    };
    notation::prove(envelope, signers, now, steps).map_err(|_| match steps.failure() {
        Some((step, reason)) => Reason::Step { step, reason: reason.to_owned() },
        None => Reason::Unreadable("it was refused".to_owned()),
    })
}

/// A statement whose envelope is signed as asked for, and which is about the digest, with its exact bytes.
fn statement(
    evidence: Result<Evidence, SigningError>,
    envelope: &Envelope,
    stored: Option<&[u8]>,
    digest: &Digest,
    trust: &Trust<'_>,
    steps: &mut Steps,
) -> Result<(Proven, Statement, Vec<u8>), Reason> {
    // The signature comes first: no statement that somebody else wrote is parsed.
    let unreadable = |e: SigningError| Reason::Unreadable(e.to_string());
    let payload = envelope.payload().map_err(unreadable)?;
    let proven = proven(evidence, Signed::Envelope { envelope, stored }, trust, steps)?;
    if envelope.payload_type() != IN_TOTO {
        return Err(Reason::Unreadable(format!(
            "its payload type is `{}`, not {IN_TOTO}",
            envelope.payload_type()
        )));
    }
    let statement = Statement::parse(&payload).map_err(unreadable)?;
    if statement.about(digest).is_none() {
        return Err(Reason::OtherDigest(statement.digests()));
    }
    Ok((proven, statement, payload))
}

/// Ends the steps with what the content came to.
fn ended<T>(result: Result<T, Reason>, steps: &mut Steps) -> Result<T, Reason> {
    match &result {
        Ok(_) => steps.pass(StepName::Content, "as asked for"),
        Err(reason) if steps.failure().is_none() => {
            steps.fail(StepName::Content, reason);
        }
        Err(_) => {}
    }
    result
}
