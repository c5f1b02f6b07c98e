//! What can go wrong with keys, signatures and attestations.

use seawall_findings::Digest;

use crate::Rejection;
use crate::verify::list;

/// Why a key could not be used, or a signature could not be made, read or verified.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The text is not a key of the kind that was asked for.
    #[error("not a {what}: {reason}; {remedy}")]
    Key {
        /// `public key` or `private key`.
        what: &'static str,
        /// What was found instead.
        reason: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The passphrase does not open the private key (or the file was changed: secretbox cannot tell the two apart).
    #[error(
        "the passphrase does not open this private key; check SEAWALL_PASSWORD (or COSIGN_PASSWORD), \
         and that the key file is the one that the passphrase was chosen for"
    )]
    Passphrase,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {0}; nothing was generated")]
    Random(String),
    /// A key of this algorithm cannot be made or used here.
    #[error("{algorithm} keys: {reason}; {remedy}")]
    Unsupported {
        /// Its name.
        algorithm: String,
        /// What is not possible.
        reason: &'static str,
        /// What to do instead.
        remedy: &'static str,
    },
    /// The private key did not make a signature.
    #[error("the private key could not sign: {0}; check that the key file is whole")]
    Sign(String),
    /// A signature does not verify with the key.
    #[error("the signature was not made by key {key} over these bytes")]
    Signature {
        /// Id of the key that was tried.
        key: String,
    },
    /// A stored document (manifest, payload, envelope, statement, bundle, predicate) cannot be read.
    #[error("{what} cannot be read: {reason}")]
    Document {
        /// Which document.
        what: &'static str,
        /// What is wrong in it, with line and column where the JSON itself is.
        reason: String,
    },
    /// A stored document is larger, or holds more, than is accepted.
    #[error("{what} holds {found} {unit}, more than the {limit} that are accepted; {remedy}")]
    Limit {
        /// Which document.
        what: &'static str,
        /// How much it holds.
        found: u64,
        /// How much is accepted.
        limit: u64,
        /// `bytes`, `layers`.
        unit: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Fetched bytes are not the ones that the manifest names.
    #[error(
        "blob {expected} of the signature manifest was fetched as {found}; the registry or the way to it changed it"
    )]
    Blob {
        /// What the manifest names.
        expected: Digest,
        /// What the bytes are.
        found: Digest,
    },
    /// Nothing that was stored is a signature of the digest by the key.
    #[error("no signature of {digest} by {signer}: {}; sign it with `seawall sign --key`", list(rejected))]
    NoSignature {
        /// The image digest.
        digest: Digest,
        /// Who should have made it: `key …`, or an identity and its issuer.
        signer: String,
        /// What was found instead, and at which step each was refused.
        rejected: Vec<Rejection>,
    },
    /// Nothing that was stored is an attestation (of the type asked for) of the digest by the key.
    #[error(
        "no attestation{} of {digest} by {signer}: {}; attach one with `seawall attest --key`",
        wanted.as_ref().map(|w| format!(" of type {w}")).unwrap_or_default(), list(rejected)
    )]
    NoAttestation {
        /// The image digest.
        digest: Digest,
        /// Who should have made it: `key …`, or an identity and its issuer.
        signer: String,
        /// The predicate type asked for.
        wanted: Option<String>,
        /// What was found instead, and at which step each was refused.
        rejected: Vec<Rejection>,
    },
    /// The bundle is no signature of the file.
    #[error("the file is not signed by {signer}: {}", rejection.reason)]
    NoBlobSignature {
        /// Who should have signed it.
        signer: String,
        /// At which step it was refused.
        rejection: Box<Rejection>,
    },
}
