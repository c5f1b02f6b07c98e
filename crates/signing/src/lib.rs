//! Keys, cosign signatures, attestations and bundles, as values.
//!
//! In: keys (PEM), image digests, predicates, [`TrustedRoot`]s, and the manifests and blobs that somebody fetched from a
//! registry. Out: [`Artifact`]s to push (a manifest with its blobs, in either of cosign's two layouts), and what was verified:
//! [`Verified`] signatures, [`VerifiedAttestation`]s and [`VerifiedBlob`]s, each with the [`Step`]s that led there. Who must
//! have signed, and what must prove it, is a [`Trust`]: a key, a [`CertificateIdentity`] with logs and timestamps, or a
//! [`NotationTrust`], all offline. No network, no clock; randomness from the operating system.
//! What is verified is always the stored bytes, never something written anew from them.
//!
//! ```
//! # use std::collections::BTreeMap;
//! # use seawall_signing::*;
//! # let digest = seawall_findings::Digest::from_sha256([7; 32]);
//! let key = PrivateKey::generate(Algorithm::EcdsaP256)?;
//! let image = Descriptor::new("application/vnd.oci.image.manifest.v1+json", digest, 412);
//! let target = Target {
//!     repository: "registry.example.com/shop",
//!     image: &image,
//!     existing: None, // for Form::Legacy: the manifest at layout::signature_tag(&image.digest)
//!     created: "2026-11-24T10:00:00Z",
//! };
//! let artifact = sign_image(&key, &target, Form::Bundle, &BTreeMap::new())?;
//! // … push artifact.blobs, then artifact.manifest at artifact.place; later fetch a manifest and what it wants …
//! let contents = layout::parse(&artifact.manifest)?;
//! let blobs: BTreeMap<_, _> = artifact.blobs.iter().map(|b| (b.digest.clone(), &b.bytes)).collect();
//! assert_eq!(contents.wanted().len(), 1);
//! let stored = layout::read(&contents, &blobs)?;
//! let verified = verify_signature(&stored, &image.digest, key.public(), &Expected::default())?;
//! assert_eq!((verified.key, verified.format), (key.id(), Format::Bundle));
//! # Ok::<(), SigningError>(())
//! ```

mod base64;
mod bundle;
mod certificate;
mod dsse;
mod error;
mod evidence;
mod json;
mod key;
pub mod layout;
pub mod limits;
mod log;
mod notation;
pub mod predicate;
mod provenance;
mod sign;
mod simple_signing;
mod statement;
mod steps;
mod timestamp;
mod trust;
mod verify;

pub use bundle::{Bundle, MessageSignature};
pub use certificate::CertificateIdentity;
pub use dsse::{Envelope, EnvelopeSignature, IN_TOTO};
pub use error::SigningError;
pub use evidence::Proofs;
pub use key::{Algorithm, PrivateKey, PublicKey, Signer};
pub use layout::{Artifact, Contents, Descriptor, Place, Stored};
pub use notation::{NotationEnvelope, NotationStore, NotationTrust};
pub use provenance::Provenance;
pub use sign::{Form, Target, sign_attestation, sign_image};
pub use simple_signing::SimpleSigning;
pub use statement::{Statement, StatementSubject};
pub use steps::{Outcome, Step, StepName};
pub use trust::TrustedRoot;
pub use verify::{
    CertificateSummary, Expected, Format, Reason, Rejection, Trust, Verified, VerifiedAttestation,
    VerifiedBlob, verify_attestations, verify_attestations_by, verify_blob, verify_signature,
    verify_signature_by,
};
