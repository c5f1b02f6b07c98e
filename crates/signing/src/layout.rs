//! How signatures and attestations lie in a registry: cosign's legacy tags, and bundles as OCI 1.1 referrers.
//!
//! Writing: [`legacy_signature`], [`legacy_attestation`] and [`bundle`] make an [`Artifact`] to push: first its blobs,
//! then its manifest at its [`Place`]. Reading: fetch the manifests at [`signature_tag`], [`attestation_tag`] and of
//! the referrers that [`is_ours`], [`parse`] each, fetch [`Contents::wanted`], and [`read`] gives what was stored.

mod manifest;
mod read;
mod write;

pub use manifest::Descriptor;
pub use read::{Contents, Stored, parse, read};
pub use write::{Artifact, Blob, Place, bundle, legacy_attestation, legacy_sbom, legacy_signature};

use seawall_findings::Digest;

pub use crate::bundle::MEDIA_TYPE as BUNDLE;
pub use crate::notation::ARTIFACT_TYPE as NOTATION;

/// Media type of every manifest that is written here.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// Media type of a simple signing payload.
pub const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// Media type of a bare envelope.
pub const DSSE: &str = "application/vnd.dsse.envelope.v1+json";

/// The tag of a digest's legacy signatures.
pub fn signature_tag(digest: &Digest) -> String {
    format!("sha256-{}.sig", digest.hex())
}

/// The tag of a digest's legacy attestations.
pub fn attestation_tag(digest: &Digest) -> String {
    format!("sha256-{}.att", digest.hex())
}

/// The tag of a digest's SBOM that was attached without a signature.
pub fn sbom_tag(digest: &Digest) -> String {
    format!("sha256-{}.sbom", digest.hex())
}

/// Whether a referrer of that artifact type can hold signatures or attestations, and so is worth a fetch.
pub fn is_ours(artifact_type: &str) -> bool {
    artifact_type.starts_with("application/vnd.dev.sigstore.bundle")
        || artifact_type.starts_with("application/vnd.dev.cosign.artifact.")
        || artifact_type == DSSE
        || artifact_type == NOTATION
}
