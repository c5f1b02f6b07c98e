//! Private keys: generated or read from PKCS #8, never shown.

use std::fmt;

use p256::ecdsa::signature::{SignatureEncoding as _, Signer as _};
use p256::elliptic_curve::Generate as _;
use pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use zeroize::Zeroizing;

use super::{encrypted, import};
use crate::{Algorithm, PublicKey, SigningError};

/// A private key. Its secret is wiped from memory when it is dropped, and `Debug` shows only the algorithm and id.
pub struct PrivateKey {
    kind: Kind,
    public: PublicKey,
}

enum Kind {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
    /// PKCS #8, which `ring` reads anew for each signature: it does not wipe its own copy, so that is kept short-lived.
    Rsa(Zeroizing<Vec<u8>>),
}

impl PrivateKey {
    /// A new key from the operating system's randomness. RSA keys are only read, not made.
    pub fn generate(algorithm: Algorithm) -> Result<Self, SigningError> {
        let random = |e: getrandom::Error| SigningError::Random(e.to_string());
        let kind = match algorithm {
            Algorithm::EcdsaP256 => Kind::P256(p256::SecretKey::try_generate().map_err(random)?.into()),
            Algorithm::EcdsaP384 => Kind::P384(p384::SecretKey::try_generate().map_err(random)?.into()),
            Algorithm::EcdsaP521 => Kind::P521(p521::SecretKey::try_generate().map_err(random)?.into()),
            Algorithm::Ed25519 => {
                let mut seed = Zeroizing::new([0; 32]);
                getrandom::fill(seed.as_mut()).map_err(random)?;
                Kind::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
            }
            Algorithm::Rsa => {
                return Err(SigningError::Unsupported {
                    algorithm: algorithm.to_string(),
                    reason: "they are read, but not generated",
                    remedy: "choose ecdsa-p256, or import a key made elsewhere",
                });
            }
        };
        Self::with(kind)
    }

    /// From PKCS #8 DER. SEC 1 and PKCS #1 are refused, as cosign refuses them.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, SigningError> {
        use pkcs8::der::Decode as _;
        let info = pkcs8::PrivateKeyInfoRef::from_der(der).map_err(|_| bad("the content is not PKCS #8"))?;
        let oid = info.algorithm.oid.to_string();
        let curve = info.algorithm.parameters_oid().map(|o| o.to_string()).unwrap_or_default();
        let kind = match (oid.as_str(), curve.as_str()) {
            ("1.2.840.10045.2.1", "1.2.840.10045.3.1.7") => {
                Kind::P256(p256::SecretKey::from_pkcs8_der(der).map_err(bad)?.into())
            }
            ("1.2.840.10045.2.1", "1.3.132.0.34") => {
                Kind::P384(p384::SecretKey::from_pkcs8_der(der).map_err(bad)?.into())
            }
            ("1.2.840.10045.2.1", "1.3.132.0.35") => {
                Kind::P521(p521::SecretKey::from_pkcs8_der(der).map_err(bad)?.into())
            }
            ("1.3.101.112", _) => Kind::Ed25519(ed25519_dalek::SigningKey::from_pkcs8_der(der).map_err(bad)?),
            ("1.2.840.113549.1.1.1", _) => Kind::Rsa(Zeroizing::new(der.to_vec())),
            (other, curve) => return Err(bad(format!("a key of algorithm {other} {curve}"))),
        };
        Self::with(kind)
    }

    /// From a cosign key file: PEM `ENCRYPTED SIGSTORE PRIVATE KEY` or the older `ENCRYPTED COSIGN PRIVATE KEY`.
    pub fn from_encrypted_pem(text: &str, passphrase: &[u8]) -> Result<Self, SigningError> {
        Self::from_pkcs8_der(&encrypted::open(text, passphrase)?)
    }

    /// From a plain PEM key, as OpenSSL writes it: PKCS #8, PKCS #1 or SEC 1.
    pub fn from_pem(text: &str) -> Result<Self, SigningError> {
        Self::from_pkcs8_der(&import::pkcs8(text)?)
    }

    fn with(kind: Kind) -> Result<Self, SigningError> {
        let public = match &kind {
            Kind::P256(k) => PublicKey::from_p256(k)?,
            Kind::P384(k) => PublicKey::from_p384(k)?,
            Kind::P521(k) => PublicKey::from_p521(k)?,
            Kind::Ed25519(k) => PublicKey::from_ed25519(k)?,
            Kind::Rsa(der) => PublicKey::from_rsa_pkcs1(rsa(der)?.public_key().as_ref())?,
        };
        Ok(Self { kind, public })
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Id of the public half.
    pub fn id(&self) -> String {
        self.public.id()
    }

    /// PKCS #8 DER, wiped when dropped.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, SigningError> {
        let document = match &self.kind {
            Kind::P256(k) => p256::SecretKey::from(k).to_pkcs8_der(),
            Kind::P384(k) => p384::SecretKey::from(k).to_pkcs8_der(),
            Kind::P521(k) => p521::SecretKey::from(k).to_pkcs8_der(),
            Kind::Ed25519(k) => k.to_pkcs8_der(),
            Kind::Rsa(der) => return Ok(der.clone()),
        };
        Ok(document.map_err(bad)?.to_bytes())
    }

    /// A cosign key file: PEM `ENCRYPTED SIGSTORE PRIVATE KEY`, scrypt (N 65536) and secretbox.
    pub fn to_encrypted_pem(&self, passphrase: &[u8]) -> Result<String, SigningError> {
        encrypted::seal(&self.to_pkcs8_der()?, passphrase)
    }

    /// A signature over `message`, in the form that [`PublicKey::verify`] reads.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let failed = |e: p256::ecdsa::Error| SigningError::Sign(e.to_string());
        Ok(match &self.kind {
            Kind::P256(k) => {
                let signature: p256::ecdsa::Signature = k.try_sign(message).map_err(failed)?;
                signature.to_der().to_vec()
            }
            Kind::P384(k) => {
                let signature: p384::ecdsa::Signature = k.try_sign(message).map_err(failed)?;
                signature.to_der().to_vec()
            }
            Kind::P521(k) => {
                let signature: p521::ecdsa::Signature = k.try_sign(message).map_err(failed)?;
                signature.to_der().to_vec()
            }
            Kind::Ed25519(k) => k.try_sign(message).map_err(failed)?.to_vec(),
            Kind::Rsa(der) => {
                let pair = rsa(der)?;
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &ring::rand::SystemRandom::new(), message, &mut signature)
                    .map_err(|e| SigningError::Sign(e.to_string()))?;
                signature
            }
        })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, {})", self.public.algorithm(), self.public.id())
    }
}

fn rsa(der: &[u8]) -> Result<ring::signature::RsaKeyPair, SigningError> {
    ring::signature::RsaKeyPair::from_pkcs8(der).map_err(|e| bad(format!("an RSA key that is refused ({e})")))
}

fn bad(reason: impl fmt::Display) -> SigningError {
    SigningError::Key {
        what: "private key",
        reason: reason.to_string(),
        remedy: "make one with `seawall key generate` or `cosign generate-key-pair`, or import one with `seawall key import`",
    }
}
