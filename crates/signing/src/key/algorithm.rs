//! Which signature algorithms are known. The hash follows the key, so that nothing in a document can choose it.

use std::fmt;
use std::str::FromStr;

use crate::SigningError;

/// The kind of a key, and with it the signature scheme and hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256: what cosign makes, and what its `verify` reads without more flags.
    #[default]
    EcdsaP256,
    /// ECDSA on P-384 with SHA-384.
    EcdsaP384,
    /// ECDSA on P-521 with SHA-512.
    EcdsaP521,
    /// Ed25519; written pure, read pure and pre-hashed (cosign 3 writes Ed25519ph).
    Ed25519,
    /// RSA of 2048 bits or more, PKCS #1 v1.5 with SHA-256.
    Rsa,
}

impl Algorithm {
    const ALL: [(Self, &'static str); 5] = [
        (Self::EcdsaP256, "ecdsa-p256"),
        (Self::EcdsaP384, "ecdsa-p384"),
        (Self::EcdsaP521, "ecdsa-p521"),
        (Self::Ed25519, "ed25519"),
        (Self::Rsa, "rsa"),
    ];

    /// The name used on the command line and in evidence.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(a, _)| *a == self).map_or("unknown", |(_, name)| name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = SigningError;

    fn from_str(text: &str) -> Result<Self, SigningError> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(a, _)| *a).ok_or_else(|| {
            SigningError::Unsupported {
                algorithm: format!("`{text}`"),
                reason: "no such algorithm",
                remedy: "use ecdsa-p256, ecdsa-p384, ecdsa-p521, ed25519 or rsa",
            }
        })
    }
}
