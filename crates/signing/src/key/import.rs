//! Plain private keys in PEM, as OpenSSL writes them: PKCS #8, and the older SEC 1 and PKCS #1.

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef};
use pkcs8::der::{Decode as _, Encode as _};
use pkcs8::spki::AlgorithmIdentifierRef;
use rustls_pki_types::pem::{PemObject as _, SectionKind};
use zeroize::Zeroizing;

use crate::{SigningError, limits};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// The PKCS #8 DER of the first private key in a PEM text.
pub(super) fn pkcs8(text: &str) -> Result<Zeroizing<Vec<u8>>, SigningError> {
    limits::check("the private key file", text.len() as u64, limits::KEY_BYTES, "bytes", "give a PEM file")?;
    for encrypted in ["BEGIN ENCRYPTED PRIVATE KEY", "Proc-Type: 4,ENCRYPTED", "BEGIN OPENSSH PRIVATE KEY"] {
        if text.contains(encrypted) {
            return Err(bad(format!("`{encrypted}`: only a plain key is imported")));
        }
    }
    for block in <(SectionKind, Vec<u8>)>::pem_slice_iter(text.as_bytes()) {
        let (kind, der) = block.map_err(|e| bad(format!("damaged PEM ({e})")))?;
        let der = Zeroizing::new(der);
        match kind {
            SectionKind::PrivateKey => return Ok(der),
            SectionKind::RsaPrivateKey => return wrap(RSA, Some(AnyRef::NULL), &der),
            SectionKind::EcPrivateKey => {
                let key = sec1::EcPrivateKey::from_der(&der).map_err(bad)?;
                let curve = key.parameters.and_then(sec1::EcParameters::named_curve);
                let curve = curve.ok_or_else(|| bad("an elliptic curve key without a named curve"))?;
                return wrap(EC, Some(AnyRef::from(&curve)), &der);
            }
            // `openssl ecparam -genkey` writes the curve before the key, and certificates may follow it.
            _ => {}
        }
    }
    Err(bad("it holds no private key (`-----BEGIN PRIVATE KEY-----`)"))
}

fn wrap(
    oid: ObjectIdentifier,
    parameters: Option<AnyRef<'_>>,
    der: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SigningError> {
    let key = OctetStringRef::new(der).map_err(bad)?;
    let info = PrivateKeyInfoRef::new(AlgorithmIdentifierRef { oid, parameters }, key);
    info.to_der().map(Zeroizing::new).map_err(bad)
}

fn bad(reason: impl std::fmt::Display) -> SigningError {
    SigningError::Key {
        what: "private key",
        reason: reason.to_string(),
        remedy: "give a plain PEM key: PKCS #8, PKCS #1 (RSA) or SEC 1 (elliptic curve), such as `openssl genpkey` writes",
    }
}
