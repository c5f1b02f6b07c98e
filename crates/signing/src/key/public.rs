//! Public keys: PKIX PEM in and out, identity, verification.

mod jose;

use std::fmt;

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use pem_rfc7468::LineEnding;
use pkcs8::der::asn1::ObjectIdentifier;
use pkcs8::der::{Decode as _, Encode as _};
use pkcs8::spki::SubjectPublicKeyInfoRef;
use pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::{Algorithm, SigningError, base64, limits};

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// A public key, with its PKIX form.
#[derive(Clone)]
pub struct PublicKey {
    kind: Kind,
    der: Vec<u8>,
}

#[derive(Clone)]
enum Kind {
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
    /// The PKCS #1 `RSAPublicKey`.
    Rsa(Vec<u8>),
}

impl PublicKey {
    /// From PEM `PUBLIC KEY` (PKIX), as `cosign.pub` is.
    pub fn from_pem(text: &str) -> Result<Self, SigningError> {
        limits::check(
            "the public key file",
            text.len() as u64,
            limits::KEY_BYTES,
            "bytes",
            "give a PEM file",
        )?;
        let (label, der) = super::pem(text).map_err(bad)?;
        match label {
            "PUBLIC KEY" => Self::from_der(&der),
            other => Err(bad(format!("the PEM block is a `{other}`"))),
        }
    }

    /// From the PKIX `SubjectPublicKeyInfo`.
    pub fn from_der(der: &[u8]) -> Result<Self, SigningError> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|e| bad(format!("not PKIX ({e})")))?;
        let oid = info.algorithm.oid;
        let curve = info.algorithm.parameters.and_then(|p| p.decode_as::<ObjectIdentifier>().ok());
        let kind = match (oid, curve) {
            (EC, Some(P256)) => Kind::P256(p256::ecdsa::VerifyingKey::from_public_key_der(der).map_err(bad)?),
            (EC, Some(P384)) => Kind::P384(p384::ecdsa::VerifyingKey::from_public_key_der(der).map_err(bad)?),
            (EC, Some(P521)) => Kind::P521(p521::ecdsa::VerifyingKey::from_public_key_der(der).map_err(bad)?),
            (ED25519, _) => {
                Kind::Ed25519(ed25519_dalek::VerifyingKey::from_public_key_der(der).map_err(bad)?)
            }
            (RSA, _) => {
                let key = info
                    .subject_public_key
                    .as_bytes()
                    .ok_or_else(|| bad("the RSA key is not whole bytes"))?;
                Kind::Rsa(rsa_checked(key)?)
            }
            (EC, curve) => {
                let name = curve.map_or_else(|| "no named curve".to_owned(), |c| format!("curve {c}"));
                return Err(bad(format!("an elliptic curve key on {name}")));
            }
            (other, _) => return Err(bad(format!("a key of algorithm {other}"))),
        };
        Self::with(kind, Some(der))
    }

    fn with(kind: Kind, der: Option<&[u8]>) -> Result<Self, SigningError> {
        // Written anew where the type can be: an id must not depend on how the point was compressed.
        let der = match &kind {
            Kind::P256(k) => k.to_public_key_der().map_err(bad)?.into_vec(),
            Kind::P384(k) => k.to_public_key_der().map_err(bad)?.into_vec(),
            Kind::P521(k) => k.to_public_key_der().map_err(bad)?.into_vec(),
            Kind::Ed25519(k) => k.to_public_key_der().map_err(bad)?.into_vec(),
            Kind::Rsa(pkcs1) => match der {
                Some(der) => der.to_vec(),
                None => rsa_pkix(pkcs1)?,
            },
        };
        Ok(Self { kind, der })
    }

    pub(super) fn from_p256(key: &p256::ecdsa::SigningKey) -> Result<Self, SigningError> {
        Self::with(Kind::P256(*key.verifying_key()), None)
    }

    pub(super) fn from_p384(key: &p384::ecdsa::SigningKey) -> Result<Self, SigningError> {
        Self::with(Kind::P384(*key.verifying_key()), None)
    }

    pub(super) fn from_p521(key: &p521::ecdsa::SigningKey) -> Result<Self, SigningError> {
        Self::with(Kind::P521(*key.verifying_key()), None)
    }

    pub(super) fn from_ed25519(key: &ed25519_dalek::SigningKey) -> Result<Self, SigningError> {
        Self::with(Kind::Ed25519(key.verifying_key()), None)
    }

    /// From a PKCS #1 `RSAPublicKey`, as old keys of logs are written.
    pub(crate) fn from_rsa_pkcs1(key: &[u8]) -> Result<Self, SigningError> {
        Self::with(Kind::Rsa(rsa_checked(key)?), None)
    }

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        match self.kind {
            Kind::P256(_) => Algorithm::EcdsaP256,
            Kind::P384(_) => Algorithm::EcdsaP384,
            Kind::P521(_) => Algorithm::EcdsaP521,
            Kind::Ed25519(_) => Algorithm::Ed25519,
            Kind::Rsa(_) => Algorithm::Rsa,
        }
    }

    /// The PKIX `SubjectPublicKeyInfo`.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// PEM `PUBLIC KEY`.
    pub fn to_pem(&self) -> Result<String, SigningError> {
        pem_rfc7468::encode_string("PUBLIC KEY", LineEnding::LF, &self.der).map_err(bad)
    }

    /// The id of the key in evidence and messages: lower-case hex SHA-256 of its PKIX form.
    pub fn id(&self) -> String {
        hex::encode(Sha256::digest(&self.der))
    }

    /// What a bundle carries as `publicKey.hint`: base64 of the same sum.
    pub fn hint(&self) -> String {
        base64::encode(&Sha256::digest(&self.der))
    }

    /// Whether `signature` is this key's over `message`: DER for ECDSA, 64 bytes for Ed25519, PKCS #1 v1.5 for RSA.
    ///
    /// The scheme is the key's own. P-384 and P-521 signatures are also accepted over SHA-256, which older cosign made.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SigningError> {
        let good = match &self.kind {
            Kind::P256(k) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|s| k.verify_prehash(&Sha256::digest(message), &s).is_ok()),
            Kind::P384(k) => p384::ecdsa::Signature::from_der(signature).is_ok_and(|s| {
                k.verify_prehash(&Sha384::digest(message), &s).is_ok()
                    || k.verify_prehash(&Sha256::digest(message), &s).is_ok()
            }),
            Kind::P521(k) => p521::ecdsa::Signature::from_der(signature).is_ok_and(|s| {
                // A sum shorter than half the field is refused by the library; a zero byte in front leaves the number the same.
                let mut padded = [0; 33];
                padded[1..].copy_from_slice(&Sha256::digest(message));
                k.verify_prehash(&Sha512::digest(message), &s).is_ok()
                    || k.verify_prehash(&padded, &s).is_ok()
            }),
            Kind::Ed25519(k) => ed25519_dalek::Signature::from_slice(signature).is_ok_and(|s| {
                k.verify_strict(message, &s).is_ok()
                    || k.verify_prehashed_strict(Sha512::new_with_prefix(message), None, &s).is_ok()
            }),
            Kind::Rsa(k) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, k).verify(message, signature).is_ok()
            }
        };
        if good { Ok(()) } else { Err(SigningError::Signature { key: self.id() }) }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, {})", self.algorithm(), self.id())
    }
}

fn bad(reason: impl fmt::Display) -> SigningError {
    SigningError::Key {
        what: "public key",
        reason: reason.to_string(),
        remedy: "give a PEM file `PUBLIC KEY` with an ECDSA (P-256, P-384, P-521), Ed25519 or RSA key, such as cosign.pub",
    }
}

/// Refuses an RSA key that could never verify, so that the message comes when the key is read.
fn rsa_checked(pkcs1: &[u8]) -> Result<Vec<u8>, SigningError> {
    let parts = ring::signature::RsaPublicKeyComponents::<Vec<u8>>::try_from_pkcs1(pkcs1)?;
    let bits = parts.n.len() * 8;
    if (2048..=8192).contains(&bits) {
        Ok(pkcs1.to_vec())
    } else {
        Err(bad(format!("an RSA key of {bits} bits")))
    }
}

/// Reads PKCS #1 `RSAPublicKey`.
trait Pkcs1: Sized {
    fn try_from_pkcs1(der: &[u8]) -> Result<Self, SigningError>;
}

impl Pkcs1 for ring::signature::RsaPublicKeyComponents<Vec<u8>> {
    fn try_from_pkcs1(der: &[u8]) -> Result<Self, SigningError> {
        use pkcs8::der::Reader as _;
        use pkcs8::der::asn1::UintRef;
        let mut reader = pkcs8::der::SliceReader::new(der).map_err(bad)?;
        let (n, e) = reader
            .sequence(|inner| Ok::<_, pkcs8::der::Error>((UintRef::decode(inner)?, UintRef::decode(inner)?)))
            .map_err(bad)?;
        reader.finish().map_err(bad)?;
        Ok(Self { n: n.as_bytes().to_vec(), e: e.as_bytes().to_vec() })
    }
}

fn rsa_pkix(pkcs1: &[u8]) -> Result<Vec<u8>, SigningError> {
    use pkcs8::der::asn1::{AnyRef, BitStringRef};
    use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfo};
    let algorithm = AlgorithmIdentifierRef { oid: RSA, parameters: Some(AnyRef::NULL) };
    let key = BitStringRef::from_bytes(pkcs1).map_err(bad)?;
    SubjectPublicKeyInfo { algorithm, subject_public_key: key }.to_der().map_err(bad)
}
