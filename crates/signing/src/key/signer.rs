//! What signs: a key at hand, or one that lives elsewhere (a key management service).

use crate::{PrivateKey, PublicKey, SigningError};

/// Something that makes signatures, and says with which key they are verified.
///
/// A key in a service is asked over the network; such an adapter may block, and says so.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public(&self) -> &PublicKey;

    /// A signature over `message`, in the form that [`PublicKey::verify`] reads.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError>;
}

impl Signer for PrivateKey {
    fn public(&self) -> &PublicKey {
        self.public()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        self.sign(message)
    }
}
