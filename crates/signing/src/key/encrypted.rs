//! Cosign's encrypted key files: base64 JSON in PEM, scrypt for the passphrase, NaCl secretbox around PKCS #8.
//!
//! Format: `secure-systems-lab/go-securesystemslib/encrypted`, which cosign uses.

use crypto_secretbox::XSalsa20Poly1305;
use crypto_secretbox::aead::{Aead as _, KeyInit as _};
use pem_rfc7468::LineEnding;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{SigningError, base64, json, limits};

const LABEL: &str = "ENCRYPTED SIGSTORE PRIVATE KEY";
const OLD_LABEL: &str = "ENCRYPTED COSIGN PRIVATE KEY";
/// The costs that any cosign ever wrote; others are refused, so that a file cannot ask for gigabytes of memory or for none.
const COSTS: [(u64, u8); 3] = [(1 << 15, 15), (1 << 16, 16), (1 << 17, 17)];

#[derive(Serialize, Deserialize)]
struct File {
    kdf: Kdf,
    cipher: Cipher,
    ciphertext: String,
}

#[derive(Serialize, Deserialize)]
struct Kdf {
    name: String,
    params: Params,
    salt: String,
}

#[derive(Serialize, Deserialize)]
struct Params {
    #[serde(rename = "N")]
    n: u64,
    r: u32,
    p: u32,
}

#[derive(Serialize, Deserialize)]
struct Cipher {
    name: String,
    nonce: String,
}

/// The PKCS #8 DER inside of a key file.
pub(super) fn open(text: &str, passphrase: &[u8]) -> Result<Zeroizing<Vec<u8>>, SigningError> {
    limits::check("the private key file", text.len() as u64, limits::KEY_BYTES, "bytes", "give a PEM file")?;
    let (label, body) = super::pem(text).map_err(bad)?;
    if label != LABEL && label != OLD_LABEL {
        return Err(bad(format!("the PEM block is a `{label}`")));
    }
    let file: File = json::read("the encrypted private key", &body)?;
    if file.kdf.name != "scrypt" || file.cipher.name != "nacl/secretbox" {
        return Err(bad(format!(
            "it uses {} and {}, not scrypt and nacl/secretbox",
            file.kdf.name, file.cipher.name
        )));
    }
    let Params { n, r, p } = file.kdf.params;
    let Some((_, log_n)) = COSTS.into_iter().find(|(cost, _)| *cost == n && r == 8 && p == 1) else {
        return Err(bad(format!(
            "scrypt with N {n}, r {r}, p {p}, where N is 32768, 65536 or 131072, r 8 and p 1"
        )));
    };
    let salt = base64::decode("the salt of the private key", &file.kdf.salt)?;
    let nonce = base64::decode("the nonce of the private key", &file.cipher.nonce)?;
    let secret = base64::decode("the private key's ciphertext", &file.ciphertext)?;
    let nonce: [u8; 24] = nonce.try_into().map_err(|_| bad("a nonce that is not 24 bytes"))?;
    let plain = cipher(passphrase, &salt, log_n)?
        .decrypt((&nonce).into(), secret.as_slice())
        .map_err(|_| SigningError::Passphrase)?;
    Ok(Zeroizing::new(plain))
}

/// A key file around PKCS #8 DER.
pub(super) fn seal(der: &[u8], passphrase: &[u8]) -> Result<String, SigningError> {
    let random = |e: getrandom::Error| SigningError::Random(e.to_string());
    let (mut salt, mut nonce) = ([0; 32], [0; 24]);
    getrandom::fill(&mut salt).map_err(random)?;
    getrandom::fill(&mut nonce).map_err(random)?;
    let secret = cipher(passphrase, &salt, 16)?
        .encrypt((&nonce).into(), der)
        .map_err(|e| SigningError::Sign(format!("the key could not be encrypted: {e}")))?;
    let file = File {
        kdf: Kdf {
            name: "scrypt".into(),
            params: Params { n: 1 << 16, r: 8, p: 1 },
            salt: base64::encode(&salt),
        },
        cipher: Cipher { name: "nacl/secretbox".into(), nonce: base64::encode(&nonce) },
        ciphertext: base64::encode(&secret),
    };
    pem_rfc7468::encode_string(LABEL, LineEnding::LF, &json::write(&file)?).map_err(bad)
}

fn cipher(passphrase: &[u8], salt: &[u8], log_n: u8) -> Result<XSalsa20Poly1305, SigningError> {
    let params = scrypt::Params::new(log_n, 8, 1).map_err(bad)?;
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(passphrase, salt, &params, key.as_mut()).map_err(bad)?;
    Ok(XSalsa20Poly1305::new((&*key).into()))
}

fn bad(reason: impl std::fmt::Display) -> SigningError {
    SigningError::Key {
        what: "private key file",
        reason: reason.to_string(),
        remedy: "give a key file of `seawall key generate` or `cosign generate-key-pair`; a plain PEM key becomes one with `seawall key import`",
    }
}
