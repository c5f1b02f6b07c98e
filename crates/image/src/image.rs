//! An image: its digests, its configuration, and the way to its layers.

use std::collections::BTreeMap;

use seawall_findings::{Digest, LayerRef};

use crate::source::{Blob, Store, find};
use crate::{Config, Descriptor, ImageError, Platform, Registry, Source};

/// An image of one platform. Its layers are not read yet.
pub struct Image {
    /// The reference in full as it was asked for, or the path of the archive or layout.
    pub reference: String,
    /// Of the manifest that was asked for: the index, where the reference names one. For a Docker archive, which knows no
    /// manifest, the digest of the configuration (Docker's image id).
    pub digest: Digest,
    /// Of the platform's own manifest.
    pub manifest_digest: Digest,
    /// What it runs on.
    pub platform: Platform,
    /// The other images of the index, by platform: they have its digest too, and nothing is said of them.
    pub others: Vec<String>,
    /// The configuration, read.
    pub config: Config,
    /// The configuration as it is stored.
    pub config_json: serde_json::Value,
    /// Of the manifest, and of the index that lists it.
    pub annotations: BTreeMap<String, String>,
    /// Lowest first.
    pub layers: Vec<Layer>,
    pub(crate) store: Store,
}

/// A layer of an image.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Position, unpacked digest and the Dockerfile line.
    pub layer: LayerRef,
    /// Compressed digest and size; a Docker archive has none.
    pub descriptor: Option<Descriptor>,
    pub(crate) blob: Blob,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Image")
            .field("reference", &self.reference)
            .field("digest", &self.digest)
            .field("manifest_digest", &self.manifest_digest)
            .field("platform", &self.platform)
            .field("layers", &self.layers.len())
            .finish_non_exhaustive()
    }
}

impl Image {
    /// Finds an image and reads its manifest and configuration. Without a platform: this machine's, else the only one.
    pub async fn open(
        source: &Source,
        registry: &Registry,
        platform: Option<&Platform>,
    ) -> Result<Self, ImageError> {
        let found = find(source, registry, platform).await?;
        let reference = source.name();
        let what = format!("the configuration of {reference}");
        let config = Config::parse(&what, &found.config)?;
        let config_json = crate::manifest::json(&what, &found.config)?;
        if config.diff_ids.len() != found.layers.len() {
            return Err(ImageError::Missing {
                place: what,
                what: format!(
                    "the digests of all layers: {} for {} layers",
                    config.diff_ids.len(),
                    found.layers.len()
                ),
            });
        }
        if let Some(wanted) = platform.filter(|wanted| {
            wanted.os != config.platform.os || wanted.architecture != config.platform.architecture
        }) {
            return Err(ImageError::NoPlatform {
                what: reference,
                wanted: wanted.to_string(),
                available: vec![config.platform.to_string()],
            });
        }
        let layers = found.layers.into_iter().zip(&config.diff_ids).enumerate();
        let layers = layers.map(|(index, (blob, diff_id))| Layer {
            layer: LayerRef {
                index,
                diff_id: diff_id.clone(),
                created_by: config.created_by(index),
                base: false,
            },
            descriptor: blob.descriptor.clone(),
            blob,
        });
        Ok(Self {
            reference,
            digest: found.digest,
            manifest_digest: found.manifest_digest,
            platform: config.platform.clone(),
            others: found.others,
            annotations: found.annotations,
            layers: layers.collect(),
            config,
            config_json,
            store: found.store,
        })
    }
}
