//! Entries of a transparency log, as bundles and as cosign's annotations carry them.

use serde::Deserialize;
use serde_json::Value;

use crate::{SigningError, base64, json, limits};

const WHAT: &str = "the transparency log entry";

/// One entry. Nothing of it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Over all shards of the log.
    pub(crate) index: i64,
    pub(crate) log_id: Vec<u8>,
    pub(crate) kind: String,
    pub(crate) version: String,
    /// Seconds since 1970.
    pub(crate) integrated: Option<i64>,
    pub(crate) promise: Option<Vec<u8>>,
    pub(crate) proof: Option<Proof>,
    /// The exact bytes that are in the log.
    pub(crate) body: Vec<u8>,
}

/// That the entry is in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    /// In this tree.
    pub(crate) index: u64,
    pub(crate) size: u64,
    pub(crate) root: Vec<u8>,
    pub(crate) hashes: Vec<Vec<u8>>,
    pub(crate) checkpoint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(default)]
    log_index: Value,
    log_id: Option<LogId>,
    kind_version: Option<KindVersion>,
    #[serde(default)]
    integrated_time: Value,
    inclusion_promise: Option<Promise>,
    inclusion_proof: Option<WrittenProof>,
    #[serde(default)]
    canonicalized_body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogId {
    key_id: String,
}

#[derive(Deserialize)]
struct KindVersion {
    kind: String,
    version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Promise {
    signed_entry_timestamp: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenProof {
    #[serde(default)]
    log_index: Value,
    #[serde(default)]
    root_hash: String,
    #[serde(default)]
    tree_size: Value,
    #[serde(default)]
    hashes: Vec<String>,
    checkpoint: Option<Checkpoint>,
}

#[derive(Deserialize)]
struct Checkpoint {
    #[serde(default)]
    envelope: String,
}

/// Cosign's annotation `dev.sigstore.cosign/bundle`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Annotation {
    signed_entry_timestamp: String,
    payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    body: String,
    #[serde(rename = "integratedTime")]
    integrated_time: i64,
    #[serde(rename = "logIndex")]
    log_index: i64,
    #[serde(rename = "logID")]
    log_id: String,
}

#[derive(Deserialize)]
struct Head {
    kind: String,
    #[serde(rename = "apiVersion")]
    version: String,
}

impl Entry {
    /// From a bundle's `tlogEntries`.
    pub(crate) fn read(value: &Value) -> Result<Self, SigningError> {
        let written = Written::deserialize(value).map_err(bad)?;
        let body = base64::decode(WHAT, &written.canonicalized_body)?;
        let head = head(&body)?;
        if let Some(said) = written.kind_version
            && (said.kind != head.kind || said.version != head.version)
        {
            let reason =
                format!("it says {} {}, and is {} {}", said.kind, said.version, head.kind, head.version);
            return Err(bad(reason));
        }
        let log_id = written.log_id.ok_or_else(|| bad("it names no log"))?;
        let promise =
            written.inclusion_promise.map(|p| base64::decode(WHAT, &p.signed_entry_timestamp)).transpose()?;
        // Zero is what protobuf writes for a time that nobody set.
        let integrated = integer(&written.integrated_time)?.filter(|time| *time != 0);
        Ok(Self {
            index: integer(&written.log_index)?.unwrap_or(0),
            log_id: base64::decode(WHAT, &log_id.key_id)?,
            kind: head.kind,
            version: head.version,
            integrated,
            promise: promise.filter(|promise| !promise.is_empty()),
            proof: written.inclusion_proof.map(Proof::read).transpose()?,
            body,
        })
    }

    /// From cosign's annotation on a legacy signature.
    pub(crate) fn annotation(text: &str) -> Result<Self, SigningError> {
        let annotation: Annotation = json::read(WHAT, text.as_bytes())?;
        let body = base64::decode(WHAT, &annotation.payload.body)?;
        let head = head(&body)?;
        Ok(Self {
            index: annotation.payload.log_index,
            log_id: hex::decode(&annotation.payload.log_id).map_err(bad)?,
            kind: head.kind,
            version: head.version,
            integrated: Some(annotation.payload.integrated_time),
            promise: Some(base64::decode(WHAT, &annotation.signed_entry_timestamp)?),
            proof: None,
            body,
        })
    }

    /// The time that the log's promise is over; none without a promise.
    pub(crate) fn promised_time(&self) -> Option<i64> {
        self.promise.as_ref().and(self.integrated)
    }

    /// Rekor v2 writes other bodies, and no promises.
    pub(crate) fn is_v2(&self) -> bool {
        matches!(self.kind.as_str(), "hashedrekord" | "dsse") && self.version == "0.0.2"
    }

    /// For people.
    pub(crate) fn name(&self) -> String {
        format!("entry {}", self.index)
    }
}

impl Proof {
    fn read(written: WrittenProof) -> Result<Self, SigningError> {
        const MOST: u64 = 64;
        limits::check(WHAT, written.hashes.len() as u64, MOST, "hashes", "it is of no log")?;
        let natural = |value: &Value, what: &str| -> Result<u64, SigningError> {
            let number = integer(value)?.unwrap_or(0);
            u64::try_from(number).map_err(|_| bad(format!("its proof has the {what} {number}")))
        };
        let checkpoint = written.checkpoint.map(|c| c.envelope).unwrap_or_default();
        limits::check(
            WHAT,
            checkpoint.len() as u64,
            limits::CHECKPOINT_BYTES,
            "bytes of checkpoint",
            "it is of no log",
        )?;
        Ok(Self {
            index: natural(&written.log_index, "index")?,
            size: natural(&written.tree_size, "tree size")?,
            root: base64::decode(WHAT, &written.root_hash)?,
            hashes: written.hashes.iter().map(|h| base64::decode(WHAT, h)).collect::<Result<_, _>>()?,
            checkpoint,
        })
    }
}

fn head(body: &[u8]) -> Result<Head, SigningError> {
    json::read(WHAT, body)
}

/// Protobuf's JSON writes 64-bit integers as texts, and is read from numbers as well.
fn integer(value: &Value) -> Result<Option<i64>, SigningError> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => {
            number.as_i64().map(Some).ok_or_else(|| bad(format!("`{number}` is no integer")))
        }
        Value::String(text) => text.parse().map(Some).map_err(|_| bad(format!("`{text}` is no integer"))),
        other => Err(bad(format!("`{other}` is no integer"))),
    }
}

fn bad(reason: impl std::fmt::Display) -> SigningError {
    SigningError::Document { what: WHAT, reason: reason.to_string() }
}
