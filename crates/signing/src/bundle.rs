//! Sigstore bundles: an envelope with what is needed to verify it (sigstore protobuf-specs, `sigstore_bundle.proto`).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Envelope, PublicKey, SigningError, json, limits};

/// Media type of bundles since v0.3, which Seawall and cosign 3 write.
pub const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const OLDER: [&str; 3] = [
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
];
const WHAT: &str = "the sigstore bundle";

/// A bundle around a DSSE envelope, made with a key. Certificates and log entries are kept as they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    #[serde(rename = "mediaType")]
    media_type: String,
    #[serde(rename = "verificationMaterial")]
    material: Material,
    #[serde(rename = "dsseEnvelope", default, skip_serializing_if = "Option::is_none")]
    envelope: Option<Envelope>,
    #[serde(rename = "messageSignature", default, skip_serializing_if = "Option::is_none")]
    message: Option<Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Material {
    #[serde(rename = "publicKey", default, skip_serializing_if = "Option::is_none")]
    public_key: Option<Hint>,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Hint {
    #[serde(default)]
    hint: String,
}

impl Bundle {
    /// A v0.3 bundle around an envelope that `key` signed.
    pub fn new(key: &PublicKey, envelope: Envelope) -> Self {
        Self {
            media_type: MEDIA_TYPE.to_owned(),
            material: Material { public_key: Some(Hint { hint: key.hint() }), rest: serde_json::Map::new() },
            envelope: Some(envelope),
            message: None,
        }
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
        if bundle.media_type != MEDIA_TYPE && !OLDER.contains(&bundle.media_type.as_str()) {
            let reason = format!("its version `{}` is not known; v0.1 to v0.3 are read", bundle.media_type);
            return Err(SigningError::Document { what: WHAT, reason });
        }
        bundle.envelope = bundle.envelope.map(Envelope::checked).transpose()?;
        if bundle.envelope.is_some() && bundle.message.is_some() {
            let reason = "it holds both an envelope and a message signature".to_owned();
            return Err(SigningError::Document { what: WHAT, reason });
        }
        if let Some(count) = bundle.envelope.as_ref().map(Envelope::signatures).filter(|count| *count != 1) {
            let reason = format!("its envelope holds {count} signatures, where the format allows one");
            return Err(SigningError::Document { what: WHAT, reason });
        }
        Ok(bundle)
    }

    /// The stored form, as cosign writes it.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SigningError> {
        json::write(self)
    }

    /// The envelope; a bundle of a bare file signature has none.
    pub fn envelope(&self) -> Option<&Envelope> {
        self.envelope.as_ref()
    }

    /// Base64 SHA-256 of the signing key, where the bundle was made with a key. Not signed: only a hint.
    pub fn hint(&self) -> Option<&str> {
        self.material.public_key.as_ref().map(|k| k.hint.as_str())
    }
}
