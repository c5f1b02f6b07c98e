//! Sigstore bundles: a signature with what is needed to verify it (sigstore protobuf-specs, `sigstore_bundle.proto`).

mod material;
mod message;

pub use message::MessageSignature;

use serde::{Deserialize, Serialize};

use self::material::Material;
use crate::evidence::Evidence;
use crate::{Envelope, PublicKey, SigningError, json, limits};

/// Media type of bundles since v0.3, which Seawall and cosign 3 write.
pub const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const V0_3: [&str; 2] = [MEDIA_TYPE, "application/vnd.dev.sigstore.bundle+json;version=0.3"];
const V0_1: &str = "application/vnd.dev.sigstore.bundle+json;version=0.1";
const V0_2: &str = "application/vnd.dev.sigstore.bundle+json;version=0.2";
const WHAT: &str = "the sigstore bundle";

/// A bundle around an envelope or a signature over bytes. Certificates and log entries are kept as they stand, and read
/// when they are verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    #[serde(rename = "mediaType")]
    media_type: String,
    #[serde(rename = "verificationMaterial")]
    material: Material,
    #[serde(rename = "dsseEnvelope", default, skip_serializing_if = "Option::is_none")]
    envelope: Option<Envelope>,
    #[serde(rename = "messageSignature", default, skip_serializing_if = "Option::is_none")]
    message: Option<MessageSignature>,
}

impl Bundle {
    /// A v0.3 bundle around an envelope that `key` signed.
    pub fn new(key: &PublicKey, envelope: Envelope) -> Self {
        Self::with(key, Some(envelope), None)
    }

    /// A v0.3 bundle around a signature over bytes that `key` made.
    pub fn of_message(key: &PublicKey, message: MessageSignature) -> Self {
        Self::with(key, None, Some(message))
    }

    fn with(key: &PublicKey, envelope: Option<Envelope>, message: Option<MessageSignature>) -> Self {
        Self { media_type: MEDIA_TYPE.to_owned(), material: Material::of_key(key), envelope, message }
    }

    /// Reads a bundle of v0.1 to v0.3; an unknown version is refused.
    pub fn parse(bytes: &[u8]) -> Result<Self, SigningError> {
        limits::check(
            WHAT,
            bytes.len() as u64,
            limits::ENVELOPE_BYTES,
            "bytes",
            "attach a smaller document",
        )?;
        let mut bundle: Self = json::read(WHAT, bytes)?;
        let wrong = |reason: String| Err(SigningError::Document { what: WHAT, reason });
        if !bundle.is_v3() && ![V0_1, V0_2].contains(&bundle.media_type.as_str()) {
            return wrong(format!("its version `{}` is not known; v0.1 to v0.3 are read", bundle.media_type));
        }
        bundle.envelope = bundle.envelope.map(Envelope::checked).transpose()?;
        if bundle.envelope.is_some() && bundle.message.is_some() {
            return wrong("it holds both an envelope and a message signature".to_owned());
        }
        if let Some(count) = bundle.envelope.as_ref().map(Envelope::signatures).filter(|count| *count != 1) {
            return wrong(format!("its envelope holds {count} signatures, where the format allows one"));
        }
        Ok(bundle)
    }

    fn is_v3(&self) -> bool {
        V0_3.contains(&self.media_type.as_str())
    }

    /// The stored form, as cosign writes it.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SigningError> {
        json::write(self)
    }

    /// The envelope; a bundle of a bare file signature has none.
    pub fn envelope(&self) -> Option<&Envelope> {
        self.envelope.as_ref()
    }

    /// The signature over a file; a bundle of an envelope has none.
    pub fn message(&self) -> Option<&MessageSignature> {
        self.message.as_ref()
    }

    /// Base64 SHA-256 of the signing key, where the bundle was made with a key. Not signed: only a hint.
    pub fn hint(&self) -> Option<&str> {
        self.material.hint()
    }

    /// What came with it, read.
    pub(crate) fn evidence(&self) -> Result<Evidence, SigningError> {
        self.material.evidence(self.is_v3(), self.media_type == V0_1)
    }
}
