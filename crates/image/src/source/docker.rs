//! Docker's own storage with the overlay2 driver: `image/overlay2/repositories.json` names the images, `imagedb` keeps their
//! configurations, `layerdb` the headers of their layers, `overlay2/` the files. A Docker that keeps its images in
//! containerd is read by [`super::containerd`].

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use seawall_findings::Digest;
use serde::Deserialize;

use super::split::Split;
use super::{Blob, Found, LARGEST_CONFIG, Store, file, local};
use crate::hash::digest_of;
use crate::{Config, ImageError};

const LARGEST_LIST: u64 = 64 * 1024 * 1024;

/// Where it is by default, and for a user without rights.
pub(super) fn roots() -> Vec<PathBuf> {
    let home = std::env::home_dir().unwrap_or_default();
    let data = std::env::var_os("XDG_DATA_HOME").map_or_else(|| home.join(".local/share"), PathBuf::from);
    vec![PathBuf::from("/var/lib/docker"), data.join("docker")]
}

#[derive(Deserialize)]
struct Repositories {
    #[serde(rename = "Repositories", default)]
    repositories: BTreeMap<String, BTreeMap<String, Digest>>,
}

/// Finds an image by its name or by the start of its id.
pub(super) fn find(root: &Path, name: &str) -> Result<Found, ImageError> {
    let images = root.join("image/overlay2");
    let list = images.join("repositories.json");
    let list: Repositories = crate::manifest::json(&list.display().to_string(), &file(&list, LARGEST_LIST)?)?;
    let mut names: HashMap<Digest, Vec<String>> = HashMap::new();
    for (name, id) in list.repositories.into_values().flatten() {
        names.entry(id).or_default().push(name);
    }
    let wanted = local::Wanted::new(name);
    let found = names.iter().find(|(id, names)| wanted.fits(id.hex(), None, names));
    let id = match found {
        Some((id, _)) => id.clone(),
        // Images without a name are in no list.
        None => match format!("sha256:{name}").parse::<Digest>() {
            Ok(id) => id,
            Err(_) => return Err(local::unknown(name, root, names.into_values().flatten().collect())),
        },
    };
    let what = format!("{name} in {}", root.display());
    let config = file(&images.join("imagedb/content/sha256").join(id.hex()), LARGEST_CONFIG)?;
    local::proven(&format!("the configuration of {what}"), &id, &config)?;
    let mut layers = Vec::new();
    let mut chain: Option<Digest> = None;
    for diff_id in Config::parse(&what, &config)?.diff_ids {
        // OCI image specification, "Layer ChainID".
        let next = match &chain {
            Some(below) => digest_of(format!("{below} {diff_id}").as_bytes()),
            None => diff_id,
        };
        let layer = images.join("layerdb/sha256").join(next.hex());
        let cache = file(&layer.join("cache-id"), 1024)?;
        let cache = String::from_utf8_lossy(&cache).trim().to_owned();
        if cache.is_empty() || cache.contains(['/', '.']) {
            let what = format!("a usable cache-id for layer {next}");
            return Err(ImageError::Missing { place: root.display().to_string(), what });
        }
        let folder = root.join("overlay2").join(cache).join("diff");
        layers.push(Blob::split(Split { list: layer.join("tar-split.json.gz"), folder }));
        chain = Some(next);
    }
    Ok(Found {
        manifest_digest: id.clone(),
        digest: id,
        others: Vec::new(),
        annotations: BTreeMap::new(),
        config,
        layers,
        store: Store::Unpacked,
    })
}
