//! The promise of Rekor v1 to include an entry: a signature over the entry, its index and its time.

use serde::Serialize;

use super::Entry;
use crate::trust::LogKey;
use crate::{base64, json};

/// What is signed, in the order of RFC 8785.
#[derive(Serialize)]
struct Payload {
    body: String,
    #[serde(rename = "integratedTime")]
    integrated_time: i64,
    #[serde(rename = "logID")]
    log_id: String,
    #[serde(rename = "logIndex")]
    log_index: i64,
}

/// Whether the log made the promise over this entry.
pub(super) fn holds(entry: &Entry, promise: &[u8], log: &LogKey) -> bool {
    let Some(integrated_time) = entry.integrated else { return false };
    let payload = Payload {
        body: base64::encode(&entry.body),
        integrated_time,
        log_id: hex::encode(&entry.log_id),
        log_index: entry.index,
    };
    // Base64, hex and integers: nothing in it is written in more than one way.
    json::write(&payload).is_ok_and(|bytes| log.key.verify(&bytes, promise).is_ok())
}
