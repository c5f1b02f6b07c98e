//! Signatures as JOSE and COSE have them: ECDSA as two numbers in a row, RSA with PSS, and the hash by the key's size.
//!
//! Source: RFC 7518, section 3; RFC 9053, section 2; notary project, "Algorithm Selection".

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use ring::signature::{
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::{Kind, Pkcs1 as _, PublicKey};
use crate::SigningError;

/// The one algorithm of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Jose {
    name: &'static str,
    number: i64,
}

impl Jose {
    /// As JWS writes it.
    pub(crate) fn name(self) -> &'static str {
        self.name
    }

    /// As COSE writes it.
    pub(crate) fn number(self) -> i64 {
        self.number
    }
}

impl PublicKey {
    /// Its algorithm; none for Ed25519, and for RSA of other sizes than 2048, 3072 and 4096 bits.
    pub(crate) fn jose(&self) -> Result<Jose, SigningError> {
        let (name, number) = match &self.kind {
            Kind::P256(_) => ("ES256", -7),
            Kind::P384(_) => ("ES384", -35),
            Kind::P521(_) => ("ES512", -36),
            Kind::Rsa(key) => {
                let (name, number, _) = pss(key)?;
                (name, number)
            }
            Kind::Ed25519(_) => return Err(super::bad("Ed25519, which Notation does not know")),
        };
        Ok(Jose { name, number })
    }

    /// Whether `signature` is this key's over `message`.
    pub(crate) fn verify_jose(&self, message: &[u8], signature: &[u8]) -> Result<(), SigningError> {
        let good = match &self.kind {
            Kind::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|s| key.verify_prehash(&Sha256::digest(message), &s).is_ok()),
            Kind::P384(key) => p384::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|s| key.verify_prehash(&Sha384::digest(message), &s).is_ok()),
            Kind::P521(key) => p521::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|s| key.verify_prehash(&Sha512::digest(message), &s).is_ok()),
            Kind::Rsa(key) => {
                let (.., algorithm) = pss(key)?;
                UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
            }
            Kind::Ed25519(_) => false,
        };
        if good { Ok(()) } else { Err(SigningError::Signature { key: self.id() }) }
    }
}

fn pss(key: &[u8]) -> Result<(&'static str, i64, &'static RsaParameters), SigningError> {
    match RsaPublicKeyComponents::<Vec<u8>>::try_from_pkcs1(key)?.n.len() * 8 {
        2048 => Ok(("PS256", -37, &RSA_PSS_2048_8192_SHA256)),
        3072 => Ok(("PS384", -38, &RSA_PSS_2048_8192_SHA384)),
        4096 => Ok(("PS512", -39, &RSA_PSS_2048_8192_SHA512)),
        bits => Err(super::bad(format!("an RSA key of {bits} bits, which Notation does not know"))),
    }
}
