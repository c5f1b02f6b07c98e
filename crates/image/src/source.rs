//! Where an image comes from, and how its blobs are read there.

mod archive;
mod bolt;
mod containerd;
mod docker;
mod layout;
mod local;
mod podman;
mod split;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

pub(crate) use archive::Archive;
use split::Split;

use crate::hash::digest_of;
use crate::manifest::{Descriptor, Index, Manifest, media};
use crate::{ImageError, Platform, Reference, Registry};

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A registry.
    Registry(Reference),
    /// A folder in the OCI image layout.
    Layout(PathBuf),
    /// A tar that `docker save` wrote.
    DockerArchive(PathBuf),
    /// A tar of an OCI image layout.
    OciArchive(PathBuf),
    /// An image in the storage of an engine of this host.
    Host(Host),
}

/// An image in the storage of an engine of this host, by its name there or by the start of its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Whose.
    pub engine: Engine,
    /// The storage's folder; none: where the engine has it by default, for the system or for this user.
    pub root: Option<PathBuf>,
    /// `registry.example.com/team/shop:1.0`, `shop` (of Docker Hub, or built here), `4bcff63911fc`.
    pub name: String,
}

/// Who keeps images on this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// podman, buildah, CRI-O, skopeo.
    Podman,
    /// containerd, with or without Kubernetes; a name may have its namespace before it (`k8s.io/…`).
    Containerd,
    /// Docker with its overlay2 driver.
    Docker,
}

impl Engine {
    fn roots(self) -> Vec<PathBuf> {
        match self {
            Self::Podman => podman::roots(),
            Self::Containerd => containerd::roots(),
            Self::Docker => docker::roots(),
        }
    }
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Podman => "podman",
            Self::Containerd => "containerd",
            Self::Docker => "docker",
        })
    }
}

impl std::str::FromStr for Engine {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, ImageError> {
        [Self::Podman, Self::Containerd, Self::Docker]
            .into_iter()
            .find(|engine| engine.to_string() == text)
            .ok_or_else(|| ImageError::Engine { text: text.chars().take(80).collect() })
    }
}

impl Source {
    /// What a path holds: a layout folder or one of the two archives.
    pub fn detect(path: &Path) -> Result<Self, ImageError> {
        let read = |source| ImageError::Read { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(read)?.is_dir() {
            if path.join("index.json").is_file() {
                return Ok(Self::Layout(path.to_owned()));
            }
            return Err(ImageError::NotAnImageFile {
                path: path.to_owned(),
                reason: "the folder has no index.json; an OCI layout is made by `skopeo copy … oci:FOLDER`"
                    .to_owned(),
            });
        }
        let archive = Archive::open(path)?;
        // `docker save` of version 25 and later writes both forms; the OCI one knows the manifest's digest.
        if archive.has("index.json") && archive.has("oci-layout") {
            Ok(Self::OciArchive(path.to_owned()))
        } else if archive.has("manifest.json") {
            Ok(Self::DockerArchive(path.to_owned()))
        } else {
            Err(ImageError::NotAnImageFile {
                path: path.to_owned(),
                reason: "the tar has neither index.json nor manifest.json; make one with `docker save -o FILE IMAGE`"
                    .to_owned(),
            })
        }
    }

    /// The reference in full, or the path.
    pub fn name(&self) -> String {
        match self {
            Self::Registry(reference) => reference.to_string(),
            Self::Layout(path) | Self::DockerArchive(path) | Self::OciArchive(path) => {
                path.display().to_string()
            }
            Self::Host(host) => host.name.clone(),
        }
    }
}

/// Where blobs are read from once the image is known.
#[derive(Clone)]
pub(crate) enum Store {
    Registry(Registry, Reference),
    Layout(Arc<PathBuf>),
    Archive(Arc<Archive>),
    /// Layers that an engine has unpacked.
    Unpacked,
}

/// Manifest and configuration of the chosen platform.
pub(crate) struct Found {
    /// As named: the index where there is one.
    pub(crate) digest: seawall_findings::Digest,
    pub(crate) manifest_digest: seawall_findings::Digest,
    /// The other images of the index, by platform.
    pub(crate) others: Vec<String>,
    /// Of the manifest, and of the index that lists it.
    pub(crate) annotations: BTreeMap<String, String>,
    pub(crate) config: Bytes,
    pub(crate) layers: Vec<Blob>,
    pub(crate) store: Store,
}

/// A layer's bytes.
#[derive(Clone, Debug)]
pub(crate) struct Blob {
    /// With digest and size, where a manifest gives them; Docker's archives do not.
    pub(crate) descriptor: Option<Descriptor>,
    /// The file's name in a Docker archive.
    pub(crate) file: String,
    /// Where an engine has unpacked it.
    split: Option<Split>,
}

impl Blob {
    fn of(descriptor: Descriptor) -> Self {
        Self { descriptor: Some(descriptor), file: String::new(), split: None }
    }

    fn named(file: String) -> Self {
        Self { descriptor: None, file, split: None }
    }

    fn split(split: Split) -> Self {
        Self { descriptor: None, file: String::new(), split: Some(split) }
    }
}

/// Largest configuration. Real ones have a few kilobytes, with long histories some hundred.
const LARGEST_CONFIG: u64 = 8 * 1024 * 1024;
/// Largest manifest or index that is read from a file.
const LARGEST_MANIFEST: u64 = 4 * 1024 * 1024;

/// Finds the manifest of the platform in a source.
pub(crate) async fn find(
    source: &Source,
    registry: &Registry,
    platform: Option<&Platform>,
) -> Result<Found, ImageError> {
    let what = source.name();
    match source {
        Source::Registry(reference) => {
            let (bytes, media_type, digest) = registry.manifest(reference).await?;
            // The tag may move while the image is read: everything after this goes by digest.
            let pinned = reference.with_digest(digest.clone());
            let store = Store::Registry(registry.clone(), pinned);
            choose(&what, store, bytes, &media_type, digest, platform).await
        }
        Source::Layout(path) => {
            let store = Store::Layout(Arc::new(path.clone()));
            let index = layout::index(path)?;
            in_layout(&what, store, index, platform).await
        }
        Source::OciArchive(path) => {
            let archive = open(path).await?;
            let index = archive.read("index.json", LARGEST_MANIFEST)?;
            in_layout(&what, Store::Archive(Arc::new(archive)), index, platform).await
        }
        Source::DockerArchive(path) => archive::docker(&what, open(path).await?),
        Source::Host(host) => on_host(&what, host.clone(), platform).await,
    }
}

/// An image of an engine: the first storage that has it.
async fn on_host(what: &str, host: Host, platform: Option<&Platform>) -> Result<Found, ImageError> {
    let roots = host.root.map_or_else(|| host.engine.roots(), |root| vec![root]);
    let mut last = ImageError::NotHere {
        name: host.name.clone(),
        place: format!("{} on this host", host.engine),
        known: format!("looked for its storage in {}", shown(&roots)),
    };
    // One that does not exist is worth an error only where it is the only one.
    let only = roots.len() == 1;
    for root in roots.into_iter().filter(|root| only || root.is_dir()) {
        let (engine, name) = (host.engine, host.name.clone());
        let at = root.clone();
        let found = blocking(move || match engine {
            Engine::Podman => podman::find(&at, &name).map(Box::new).map(Either::Found),
            Engine::Docker => docker::find(&at, &name).map(Box::new).map(Either::Found),
            Engine::Containerd => containerd::find(&at, &name).map(Either::Target),
        });
        match found.await {
            Ok(Either::Found(found)) => return Ok(*found),
            Ok(Either::Target(target)) => {
                let store = Store::Layout(Arc::new(containerd::content(&root)));
                let entry = Descriptor::new(&target.media_type, target.digest.clone(), 0);
                let bytes = store.small(what, &entry, LARGEST_MANIFEST).await?;
                let media_type = crate::manifest::media_type_of(&bytes, Some(&target.media_type));
                return choose(what, store, bytes, &media_type, target.digest, platform).await;
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

enum Either {
    Found(Box<Found>),
    Target(containerd::Target),
}

fn shown(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImageError> + Send + 'static,
) -> Result<T, ImageError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| ImageError::Machine {
        what: "a worker thread failed".to_owned(),
        reason: e.to_string(),
    })?
}

/// A whole file of at most `max` bytes.
fn file(path: &Path, max: u64) -> Result<Bytes, ImageError> {
    let bytes = head(path, max.saturating_add(1));
    let bytes = bytes.map_err(|source| ImageError::Read { path: path.to_owned(), source })?;
    if bytes.len() as u64 > max {
        return Err(ImageError::TooLarge { what: path.display().to_string(), most: max });
    }
    Ok(bytes.into())
}

/// The first bytes of a file.
fn head(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

async fn open(path: &Path) -> Result<Archive, ImageError> {
    let path = path.to_owned();
    blocking(move || Archive::open(&path)).await
}

/// The one image of a layout's `index.json`.
async fn in_layout(
    what: &str,
    store: Store,
    index: Bytes,
    platform: Option<&Platform>,
) -> Result<Found, ImageError> {
    let index = Index::parse(&format!("index.json of {what}"), &index)?;
    let mut entries: Vec<&Descriptor> = index.manifests.iter().collect();
    // One image under two names is still one image.
    entries.dedup_by(|a, b| a.digest == b.digest);
    let entry = match entries.as_slice() {
        [] => {
            return Err(ImageError::Missing {
                place: what.to_owned(),
                what: "any image (its index.json is empty)".to_owned(),
            });
        }
        [only] => *only,
        several if several.iter().all(|d| d.platform.is_some()) => {
            crate::platform::select(what, &index.manifests, platform)?
        }
        several => {
            let name = |d: &&Descriptor| {
                let name = d.annotations.get("org.opencontainers.image.ref.name");
                name.cloned().unwrap_or_else(|| d.digest.to_string())
            };
            return Err(ImageError::Ambiguous {
                place: what.to_owned(),
                names: several.iter().take(10).map(name).collect(),
            });
        }
    };
    let bytes = store.small(what, entry, LARGEST_MANIFEST).await?;
    let mut found = choose(what, store, bytes, &entry.media_type, entry.digest.clone(), platform).await?;
    if entries.len() > 1 {
        found.others.extend(crate::platform::others(&index.manifests, entry));
    }
    Ok(found)
}

/// From a manifest or index to the configuration and layers of the platform.
async fn choose(
    what: &str,
    store: Store,
    bytes: Bytes,
    media_type: &str,
    digest: seawall_findings::Digest,
    platform: Option<&Platform>,
) -> Result<Found, ImageError> {
    let mut others = Vec::new();
    let mut annotations = BTreeMap::new();
    let (bytes, media_type, manifest_digest) = if media::is_index(media_type) {
        let index = Index::parse(what, &bytes)?;
        let chosen = crate::platform::select(what, &index.manifests, platform)?;
        others = crate::platform::others(&index.manifests, chosen);
        annotations.extend(chosen.annotations.clone());
        let bytes = store.manifest(what, chosen).await?;
        (bytes, chosen.media_type.clone(), chosen.digest.clone())
    } else {
        (bytes, media_type.to_owned(), digest.clone())
    };
    if !matches!(media_type.as_str(), media::OCI_MANIFEST | media::DOCKER_MANIFEST) {
        let media_type = if media_type.is_empty() { "no manifest at all".to_owned() } else { media_type };
        return Err(ImageError::NotAnImage { what: what.to_owned(), media_type });
    }
    let manifest = Manifest::parse(what, &bytes)?;
    let kind = manifest.artifact_type.as_ref().unwrap_or(&manifest.config.media_type);
    if manifest.artifact_type.is_some()
        || !matches!(manifest.config.media_type.as_str(), media::OCI_CONFIG | media::DOCKER_CONFIG)
    {
        return Err(ImageError::NotAnImage { what: what.to_owned(), media_type: kind.clone() });
    }
    for (index, layer) in manifest.layers.iter().enumerate() {
        if !media::is_layer(&layer.media_type) {
            let media_type = layer.media_type.clone();
            return Err(ImageError::LayerType { what: what.to_owned(), layer: index + 1, media_type });
        }
    }
    let config = store.small(what, &manifest.config, LARGEST_CONFIG).await?;
    annotations.extend(manifest.annotations);
    Ok(Found {
        digest,
        manifest_digest,
        others,
        annotations,
        config,
        layers: manifest.layers.into_iter().map(Blob::of).collect(),
        store,
    })
}

impl Store {
    /// A manifest that an index lists.
    async fn manifest(&self, what: &str, descriptor: &Descriptor) -> Result<Bytes, ImageError> {
        match self {
            // Registries keep manifests apart from blobs.
            Self::Registry(registry, reference) => {
                Ok(registry.manifest(&reference.with_digest(descriptor.digest.clone())).await?.0)
            }
            _ => self.small(what, descriptor, LARGEST_MANIFEST).await,
        }
    }

    /// A whole blob, verified.
    async fn small(&self, what: &str, descriptor: &Descriptor, max: u64) -> Result<Bytes, ImageError> {
        let bytes = match self {
            Self::Registry(registry, reference) => {
                return registry.blob(reference, &descriptor.digest, max).await;
            }
            Self::Layout(path) => layout::read(path, &descriptor.digest, max)?,
            Self::Archive(archive) => archive.read(&archive::blob_name(&descriptor.digest), max)?,
            Self::Unpacked => {
                let what = descriptor.digest.to_string();
                return Err(ImageError::Missing { place: "the storage of this host".to_owned(), what });
            }
        };
        let actual = digest_of(&bytes);
        if actual == descriptor.digest {
            return Ok(bytes);
        }
        let what = format!("{} of {what}", descriptor.digest);
        Err(ImageError::Digest { what, expected: descriptor.digest.clone(), actual })
    }

    /// A layer's compressed bytes, unverified: whoever reads them sums them up. Called in a runtime; read outside of it.
    pub(crate) fn open_layer(&self, blob: &Blob) -> Result<Box<dyn Read + Send>, ImageError> {
        if let Some(split) = &blob.split {
            let opened = split.open();
            return match opened {
                Ok(layer) => Ok(Box::new(layer)),
                Err(source) => Err(ImageError::Read { path: split.list.clone(), source }),
            };
        }
        match (self, &blob.descriptor) {
            (Self::Registry(registry, reference), Some(descriptor)) => {
                // 64 chunks of a few kilobytes: enough to keep both ends busy, small beside any layer.
                let (sender, receiver) = mpsc::channel(64);
                let (registry, reference, descriptor) =
                    (registry.clone(), reference.clone(), descriptor.clone());
                tokio::spawn(async move { registry.stream(&reference, &descriptor, &sender).await });
                Ok(Box::new(Received { from: receiver, chunk: Bytes::new() }))
            }
            (Self::Layout(path), Some(descriptor)) => {
                let path = layout::blob(path, &descriptor.digest);
                let file = File::open(&path).map_err(|source| ImageError::Read { path, source })?;
                Ok(Box::new(file))
            }
            (Self::Archive(archive), Some(descriptor)) => {
                archive.open_member(&archive::blob_name(&descriptor.digest))
            }
            (Self::Archive(archive), None) => archive.open_member(&blob.file),
            (_, None) | (Self::Unpacked, _) => {
                Err(ImageError::Missing { place: blob.file.clone(), what: "a layer's digest".to_owned() })
            }
        }
    }
}

/// The blocking end of a stream from a registry.
struct Received {
    from: mpsc::Receiver<Result<Bytes, ImageError>>,
    chunk: Bytes,
}

impl Read for Received {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.chunk.is_empty() {
            match self.from.blocking_recv() {
                Some(Ok(chunk)) => self.chunk = chunk,
                Some(Err(error)) => return Err(std::io::Error::other(error)),
                None => return Ok(0),
            }
        }
        let count = into.len().min(self.chunk.len());
        into[..count].copy_from_slice(&self.chunk.split_to(count));
        Ok(count)
    }
}
