//! What is signed: the descriptor of an image.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{SigningError, json, limits};

/// The signed descriptor.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    #[serde(rename = "mediaType")]
    _media_type: String,
    pub(crate) digest: String,
    #[serde(rename = "size")]
    _size: u64,
    /// What the signer added.
    #[serde(default)]
    pub(crate) annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    target_artifact: Target,
}

impl Target {
    pub(super) fn parse(payload: &[u8]) -> Result<Self, SigningError> {
        const WHAT: &str = "the payload of the Notation envelope";
        limits::check(WHAT, payload.len() as u64, limits::PAYLOAD_BYTES, "bytes", "sign the image again")?;
        json::read::<Payload>(WHAT, payload).map(|payload| payload.target_artifact)
    }
}
