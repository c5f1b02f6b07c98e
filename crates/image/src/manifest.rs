//! Manifests, indexes and descriptors (OCI image specification 1.1), Docker's schema 2 included.

pub(crate) mod ambiguous;

use std::collections::BTreeMap;

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};

use crate::{ImageError, Platform};

/// Media types that are read.
pub mod media {
    /// An image of one platform.
    pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    /// An image of several platforms, or a list of referrers.
    pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
    /// Docker's image manifest, schema 2.
    pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
    /// Docker's manifest list.
    pub const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
    /// An image's configuration.
    pub const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
    /// Docker's name of the same.
    pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
    /// A layer: plain tar.
    pub const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
    /// A layer: tar under gzip.
    pub const OCI_LAYER_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
    /// The empty JSON object that artifacts use as configuration.
    pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";

    /// All that can stand behind a tag.
    pub(crate) const MANIFESTS: [&str; 4] = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_INDEX];

    pub(crate) fn is_index(text: &str) -> bool {
        matches!(text, OCI_INDEX | DOCKER_INDEX)
    }

    /// Whether a layer of this type is a tar of files. How it is compressed is read from its first bytes.
    pub(crate) fn is_layer(text: &str) -> bool {
        let kind = text
            .strip_prefix("application/vnd.oci.image.layer.nondistributable.v1.")
            .or_else(|| text.strip_prefix("application/vnd.oci.image.layer.v1."))
            .or_else(|| text.strip_prefix("application/vnd.docker.image.rootfs.diff."))
            .or_else(|| text.strip_prefix("application/vnd.docker.image.rootfs.foreign.diff."));
        matches!(kind, Some("tar" | "tar+gzip" | "tar+zstd" | "tar.gzip" | "tar.zstd"))
    }
}

/// Most layers of one image, and manifests of one index: ten times what registries and runtimes take.
const MOST_ENTRIES: usize = 2000;

/// Names content by digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What it is.
    pub media_type: String,
    /// Which bytes.
    pub digest: Digest,
    /// How many.
    pub size: u64,
    /// Of an index's entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Of referrers: what the artifact is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// Free words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Descriptor {
    /// Without platform, artifact type and annotations.
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest,
            size,
            platform: None,
            artifact_type: None,
            annotations: BTreeMap::new(),
        }
    }
}

/// An image manifest or an artifact's: a configuration and layers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// 2.
    pub schema_version: u32,
    /// Its own media type, which some registries and tools leave out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// What the artifact is, where it is no image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The configuration.
    pub config: Descriptor,
    /// Lowest first.
    pub layers: Vec<Descriptor>,
    /// The manifest that this one is about (a signature's image).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    /// Free words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// A list of manifests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// 2.
    pub schema_version: u32,
    /// Its own media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The manifests.
    pub manifests: Vec<Descriptor>,
    /// Free words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            schema_version: 2,
            media_type: Some(media::OCI_INDEX.to_owned()),
            manifests: Vec::new(),
            annotations: BTreeMap::new(),
        }
    }
}

impl Index {
    /// Reads an index; `what` names it in errors.
    pub fn parse(what: &str, bytes: &[u8]) -> Result<Self, ImageError> {
        let index: Self = json(what, bytes)?;
        ambiguous::refuse(what, bytes, ambiguous::OF_MANIFESTS, &["config", "layers", "fsLayers"])?;
        index.media_type.as_deref().map_or(Ok(()), |own| of_kind(what, own, media::is_index(own)))?;
        bounded(what, "manifests", index.manifests.len())?;
        Ok(index)
    }
}

impl Manifest {
    /// Reads a manifest; `what` names it in errors.
    pub fn parse(what: &str, bytes: &[u8]) -> Result<Self, ImageError> {
        let manifest: Self = json(what, bytes)?;
        ambiguous::refuse(what, bytes, ambiguous::OF_MANIFESTS, &["manifests", "fsLayers"])?;
        manifest.media_type.as_deref().map_or(Ok(()), |own| of_kind(what, own, !media::is_index(own)))?;
        bounded(what, "layers", manifest.layers.len())?;
        Ok(manifest)
    }
}

/// What kind of manifest the bytes are: their own word, else the registry's, else the look of them.
pub(crate) fn media_type_of(bytes: &[u8], header: Option<&str>) -> String {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Probe {
        #[serde(default)]
        media_type: Option<String>,
        #[serde(default)]
        manifests: Option<serde::de::IgnoredAny>,
        #[serde(default)]
        config: Option<serde::de::IgnoredAny>,
    }
    let header = header.map(|h| h.split(';').next().unwrap_or(h).trim().to_owned());
    let Ok(probe) = serde_json::from_slice::<Probe>(bytes) else { return header.unwrap_or_default() };
    let look = match (probe.manifests, probe.config) {
        (Some(_), _) => Some(media::OCI_INDEX.to_owned()),
        (_, Some(_)) => Some(media::OCI_MANIFEST.to_owned()),
        _ => None,
    };
    let known = |text: &String| media::MANIFESTS.contains(&text.as_str());
    probe.media_type.or(header.clone().filter(known)).or(look).or(header).unwrap_or_default()
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, ImageError> {
    serde_json::from_slice(bytes).map_err(|source| ImageError::Json { what: what.to_owned(), source })
}

/// A document that calls itself something else than what it is read as.
fn of_kind(what: &str, own: &str, right: bool) -> Result<(), ImageError> {
    if right {
        return Ok(());
    }
    let reason = format!("it calls itself `{}`", own.escape_default());
    Err(ImageError::Contradiction { what: what.to_owned(), reason })
}

fn bounded(what: &str, of: &'static str, count: usize) -> Result<(), ImageError> {
    if count <= MOST_ENTRIES {
        return Ok(());
    }
    Err(ImageError::TooMany { what: what.to_owned(), of, count, most: MOST_ENTRIES })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_told_from_other_blobs() {
        for good in [
            media::OCI_LAYER,
            media::OCI_LAYER_GZIP,
            "application/vnd.oci.image.layer.v1.tar+zstd",
            "application/vnd.docker.image.rootfs.diff.tar.gzip",
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        ] {
            assert!(media::is_layer(good), "{good}");
        }
        assert!(!media::is_layer("application/vnd.dev.cosign.simplesigning.v1+json"));
        assert!(!media::is_layer("application/vnd.oci.image.layer.v1.tar+xz"));
    }

    #[test]
    fn the_manifests_own_word_counts_first() {
        assert_eq!(media_type_of(br#"{"mediaType":"a/b"}"#, Some(media::OCI_INDEX)), "a/b");
        assert_eq!(
            media_type_of(br#"{"manifests":[]}"#, Some("application/json; charset=utf-8")),
            media::OCI_INDEX
        );
        assert_eq!(media_type_of(br#"{"config":{}}"#, None), media::OCI_MANIFEST);
        assert_eq!(media_type_of(b"<html>", Some("text/html")), "text/html");
    }
}
