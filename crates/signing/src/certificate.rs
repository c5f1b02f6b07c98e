//! Signing certificates: who they name, who vouched for that, and what logs have seen of them.

mod claims;
mod identity;
mod transparency;

pub use identity::CertificateIdentity;
pub(crate) use transparency::seen;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rustls_pki_types::pem::{PemObject as _, SectionKind};
use x509_cert::Certificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage, SubjectAltName};

use crate::{PublicKey, limits};

/// `id-kp-codeSigning`.
const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");

/// A certificate that came with a signature. Nothing of it is trusted until it leads to an authority.
#[derive(Clone, Debug)]
pub(crate) struct SigningCertificate {
    pub(crate) der: Vec<u8>,
    pub(crate) parsed: Certificate,
    pub(crate) key: PublicKey,
    /// Subject alternative names: URIs, mail addresses, DNS names, and Fulcio's user names.
    pub(crate) names: Vec<String>,
    /// Who vouched for the subject: Fulcio's OIDC issuer.
    pub(crate) issuer: Option<String>,
    /// What else Fulcio wrote into it, by name.
    pub(crate) claims: BTreeMap<String, String>,
}

impl SigningCertificate {
    /// Reads a certificate; one of more than 64 KiB, or with a key of unknown algorithm, is refused.
    pub(crate) fn parse(der: &[u8]) -> Result<Self, String> {
        if der.len() as u64 > limits::CERTIFICATE_BYTES {
            return Err(format!("it has {} bytes, more than {}", der.len(), limits::CERTIFICATE_BYTES));
        }
        let parsed = Certificate::from_der(der).map_err(|e| format!("not a certificate: {e}"))?;
        let tbs = parsed.tbs_certificate();
        let key = tbs.subject_public_key_info().to_der().map_err(|e| e.to_string())?;
        let key = PublicKey::from_der(&key).map_err(|e| e.to_string())?;
        let names = match tbs.get_extension::<SubjectAltName>().map_err(|e| format!("its names: {e}"))? {
            Some((_, names)) => names.0.iter().filter_map(name).collect(),
            None => Vec::new(),
        };
        let (issuer, claims) = claims::read(&parsed)?;
        Ok(Self { der: der.to_vec(), key, names, issuer, claims, parsed })
    }

    /// Whether it may sign code: the extended key usage names it, and a key usage, where there is one, allows signatures.
    pub(crate) fn signs_code(&self) -> Result<(), String> {
        let tbs = self.parsed.tbs_certificate();
        let extended = tbs.get_extension::<ExtendedKeyUsage>().map_err(|e| e.to_string())?;
        if !extended.is_some_and(|(_, usage)| usage.0.contains(&CODE_SIGNING)) {
            return Err("its extended key usage does not name code signing".to_owned());
        }
        let usage = tbs.get_extension::<KeyUsage>().map_err(|e| e.to_string())?;
        if usage.is_some_and(|(_, usage)| !usage.digital_signature()) {
            return Err("its key usage does not allow digital signatures".to_owned());
        }
        Ok(())
    }

    /// Whether its own dates include the time.
    pub(crate) fn valid_at(&self, at: Timestamp) -> Result<(), String> {
        crate::trust::valid_at(&self.parsed, at)
    }

    /// Its subject in one line.
    pub(crate) fn subject(&self) -> String {
        if self.names.is_empty() {
            self.parsed.tbs_certificate().subject().to_string()
        } else {
            self.names.join(", ")
        }
    }
}

/// The names that sign: user names are Fulcio's `otherName` 1.3.6.1.4.1.57264.1.7.
fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(uri.as_str().to_owned()),
        GeneralName::Rfc822Name(mail) => Some(mail.as_str().to_owned()),
        GeneralName::DnsName(host) => Some(host.as_str().to_owned()),
        GeneralName::OtherName(other) if other.type_id.to_string() == "1.3.6.1.4.1.57264.1.7" => {
            other.value.decode_as::<String>().ok()
        }
        _ => None,
    }
}

/// The certificates of a PEM text, in order; at most eight.
pub(crate) fn pem_chain(text: &str) -> Result<Vec<Vec<u8>>, String> {
    const MOST: usize = 8;
    let mut chain = Vec::new();
    for block in <(SectionKind, Vec<u8>)>::pem_slice_iter(text.as_bytes()) {
        let (kind, der) = block.map_err(|e| format!("damaged PEM ({e})"))?;
        if kind != SectionKind::Certificate {
            return Err(format!("a PEM block is a {kind:?}, not a certificate"));
        }
        if chain.len() == MOST {
            return Err(format!("more than {MOST} certificates"));
        }
        chain.push(der);
    }
    if chain.is_empty() {
        Err("it holds no certificate (`-----BEGIN CERTIFICATE-----`)".to_owned())
    } else {
        Ok(chain)
    }
}
