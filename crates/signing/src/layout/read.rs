//! Reading manifests of signatures: first which blobs are wanted, then what they are.

use std::collections::BTreeMap;

use seawall_findings::Digest;

use super::manifest::{Manifest, sha256};
use super::{DSSE, Descriptor, SIMPLE_SIGNING};
use crate::evidence::Proofs;
use crate::notation::{COSE, JWS};
use crate::{Bundle, Envelope, NotationEnvelope, SigningError, base64, limits};

/// The annotation that carries a legacy signature.
pub(super) const SIGNATURE: &str = "dev.cosignproject.cosign/signature";

/// A manifest of signatures that was read, before its blobs are fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    layers: Vec<Layer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Layer {
    descriptor: Descriptor,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    SimpleSigning,
    Dsse,
    Bundle,
    Notation,
    /// Not fetched, with the reason.
    Unreadable(String),
}

/// One thing that was stored beside an image. Nothing of it is verified yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Stored {
    /// A legacy signature: the payload's exact bytes, and the signature over them.
    Signature {
        /// Digest of the blob.
        blob: Digest,
        /// Exact bytes.
        payload: Vec<u8>,
        /// As [`crate::PublicKey::verify`] reads it.
        signature: Vec<u8>,
        /// Who made it and when, where it was not simply a key.
        proofs: Proofs,
    },
    /// A legacy attestation.
    Attestation {
        /// Digest of the blob.
        blob: Digest,
        /// The envelope.
        envelope: Envelope,
        /// Who made it and when, where it was not simply a key.
        proofs: Proofs,
        /// The exact bytes, where there are proofs: they can be about them.
        stored: Option<Vec<u8>>,
    },
    /// A bundle: a signature or an attestation; only its statement tells.
    Bundle {
        /// Digest of the blob.
        blob: Digest,
        /// The bundle.
        bundle: Bundle,
    },
    /// A signature of the notary project.
    Notation {
        /// Digest of the blob.
        blob: Digest,
        /// The envelope.
        envelope: NotationEnvelope,
    },
    /// Something that cannot be read. It hides nothing else: the others are still looked at.
    Unreadable {
        /// Digest of the blob.
        blob: Digest,
        /// Why.
        reason: String,
    },
}

/// Reads a manifest of signatures. Its bytes must be those of the digest under which they were fetched, which is the
/// adapter's to check.
pub fn parse(manifest: &[u8]) -> Result<Contents, SigningError> {
    let manifest = Manifest::parse(manifest)?;
    let (mut layers, mut total): (Vec<Layer>, u64) = (Vec::new(), 0);
    for descriptor in manifest.layers {
        let mut kind = kind(&descriptor);
        let counted = |l: &Layer| l.readable() && l.descriptor.digest == descriptor.digest;
        if !matches!(kind, Kind::Unreadable(_)) && !layers.iter().any(counted) {
            total += descriptor.size;
            if total > limits::TOTAL_BYTES {
                total -= descriptor.size;
                kind = Kind::Unreadable(format!("beyond the {} bytes of one manifest", limits::TOTAL_BYTES));
            }
        }
        layers.push(Layer { descriptor, kind });
    }
    Ok(Contents { layers })
}

fn kind(layer: &Descriptor) -> Kind {
    let (kind, limit) = match layer.media_type.as_str() {
        SIMPLE_SIGNING => (Kind::SimpleSigning, limits::PAYLOAD_BYTES),
        DSSE => (Kind::Dsse, limits::ENVELOPE_BYTES),
        JWS | COSE => (Kind::Notation, limits::NOTATION_BYTES),
        bundle if bundle.starts_with("application/vnd.dev.sigstore.bundle") => {
            (Kind::Bundle, limits::ENVELOPE_BYTES)
        }
        other => return Kind::Unreadable(format!("a layer of media type `{other}`")),
    };
    if layer.size > limit {
        return Kind::Unreadable(format!(
            "a layer of {} bytes, more than the {limit} that are accepted",
            layer.size
        ));
    }
    kind
}

impl Layer {
    fn readable(&self) -> bool {
        !matches!(self.kind, Kind::Unreadable(_))
    }
}

impl Contents {
    /// The blobs to fetch, each once, none larger than its `size`, which is within the limits.
    pub fn wanted(&self) -> Vec<&Descriptor> {
        let mut wanted: Vec<&Descriptor> = Vec::new();
        for layer in &self.layers {
            let known = wanted.iter().any(|w| w.digest == layer.descriptor.digest);
            if !known && layer.readable() {
                wanted.push(&layer.descriptor);
            }
        }
        wanted
    }
}

/// What the fetched blobs (digest → bytes) are. Bytes that are not those of their digest are an error. A blob
/// that is missing from the map or is itself malformed becomes [`Stored::Unreadable`]: it must not hide the others.
pub fn read<B: AsRef<[u8]>>(
    contents: &Contents,
    blobs: &BTreeMap<Digest, B>,
) -> Result<Vec<Stored>, SigningError> {
    let mut stored = Vec::with_capacity(contents.layers.len());
    for Layer { descriptor, kind } in &contents.layers {
        let blob = descriptor.digest.clone();
        if let Kind::Unreadable(reason) = kind {
            stored.push(Stored::Unreadable { blob, reason: reason.clone() });
            continue;
        }
        let Some(bytes) = blobs.get(&blob).map(AsRef::as_ref) else {
            stored.push(Stored::Unreadable { blob, reason: "the registry does not have it".to_owned() });
            continue;
        };
        let found = sha256(bytes);
        if found != blob {
            return Err(SigningError::Blob { expected: blob, found });
        }
        let read = match kind {
            Kind::SimpleSigning => signature(descriptor).map(|signature| Stored::Signature {
                blob: blob.clone(),
                payload: bytes.to_vec(),
                signature,
                proofs: Proofs::of(&descriptor.annotations),
            }),
            Kind::Dsse => Envelope::parse(bytes).map(|envelope| {
                let proofs = Proofs::of(&descriptor.annotations);
                let stored = (!proofs.is_empty()).then(|| bytes.to_vec());
                Stored::Attestation { blob: blob.clone(), envelope, proofs, stored }
            }),
            Kind::Notation => NotationEnvelope::parse(&descriptor.media_type, bytes)
                .map(|envelope| Stored::Notation { blob: blob.clone(), envelope }),
            _ => Bundle::parse(bytes).map(|bundle| Stored::Bundle { blob: blob.clone(), bundle }),
        };
        stored.push(read.unwrap_or_else(|e| Stored::Unreadable { blob, reason: e.to_string() }));
    }
    Ok(stored)
}

fn signature(layer: &Descriptor) -> Result<Vec<u8>, SigningError> {
    const WHAT: &str = "the signature annotation";
    let Some(text) = layer.annotations.get(SIGNATURE) else {
        return Err(SigningError::Document { what: WHAT, reason: format!("`{SIGNATURE}` is missing") });
    };
    limits::check(WHAT, text.len() as u64, limits::SIGNATURE_CHARS, "characters", "sign the image again")?;
    base64::decode(WHAT, text)
}
