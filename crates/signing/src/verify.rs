//! Verifying what was stored beside an image, and saying at which step each thing was refused.

mod attestation;
mod rejection;
mod signature;

pub use attestation::{VerifiedAttestation, verify_attestations};
pub(crate) use rejection::list;
pub use rejection::{Reason, Rejection};
pub use signature::{Expected, Verified, verify_signature};

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};

use crate::{Envelope, IN_TOTO, PublicKey, SigningError, Statement};

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
}

impl Format {
    /// As evidence and policies write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::SimpleSigning => "simple-signing",
            Self::Dsse => "dsse",
            Self::Bundle => "bundle",
        }
    }
}

/// A statement whose envelope the key signed, and which is about the digest, with its exact bytes.
fn statement(envelope: &Envelope, digest: &Digest, key: &PublicKey) -> Result<(Statement, Vec<u8>), Reason> {
    // The signature comes first: no statement that somebody else wrote is parsed.
    let payload = match envelope.verify(key) {
        Ok(payload) => payload,
        Err(SigningError::Signature { .. }) => return Err(Reason::OtherKey),
        Err(e) => return Err(Reason::Unreadable(e.to_string())),
    };
    if envelope.payload_type() != IN_TOTO {
        return Err(Reason::Unreadable(format!(
            "its payload type is `{}`, not {IN_TOTO}",
            envelope.payload_type()
        )));
    }
    let statement = Statement::parse(&payload).map_err(|e| Reason::Unreadable(e.to_string()))?;
    if statement.about(digest).is_none() {
        return Err(Reason::OtherDigest(statement.digests()));
    }
    Ok((statement, payload))
}
