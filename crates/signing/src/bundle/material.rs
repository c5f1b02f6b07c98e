//! The verification material of a bundle.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::WHAT;
use crate::evidence::Evidence;
use crate::log::{Entry, Needs};
use crate::{PublicKey, SigningError, base64, limits};

/// As it is stored; what is not a key's hint is kept as it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Material {
    #[serde(rename = "publicKey", default, skip_serializing_if = "Option::is_none")]
    public_key: Option<Hint>,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Hint {
    #[serde(default)]
    hint: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rest {
    certificate: Option<Certificate>,
    #[serde(rename = "x509CertificateChain")]
    chain: Option<Chain>,
    #[serde(default)]
    tlog_entries: Option<Vec<Value>>,
    timestamp_verification_data: Option<Timestamps>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Certificate {
    raw_bytes: String,
}

#[derive(Deserialize)]
struct Chain {
    #[serde(default)]
    certificates: Vec<Certificate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Timestamps {
    #[serde(default)]
    rfc3161_timestamps: Vec<Stamped>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stamped {
    signed_timestamp: String,
}

impl Material {
    pub(super) fn of_key(key: &PublicKey) -> Self {
        Self { public_key: Some(Hint { hint: key.hint() }), rest: serde_json::Map::new() }
    }

    pub(super) fn hint(&self) -> Option<&str> {
        self.public_key.as_ref().map(|k| k.hint.as_str())
    }

    /// Reads it. Exactly one of key, certificate and chain says who signed; v0.3 has no chain.
    pub(super) fn evidence(&self, v3: bool, v1: bool) -> Result<Evidence, SigningError> {
        let rest: Rest = serde_json::from_value(Value::Object(self.rest.clone())).map_err(bad)?;
        let mut certificates = Vec::new();
        let signers = [self.public_key.is_some(), rest.certificate.is_some(), rest.chain.is_some()];
        if signers.iter().filter(|there| **there).count() != 1 {
            return Err(bad("it names not exactly one of a key, a certificate and a chain"));
        }
        if v3 && rest.chain.is_some() {
            return Err(bad("a bundle of v0.3 carries a certificate, not a chain"));
        }
        let limit = |count: usize, unit: &'static str| {
            limits::check(WHAT, count as u64, limits::PROOFS, unit, "sign it again")
        };
        if let Some(certificate) = &rest.certificate {
            certificates.push(base64::decode(WHAT, &certificate.raw_bytes)?);
        }
        if let Some(chain) = &rest.chain {
            limit(chain.certificates.len(), "certificates")?;
            for certificate in &chain.certificates {
                certificates.push(base64::decode(WHAT, &certificate.raw_bytes)?);
            }
            if certificates.is_empty() {
                return Err(bad("its certificate chain is empty"));
            }
        }
        let entries = rest.tlog_entries.unwrap_or_default();
        limit(entries.len(), "log entries")?;
        let timestamps = rest.timestamp_verification_data.map(|t| t.rfc3161_timestamps).unwrap_or_default();
        limit(timestamps.len(), "timestamps")?;
        let mut certificates = certificates.into_iter();
        Ok(Evidence {
            certificate: certificates.next(),
            chain: certificates.collect(),
            entries: entries.iter().map(Entry::read).collect::<Result<_, _>>()?,
            timestamps: timestamps
                .iter()
                .map(|t| base64::decode(WHAT, &t.signed_timestamp))
                .collect::<Result<_, _>>()?,
            needs: if v1 { Needs::Promise } else { Needs::Proof },
        })
    }
}

fn bad(reason: impl std::fmt::Display) -> SigningError {
    SigningError::Document { what: WHAT, reason: reason.to_string() }
}
