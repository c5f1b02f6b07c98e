//! One envelope, read: what was signed, with which algorithm, and what came with it.

use super::attributes::Attributes;
use super::{COSE, JWS, cose, jws};
use crate::{SigningError, limits};

/// Longest chain of certificates.
pub(super) const LONGEST: usize = 8;

/// A signature envelope of the notary project. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq)]
pub struct NotationEnvelope {
    /// `JWS` or `COSE`.
    pub(super) kind: &'static str,
    /// As the envelope writes it; the key decides.
    pub(super) algorithm: Named,
    pub(super) attributes: Attributes,
    /// The exact bytes under the signature.
    pub(super) signed: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) payload: Vec<u8>,
    /// DER, the signer's first, the root last; never empty.
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) timestamp: Option<Vec<u8>>,
}

/// A signature algorithm as envelopes write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// RFC 7518.
    Jose(String),
    /// RFC 9053, by its number.
    Cose(i64),
}

impl NotationEnvelope {
    /// The exact bytes that are signed: a descriptor in JSON.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Reads an envelope of that media type (`application/jose+json` or `application/cose`), of at most 1 MiB. What the
    /// specification asks of its attributes is checked here: one that is missing, or critical and unknown, is refused.
    pub fn parse(media_type: &str, bytes: &[u8]) -> Result<Self, SigningError> {
        const WHAT: &str = "the Notation envelope";
        limits::check(WHAT, bytes.len() as u64, limits::NOTATION_BYTES, "bytes", "sign the image again")?;
        let bad = |reason: String| SigningError::Document { what: WHAT, reason };
        let read = match media_type {
            JWS => jws::read(bytes)?,
            COSE => cose::read(bytes).map_err(bad)?,
            other => return Err(bad(format!("`{other}` is neither {JWS} nor {COSE}"))),
        };
        match read.chain.len() {
            0 => Err(bad("it carries no certificate".to_owned())),
            1..=LONGEST => Ok(read),
            more => Err(bad(format!("it carries {more} certificates, more than {LONGEST}"))),
        }
    }
}
