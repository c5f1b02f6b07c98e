//! The database as an OCI artifact (image specification 1.1, "Guidelines for Artifact Usage"): one layer, packed with zstd.

use std::io::Read as _;

use seawall_findings::Digest;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::database::Database;
use crate::error::AdvisoriesError;

/// The media type of the manifest.
pub const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
/// What kind of artifact it is.
pub const ARTIFACT_TYPE: &str = "application/vnd.seawall.advisories.v1";
/// The media type of its one layer.
const LAYER_TYPE: &str = "application/vnd.seawall.advisories.v1+zstd";
/// The empty configuration of an artifact.
const EMPTY: &[u8] = b"{}";
const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";
/// Bytes that the layer may have, packed.
const MAX_PACKED: u64 = 1 << 30;
/// Bytes that the layer may unpack to.
const MAX_UNPACKED: u64 = 4 << 30;

/// What is pushed: the blobs, then the manifest that names them.
#[derive(Clone, Debug)]
pub struct Package {
    /// The configuration and the layer.
    pub blobs: Vec<Vec<u8>>,
    /// The manifest, of the type [`MANIFEST_TYPE`].
    pub manifest: Vec<u8>,
}

/// The layer that a manifest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Of the packed bytes.
    pub digest: Digest,
    /// Length of the packed bytes.
    pub size: u64,
}

/// Packs a database that was read whole; it must be sound.
pub fn pack(bytes: &[u8]) -> Result<Package, AdvisoriesError> {
    let database = Database::from_bytes(bytes.to_vec(), "the database")?;
    database.verify()?;
    let info = database.info();
    let layer = zstd::bulk::compress(bytes, 12).map_err(|source| AdvisoriesError::Write { source })?;
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": ARTIFACT_TYPE,
        "config": {"mediaType": EMPTY_TYPE, "digest": digest(EMPTY), "size": EMPTY.len()},
        "layers": [{"mediaType": LAYER_TYPE, "digest": digest(&layer), "size": layer.len(),
            "annotations": {"org.opencontainers.image.title": "advisories.db"}}],
        "annotations": {
            "org.opencontainers.image.created": info.built_at,
            "dev.seawall.advisories.count": info.advisories.to_string(),
            "dev.seawall.advisories.newest": info.newest_advisory,
        },
    });
    let manifest = serde_json::to_vec(&manifest)
        .map_err(|error| AdvisoriesError::Write { source: std::io::Error::other(error) })?;
    Ok(Package { blobs: vec![EMPTY.to_vec(), layer], manifest })
}

/// The layer of a manifest that was fetched, should it be an artifact of this kind.
pub fn layer(manifest: &[u8]) -> Result<Layer, AdvisoriesError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Manifest {
        #[serde(default)]
        artifact_type: String,
        #[serde(default)]
        layers: Vec<Descriptor>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Descriptor {
        media_type: String,
        digest: Digest,
        size: u64,
    }
    let invalid = |what: &str| AdvisoriesError::Invalid { name: "the artifact".into(), what: what.into() };
    let manifest: Manifest =
        serde_json::from_slice(manifest).map_err(|_| invalid("its manifest is no image manifest"))?;
    if manifest.artifact_type != ARTIFACT_TYPE {
        return Err(invalid("it is not an advisory database: its artifactType is another"));
    }
    match manifest.layers.as_slice() {
        [one] if one.media_type == LAYER_TYPE && one.size <= MAX_PACKED => {
            Ok(Layer { digest: one.digest.clone(), size: one.size })
        }
        _ => Err(invalid("it has not the one layer of an advisory database")),
    }
}

/// Unpacks a layer, whose digest the caller has compared, into a sound database.
pub fn unpack(layer: &[u8]) -> Result<Vec<u8>, AdvisoriesError> {
    let mut bytes = vec![];
    let read = zstd::stream::read::Decoder::new(layer)
        .and_then(|decoder| decoder.take(MAX_UNPACKED + 1).read_to_end(&mut bytes));
    read.map_err(|error| AdvisoriesError::damaged(format!("its layer does not unpack: {error}")))?;
    if bytes.len() as u64 > MAX_UNPACKED {
        return Err(AdvisoriesError::Limit {
            name: "the artifact".into(),
            what: "its unpacked size".into(),
            limit: MAX_UNPACKED,
        });
    }
    let database = Database::from_bytes(bytes, "the artifact")?;
    database.verify()?;
    Ok(database.bytes().to_vec())
}

fn digest(bytes: &[u8]) -> Digest {
    Digest::from_sha256(Sha256::digest(bytes).into())
}
