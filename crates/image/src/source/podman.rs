//! The storage of podman, buildah, CRI-O and skopeo (`containers/storage`): `overlay-images/images.json` names the images,
//! `overlay-layers/` keeps the headers of their layers, `overlay/` their files. The layout is the library's own and known
//! for its versions of 2017 and later; what it says is proven by digests.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use bytes::Bytes;
use seawall_findings::Digest;
use serde::Deserialize;

use super::split::Split;
use super::{Blob, Found, LARGEST_CONFIG, LARGEST_MANIFEST, Store, file, local};
use crate::hash::digest_of;
use crate::{Config, ImageError};

/// Lists of images and layers: a few hundred bytes each.
const LARGEST_LIST: u64 = 256 * 1024 * 1024;
/// Longest chain of layers.
const MOST_LAYERS: usize = 1000;
/// Storage drivers whose layers lie in folders.
const DRIVERS: [&str; 2] = ["overlay", "vfs"];

/// Where the storage of this user is: as `storage.conf` says, else where it is by default.
pub(super) fn roots() -> Vec<PathBuf> {
    let home = std::env::home_dir().unwrap_or_default();
    let folder =
        |name: &str, default: &str| std::env::var_os(name).map_or_else(|| home.join(default), PathBuf::from);
    let configured = std::env::var_os("CONTAINERS_STORAGE_CONF").map(PathBuf::from);
    let files = configured.into_iter().chain([
        folder("XDG_CONFIG_HOME", ".config").join("containers/storage.conf"),
        PathBuf::from("/etc/containers/storage.conf"),
    ]);
    let mut roots: Vec<PathBuf> = files.filter_map(|file| graph_root(&file)).collect();
    roots.push(folder("XDG_DATA_HOME", ".local/share").join("containers/storage"));
    roots.push(PathBuf::from("/var/lib/containers/storage"));
    roots.dedup();
    roots
}

/// `graphroot` of a `storage.conf`, where it is a plain path.
fn graph_root(file: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().map(str::trim).find(|line| line.starts_with("graphroot"))?;
    let value = line.split_once('=')?.1.trim().trim_matches(['"', '\'']);
    (value.starts_with('/') && !value.contains('$')).then(|| PathBuf::from(value))
}

#[derive(Deserialize)]
struct Image {
    id: String,
    #[serde(default)]
    digest: Option<Digest>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    layer: String,
}

#[derive(Deserialize)]
struct Layer {
    id: String,
    #[serde(default)]
    parent: String,
}

/// Finds an image by its full name or by the start of its id.
pub(super) fn find(root: &Path, name: &str) -> Result<Found, ImageError> {
    let what = format!("{name} in {}", root.display());
    let missing = |part: String| ImageError::Missing { place: root.display().to_string(), what: part };
    let mut known = Vec::new();
    for driver in DRIVERS {
        let list = root.join(format!("{driver}-images/images.json"));
        if !list.is_file() {
            continue;
        }
        let images: Vec<Image> =
            crate::manifest::json(&list.display().to_string(), &file(&list, LARGEST_LIST)?)?;
        let wanted = local::Wanted::new(name);
        let fits = |image: &&Image| wanted.fits(&image.id, image.digest.as_ref(), &image.names);
        if let Some(image) = images.iter().find(fits) {
            return open(root, driver, &what, image);
        }
        known.extend(images.into_iter().flat_map(|image| image.names));
    }
    if known.is_empty() && !DRIVERS.iter().any(|driver| root.join(format!("{driver}-images")).is_dir()) {
        return Err(missing("any storage of images (overlay or vfs)".to_owned()));
    }
    Err(local::unknown(name, root, known))
}

fn open(root: &Path, driver: &str, what: &str, image: &Image) -> Result<Found, ImageError> {
    let missing = |part: String| ImageError::Missing { place: root.display().to_string(), what: part };
    let data = |key: &str, most: u64| {
        file(&root.join(format!("{driver}-images/{}/{}", image.id, file_name(key))), most)
    };
    let manifest: Option<Bytes> = image
        .digest
        .as_ref()
        .and_then(|digest| data(&format!("manifest-{digest}"), LARGEST_MANIFEST).ok())
        .or_else(|| data("manifest", LARGEST_MANIFEST).ok());
    let id: Digest = format!("sha256:{}", image.id)
        .parse()
        .map_err(|_| missing(format!("an image with a digest for an id (`{}` is none)", image.id)))?;
    let config = data(id.as_str(), LARGEST_CONFIG)?;
    local::proven(&format!("the configuration of {what}"), &id, &config)?;
    let digest = manifest.map_or_else(|| id.clone(), |bytes| digest_of(&bytes));
    let diff_ids = Config::parse(what, &config)?.diff_ids;

    let mut list: Vec<Layer> = Vec::new();
    for file_name in ["layers.json", "volatile-layers.json"] {
        let path = root.join(format!("{driver}-layers/{file_name}"));
        if path.is_file() {
            list.extend(crate::manifest::json::<Vec<Layer>>(
                &path.display().to_string(),
                &file(&path, LARGEST_LIST)?,
            )?);
        }
    }
    let parents: HashMap<&str, &str> =
        list.iter().map(|layer| (layer.id.as_str(), layer.parent.as_str())).collect();
    let mut chain = Vec::new();
    let mut at = image.layer.as_str();
    while !at.is_empty() && chain.len() < MOST_LAYERS {
        if at.contains(['/', '.']) {
            return Err(missing(format!("a layer with an id (`{}` is none)", at.escape_default())));
        }
        chain.push(at);
        at = parents.get(at).ok_or_else(|| missing(format!("layer {at}")))?;
    }
    chain.reverse();
    // Layers that change nothing may be left out of the chain; which of them, only the digests could tell.
    if chain.len() != diff_ids.len() {
        return Err(missing(format!("some layers of {what}: {} of {}", chain.len(), diff_ids.len())));
    }
    let layers = chain.into_iter().map(|id| {
        let folder = match driver {
            "vfs" => root.join(format!("vfs/dir/{id}")),
            _ => root.join(format!("{driver}/{id}/diff")),
        };
        Blob::split(Split { list: root.join(format!("{driver}-layers/{id}.tar-split.gz")), folder })
    });
    let layers = layers.collect();
    Ok(Found {
        manifest_digest: digest.clone(),
        digest,
        others: Vec::new(),
        annotations: BTreeMap::new(),
        config,
        layers,
        store: Store::Unpacked,
    })
}

/// The name of the file that a key is kept in: keys of other characters than these are base64.
fn file_name(key: &str) -> String {
    if key.bytes().all(|b| b == b'.' || b.is_ascii_digit() || b.is_ascii_lowercase()) {
        key.to_owned()
    } else {
        format!("={}", base64::engine::general_purpose::STANDARD.encode(key))
    }
}
