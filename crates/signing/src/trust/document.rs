//! The trusted root file as it is written.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    #[serde(default)]
    pub(super) media_type: String,
    #[serde(default)]
    pub(super) tlogs: Vec<Log>,
    #[serde(default)]
    pub(super) certificate_authorities: Vec<Authority>,
    #[serde(default)]
    pub(super) ctlogs: Vec<Log>,
    #[serde(default)]
    pub(super) timestamp_authorities: Vec<Authority>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Log {
    #[serde(default)]
    pub(super) base_url: String,
    #[serde(default)]
    pub(super) hash_algorithm: String,
    pub(super) public_key: Key,
    #[serde(rename = "logId")]
    pub(super) id: Option<LogId>,
    pub(super) checkpoint_key_id: Option<LogId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Key {
    pub(super) raw_bytes: String,
    #[serde(default, rename = "keyDetails")]
    pub(super) details: String,
    pub(super) valid_for: Option<Range>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogId {
    pub(super) key_id: String,
}

#[derive(Deserialize)]
pub(super) struct Range {
    pub(super) start: Option<String>,
    pub(super) end: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Authority {
    #[serde(default)]
    pub(super) uri: String,
    pub(super) cert_chain: Chain,
    pub(super) valid_for: Option<Range>,
}

#[derive(Deserialize)]
pub(super) struct Chain {
    pub(super) certificates: Vec<Certificate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Certificate {
    pub(super) raw_bytes: String,
}
