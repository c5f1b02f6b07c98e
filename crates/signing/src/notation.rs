//! Signatures of the notary project (Notation): an envelope, JWS or COSE, that signs the descriptor of an image, with the
//! signer's certificates in it. They are trusted by a store of authorities and by the subject of the certificate.
//!
//! Source: notary project, `signature-specification.md`, `signature-envelope-jws.md`, `signature-envelope-cose.md`,
//! `trust-store-trust-policy.md`. Not there: revocation lists, verification plugins, COSE hash envelopes.

mod attributes;
mod certificates;
mod cose;
mod envelope;
mod jws;
mod payload;
mod prove;
mod subject;
mod trust;

pub use envelope::NotationEnvelope;
pub(crate) use payload::Target;
pub(crate) use prove::prove;
pub use trust::{NotationStore, NotationTrust};

/// Artifact type of a referrer that holds a signature of the notary project.
pub const ARTIFACT_TYPE: &str = "application/vnd.cncf.notary.signature";
/// Media type of a JWS envelope.
pub(crate) const JWS: &str = "application/jose+json";
/// Media type of a COSE envelope.
pub(crate) const COSE: &str = "application/cose";
/// The only content that is signed.
const PAYLOAD: &str = "application/vnd.cncf.notary.payload.v1+json";
