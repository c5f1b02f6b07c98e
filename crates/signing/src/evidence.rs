//! What came with a signature to prove who made it and when: a certificate, log entries, timestamps. Nothing of it is
//! verified here.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::log::{Entry, Needs};
use crate::{SigningError, base64, certificate, json, limits};

/// What came with one signature.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Evidence {
    /// DER of the certificate whose key signed; none where a key signed that has none.
    pub(crate) certificate: Option<Vec<u8>>,
    /// Further certificates, which are not trusted by themselves.
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) entries: Vec<Entry>,
    /// RFC 3161 responses.
    pub(crate) timestamps: Vec<Vec<u8>>,
    /// What of an entry is required.
    pub(crate) needs: Needs,
}

/// The annotations of a legacy signature that prove who made it and when, as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proofs(BTreeMap<String, String>);

const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";
const CHAIN: &str = "dev.sigstore.cosign/chain";
const ENTRY: &str = "dev.sigstore.cosign/bundle";
const TIMESTAMP: &str = "dev.sigstore.cosign/rfc3161timestamp";

#[derive(Deserialize)]
struct Stamped {
    #[serde(rename = "SignedRFC3161Timestamp")]
    response: String,
}

impl Proofs {
    /// Of a layer's annotations.
    pub(crate) fn of(annotations: &BTreeMap<String, String>) -> Self {
        let ours = |key: &str| [CERTIFICATE, CHAIN, ENTRY, TIMESTAMP].contains(&key);
        Self(
            annotations
                .iter()
                .filter(|(k, v)| ours(k) && !v.is_empty())
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
        )
    }

    /// Whether there are none: the signature is a key's, and nothing says when it was made.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn evidence(&self) -> Result<Evidence, SigningError> {
        const WHAT: &str = "the annotations of the signature";
        let remedy = "sign the image again";
        for text in self.0.values() {
            limits::check(WHAT, text.len() as u64, limits::PAYLOAD_BYTES, "bytes", remedy)?;
        }
        let bad = |reason: String| SigningError::Document { what: WHAT, reason };
        let chain =
            |key: &str| self.0.get(key).map(|pem| certificate::pem_chain(pem)).transpose().map_err(bad);
        let mut own = chain(CERTIFICATE)?.unwrap_or_default().into_iter();
        let timestamp = |text: &String| -> Result<Vec<u8>, SigningError> {
            let stamped: Stamped = json::read(WHAT, text.as_bytes())?;
            base64::decode(WHAT, &stamped.response)
        };
        Ok(Evidence {
            certificate: own.next(),
            chain: own.chain(chain(CHAIN)?.unwrap_or_default()).collect(),
            entries: self.0.get(ENTRY).map(|text| Entry::annotation(text)).transpose()?.into_iter().collect(),
            timestamps: self.0.get(TIMESTAMP).map(timestamp).transpose()?.into_iter().collect(),
            needs: Needs::Promise,
        })
    }
}
