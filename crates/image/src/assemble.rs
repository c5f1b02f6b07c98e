//! Images put together from tar layers and pushed: for demos, tests and tools that build without an engine.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use seawall_findings::Digest;
use serde_json::json;

use crate::hash::digest_of;
use crate::manifest::{Descriptor, Manifest, media};
use crate::{ImageError, Platform, Reference, Registry};

/// A layer: a tar, and the line of the history that made it.
#[derive(Clone, Debug)]
pub struct Layer {
    created_by: String,
    diff_id: Digest,
    packed: Bytes,
    media_type: &'static str,
}

/// What the image runs, and on what.
#[derive(Clone, Debug)]
pub struct Config {
    /// What it runs on.
    pub platform: Platform,
    /// RFC 3339; the same time gives the same digest.
    pub created: String,
    /// `USER`; empty means root.
    pub user: String,
    /// `NAME=value`.
    pub env: Vec<String>,
    /// `ENTRYPOINT`.
    pub entrypoint: Vec<String>,
    /// `CMD`.
    pub cmd: Vec<String>,
    /// `WORKDIR`.
    pub working_dir: String,
    /// `EXPOSE`: `8080/tcp` …
    pub exposed_ports: Vec<String>,
    /// `LABEL`.
    pub labels: Vec<(String, String)>,
}

/// An image in memory: a manifest, a configuration and layers.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// Of the manifest.
    pub digest: Digest,
    /// The manifest, as it is stored.
    pub manifest: Bytes,
    /// The configuration, as it is stored.
    pub config: Bytes,
    layers: Vec<Layer>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            platform: Platform::native(),
            created: "1970-01-01T00:00:00Z".to_owned(),
            user: String::new(),
            env: vec!["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned()],
            entrypoint: Vec::new(),
            cmd: Vec::new(),
            working_dir: String::new(),
            exposed_ports: Vec::new(),
            labels: Vec::new(),
        }
    }
}

impl Layer {
    /// A layer of an uncompressed tar, stored under gzip.
    pub fn from_tar(created_by: &str, tar: &[u8]) -> Result<Self, ImageError> {
        let failed =
            |e: std::io::Error| ImageError::Machine { what: "gzip".to_owned(), reason: e.to_string() };
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(4));
        encoder.write_all(tar).map_err(failed)?;
        let packed = encoder.finish().map_err(failed)?;
        Ok(Self {
            created_by: created_by.to_owned(),
            diff_id: digest_of(tar),
            packed: packed.into(),
            media_type: media::OCI_LAYER_GZIP,
        })
    }

    /// The same of a tar file.
    pub fn from_tar_file(created_by: &str, path: &std::path::Path) -> Result<Self, ImageError> {
        let tar = std::fs::read(path).map_err(|source| ImageError::Read { path: path.to_owned(), source })?;
        Self::from_tar(created_by, &tar)
    }

    /// A layer of an uncompressed tar, stored as it is.
    pub fn plain(created_by: &str, tar: impl Into<Bytes>) -> Self {
        let packed = tar.into();
        let diff_id = digest_of(&packed);
        Self { created_by: created_by.to_owned(), diff_id, packed, media_type: media::OCI_LAYER }
    }

    /// Digest of the unpacked tar.
    pub fn diff_id(&self) -> &Digest {
        &self.diff_id
    }

    /// The bytes that are stored.
    pub fn packed(&self) -> &Bytes {
        &self.packed
    }

    fn descriptor(&self) -> Descriptor {
        Descriptor::new(self.media_type, digest_of(&self.packed), self.packed.len() as u64)
    }
}

/// Puts an image together. The same input gives the same digest.
pub fn assemble(config: &Config, layers: Vec<Layer>) -> Result<Assembled, ImageError> {
    let runtime = json!({
        "User": config.user,
        "Env": config.env,
        "Entrypoint": config.entrypoint,
        "Cmd": config.cmd,
        "WorkingDir": config.working_dir,
        "ExposedPorts": config.exposed_ports.iter().map(|p| (p.clone(), json!({}))).collect::<serde_json::Map<_, _>>(),
        "Labels": config.labels.iter().map(|(k, v)| (k.clone(), json!(v))).collect::<serde_json::Map<_, _>>(),
    });
    let mut written = json!({
        "created": config.created,
        "architecture": config.platform.architecture,
        "os": config.platform.os,
        "config": runtime,
        "rootfs": {"type": "layers", "diff_ids": layers.iter().map(|l| &l.diff_id).collect::<Vec<_>>()},
        "history": layers.iter()
            .map(|l| json!({"created": config.created, "created_by": l.created_by})).collect::<Vec<_>>(),
    });
    if let Some(variant) = &config.platform.variant {
        written["variant"] = json!(variant);
    }
    let config = encode("the configuration", &written)?;
    let manifest = Manifest {
        schema_version: 2,
        media_type: Some(media::OCI_MANIFEST.to_owned()),
        artifact_type: None,
        config: Descriptor::new(media::OCI_CONFIG, digest_of(&config), config.len() as u64),
        layers: layers.iter().map(Layer::descriptor).collect(),
        subject: None,
        annotations: std::collections::BTreeMap::new(),
    };
    let manifest = encode("the manifest", &manifest)?;
    Ok(Assembled { digest: digest_of(&manifest), manifest, config, layers })
}

fn encode(what: &str, value: &impl serde::Serialize) -> Result<Bytes, ImageError> {
    let bytes =
        serde_json::to_vec(value).map_err(|source| ImageError::Json { what: what.to_owned(), source })?;
    Ok(bytes.into())
}

impl Registry {
    /// Puts an image together from layers and pushes it under the reference's tag. Returns the manifest's digest.
    pub async fn push_image(
        &self,
        reference: &Reference,
        config: &Config,
        layers: Vec<Layer>,
    ) -> Result<Digest, ImageError> {
        let image = assemble(config, layers)?;
        self.push_assembled(reference, &image).await
    }

    /// Pushes an image that was put together before.
    pub async fn push_assembled(
        &self,
        reference: &Reference,
        image: &Assembled,
    ) -> Result<Digest, ImageError> {
        for layer in &image.layers {
            self.push_blob(reference, layer.packed.clone()).await?;
        }
        self.push_blob(reference, image.config.clone()).await?;
        self.push_manifest(reference, media::OCI_MANIFEST, image.manifest.clone()).await
    }
}

impl Assembled {
    /// Writes the image as an OCI image layout into a folder, which is made where it is missing.
    pub fn write_layout(&self, folder: &std::path::Path) -> Result<(), ImageError> {
        let failed = |source| ImageError::Read { path: folder.to_owned(), source };
        let blobs = folder.join("blobs").join("sha256");
        std::fs::create_dir_all(&blobs).map_err(failed)?;
        for bytes in self.layers.iter().map(Layer::packed).chain([&self.config, &self.manifest]) {
            std::fs::write(blobs.join(digest_of(bytes).hex()), bytes).map_err(failed)?;
        }
        let entry = Descriptor::new(media::OCI_MANIFEST, self.digest.clone(), self.manifest.len() as u64);
        let index = crate::Index { manifests: vec![entry], ..crate::Index::default() };
        std::fs::write(folder.join("index.json"), encode("index.json", &index)?).map_err(failed)?;
        std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).map_err(failed)
    }

    /// The layers, lowest first.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }
}
