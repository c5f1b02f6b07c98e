//! The OCI manifest of signatures, with its fields in the order in which cosign (go-containerregistry) writes them.

use std::collections::BTreeMap;

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{SigningError, json, limits};

pub(super) const WHAT: &str = "the manifest of signatures";

/// A content descriptor (OCI image spec, "Content Descriptors").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// What it is.
    #[serde(rename = "mediaType")]
    pub media_type: String,
    /// In bytes.
    pub size: u64,
    /// Its key.
    pub digest: Digest,
    /// The content itself, in base64, where it is embedded; kept, but not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Other places; kept, but not used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Key → value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// Of a platform image in an index; kept, but not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Value>,
    /// The artifact type of the manifest that it names.
    #[serde(rename = "artifactType", default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
}

impl Descriptor {
    /// Of a digest that is known.
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        Self {
            media_type: media_type.to_owned(),
            size,
            digest,
            data: None,
            urls: Vec::new(),
            annotations: BTreeMap::new(),
            platform: None,
            artifact_type: None,
        }
    }

    /// Of bytes.
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self::new(media_type, sha256(bytes), bytes.len() as u64)
    }
}

/// The SHA-256 digest of bytes.
pub(super) fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_sha256(Sha256::digest(bytes).into())
}

/// An image manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub schema_version: u64,
    #[serde(default)]
    pub media_type: String,
    pub config: Descriptor,
    pub layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
}

impl Manifest {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, SigningError> {
        let remedy = "remove old signatures with `cosign clean`, and sign again";
        limits::check(WHAT, bytes.len() as u64, limits::MANIFEST_BYTES, "bytes", remedy)?;
        let manifest: Self = json::read(WHAT, bytes)?;
        let wrong = |reason: String| Err(SigningError::Document { what: WHAT, reason });
        if manifest.schema_version != 2 {
            return wrong(format!("its schemaVersion is {}, not 2", manifest.schema_version));
        }
        if !matches!(
            manifest.media_type.as_str(),
            "" | super::MANIFEST | "application/vnd.docker.distribution.manifest.v2+json"
        ) {
            return wrong(format!("it is a `{}`, not an image manifest", manifest.media_type));
        }
        limits::check(WHAT, manifest.layers.len() as u64, limits::LAYERS, "layers", remedy)?;
        Ok(manifest)
    }
}

/// The config that cosign gives to a manifest of signatures: nothing but the layers' digests.
#[derive(Serialize)]
pub(super) struct Config<'a> {
    architecture: &'a str,
    created: &'a str,
    history: Vec<History<'a>>,
    os: &'a str,
    rootfs: RootFs<'a>,
    #[serde(rename = "config")]
    settings: Empty,
}

/// `{}`.
#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct History<'a> {
    created: &'a str,
}

#[derive(Serialize)]
struct RootFs<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    diff_ids: Vec<&'a Digest>,
}

impl<'a> Config<'a> {
    pub(super) fn of(layers: &'a [Descriptor]) -> Self {
        // The time that nobody set, as Go writes it: the same signatures give the same bytes.
        let created = "0001-01-01T00:00:00Z";
        Self {
            architecture: "",
            created,
            history: layers.iter().map(|_| History { created }).collect(),
            os: "",
            rootfs: RootFs { kind: "layers", diff_ids: layers.iter().map(|l| &l.digest).collect() },
            settings: Empty {},
        }
    }
}
