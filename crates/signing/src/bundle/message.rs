//! A signature over the bytes of a file.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::{Algorithm, Signer, SigningError, base64, limits};

const WHAT: &str = "the message signature";

/// A signature over bytes, with their sum as a hint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSignature {
    #[serde(rename = "messageDigest", default, skip_serializing_if = "Option::is_none")]
    digest: Option<MessageDigest>,
    #[serde(default)]
    signature: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct MessageDigest {
    #[serde(default)]
    algorithm: String,
    #[serde(default)]
    digest: String,
}

impl MessageSignature {
    /// Signs bytes.
    pub fn sign(key: &dyn Signer, bytes: &[u8]) -> Result<Self, SigningError> {
        Ok(Self::new(key.public().algorithm(), bytes, &key.sign(bytes)?))
    }

    /// Of a signature that a key of that algorithm made. The hash of the sum follows the curve, as in cosign's bundles.
    pub fn new(algorithm: Algorithm, bytes: &[u8], signature: &[u8]) -> Self {
        let (name, sum) = match algorithm {
            Algorithm::EcdsaP384 => ("SHA2_384", Sha384::digest(bytes).to_vec()),
            Algorithm::EcdsaP521 => ("SHA2_512", Sha512::digest(bytes).to_vec()),
            _ => ("SHA2_256", Sha256::digest(bytes).to_vec()),
        };
        let digest = MessageDigest { algorithm: name.to_owned(), digest: base64::encode(&sum) };
        Self { digest: Some(digest), signature: base64::encode(signature) }
    }

    /// The signature, as [`crate::PublicKey::verify`] reads it.
    pub fn signature(&self) -> Result<Vec<u8>, SigningError> {
        limits::check(
            WHAT,
            self.signature.len() as u64,
            limits::SIGNATURE_CHARS,
            "characters",
            "sign it again",
        )?;
        if self.signature.is_empty() {
            return Err(SigningError::Document { what: WHAT, reason: "it is empty".to_owned() });
        }
        base64::decode(WHAT, &self.signature)
    }

    /// Whether the sum that came with it is that of the bytes. The sum is not signed; another one is a sign of confusion.
    pub(crate) fn is_of(&self, bytes: &[u8]) -> Result<(), String> {
        let Some(digest) = &self.digest else { return Ok(()) };
        let found = base64::decode(WHAT, &digest.digest).map_err(|e| e.to_string())?;
        let good = match digest.algorithm.as_str() {
            "SHA2_256" => Sha256::digest(bytes).as_slice() == found,
            "SHA2_384" => Sha384::digest(bytes).as_slice() == found,
            "SHA2_512" => Sha512::digest(bytes).as_slice() == found,
            // cosign names none where Ed25519ph signed; whichever it is, it is of these bytes.
            "" | "HASH_ALGORITHM_UNSPECIFIED" => {
                found.is_empty()
                    || Sha256::digest(bytes).as_slice() == found
                    || Sha384::digest(bytes).as_slice() == found
                    || Sha512::digest(bytes).as_slice() == found
            }
            other => return Err(format!("its sum is of `{other}`, which is not known")),
        };
        if good { Ok(()) } else { Err("it was made for other bytes: its sum is another".to_owned()) }
    }
}
