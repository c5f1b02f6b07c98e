//! Whom Notation signatures are trusted by: stores of certificates, and subjects.

use std::fmt;

use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::certificates::is_authority;
use super::subject::Subject;
use crate::trust::Authority;
use crate::{SigningError, certificate, limits};

const WHAT: &str = "the Notation trust store";
/// Most certificates of one store.
const MOST: usize = 256;

/// Which store a certificate belongs to (`trust-store-trust-policy.md`, "Trust Store").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotationStore {
    /// `ca`: for the signing scheme `notary.x509`.
    Authority,
    /// `signingAuthority`: for the signing scheme `notary.x509.signingAuthority`.
    SigningAuthority,
    /// `tsa`: for timestamps.
    TimestampAuthority,
}

/// Stores of trusted certificates, and which subjects count. A new one trusts nobody.
#[derive(Clone, Debug, Default)]
pub struct NotationTrust {
    pub(super) authorities: Vec<Vec<u8>>,
    pub(super) signing_authorities: Vec<Vec<u8>>,
    pub(super) timestamp_authorities: Vec<Authority>,
    subjects: Vec<(String, Subject)>,
}

impl NotationTrust {
    /// Trusts nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the certificates of one file, PEM or DER, to a store. Only an authority's certificate, or one that signed itself,
    /// can be trusted.
    pub fn add(&mut self, store: NotationStore, file: &[u8]) -> Result<(), SigningError> {
        limits::check(WHAT, file.len() as u64, limits::TRUSTED_ROOT_BYTES, "bytes", "give certificates")?;
        let bad = |reason: String| SigningError::Document { what: WHAT, reason };
        let all = match std::str::from_utf8(file) {
            Ok(text) if text.contains("-----BEGIN ") => certificate::pem_chain(text).map_err(bad)?,
            _ => vec![file.to_vec()],
        };
        for der in all {
            let parsed = Certificate::from_der(&der)
                .map_err(|e| bad(format!("a file of it is neither PEM nor a certificate: {e}")))?;
            let tbs = parsed.tbs_certificate();
            if is_authority(&parsed).is_err() && tbs.issuer() != tbs.subject() {
                return Err(bad(format!("{} is no authority, and did not sign itself", tbs.subject())));
            }
            let (count, known) = match store {
                NotationStore::Authority => (self.authorities.len(), self.authorities.contains(&der)),
                NotationStore::SigningAuthority => {
                    (self.signing_authorities.len(), self.signing_authorities.contains(&der))
                }
                NotationStore::TimestampAuthority => (self.timestamp_authorities.len(), false),
            };
            if count == MOST {
                return Err(bad(format!("it holds more than {MOST} certificates")));
            }
            match store {
                _ if known => {}
                NotationStore::Authority => self.authorities.push(der),
                NotationStore::SigningAuthority => self.signing_authorities.push(der),
                NotationStore::TimestampAuthority => {
                    self.timestamp_authorities.push(Authority::anchor(der).map_err(bad)?);
                }
            }
        }
        Ok(())
    }

    /// Whether no signature could be trusted by it.
    pub fn is_empty(&self) -> bool {
        self.authorities.is_empty() && self.signing_authorities.is_empty()
    }

    /// Asks for a subject, as Notation's trust policies write it: `x509.subject: C=…, ST=…, O=…`, with more attributes where
    /// more must match. Asked for several, one of them must match; without any, whoever the store vouches for is trusted.
    pub fn subject(&mut self, text: &str) -> Result<(), SigningError> {
        let subject = Subject::parse(text)
            .map_err(|reason| SigningError::Document { what: "the Notation identity", reason })?;
        self.subjects.push((text.trim().to_owned(), subject));
        Ok(())
    }

    /// Whether the subject of a certificate counts.
    pub(super) fn is_trusted(&self, certificate: &Certificate) -> bool {
        let name = certificate.tbs_certificate().subject();
        self.subjects.is_empty() || self.subjects.iter().any(|(_, subject)| subject.matches(name))
    }
}

impl fmt::Display for NotationTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.subjects.is_empty() {
            return f.write_str("any certificate of the Notation trust store");
        }
        let texts: Vec<&str> = self.subjects.iter().map(|(text, _)| text.as_str()).collect();
        f.write_str(&texts.join(" or "))
    }
}
