//! containerd's storage: its metadata database names the images by namespace, its content store keeps manifests,
//! configurations and packed layers as a layout does.

use std::path::{Path, PathBuf};

use seawall_findings::Digest;

use super::bolt::{Bucket, Database, Item};
use super::local;
use crate::ImageError;

/// Where it is by default, in distributions of Kubernetes, for Docker and for a user without rights.
pub(super) fn roots() -> Vec<PathBuf> {
    let home = std::env::home_dir().unwrap_or_default();
    let data = std::env::var_os("XDG_DATA_HOME").map_or_else(|| home.join(".local/share"), PathBuf::from);
    vec![
        PathBuf::from("/var/lib/containerd"),
        PathBuf::from("/var/lib/rancher/k3s/agent/containerd"),
        PathBuf::from("/var/lib/rancher/rke2/agent/containerd"),
        PathBuf::from("/var/lib/docker/containerd/daemon"),
        data.join("containerd"),
    ]
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) digest: Digest,
    pub(super) media_type: String,
}

/// The folder of blobs.
pub(super) fn content(root: &Path) -> PathBuf {
    root.join("io.containerd.content.v1.content")
}

/// Finds an image by its full name, in any namespace or in the one that is written before it (`k8s.io/docker.io/library/nginx:1`
/// is looked for as `docker.io/library/nginx:1` in `k8s.io`).
pub(super) fn find(root: &Path, name: &str) -> Result<Target, ImageError> {
    let path = root.join("io.containerd.metadata.v1.bolt/meta.db");
    let database = Database::open(&path)?;
    let images = list(&database).ok_or_else(|| ImageError::NotAnImageFile {
        path,
        reason: "it is not the metadata of a containerd that is known here, or damaged".to_owned(),
    })?;
    let fitting = |namespace: Option<&str>, name: &str| {
        let wanted = local::Wanted::new(name);
        let mut found: Vec<&Listed> = images
            .iter()
            .filter(|image| namespace.is_none_or(|namespace| namespace == image.namespace))
            .filter(|image| {
                let name = std::slice::from_ref(&image.name);
                wanted.fits(image.target.digest.hex(), Some(&image.target.digest), name)
            })
            .collect();
        found.dedup_by(|a, b| a.target == b.target);
        found
    };
    let mut found = fitting(None, name);
    if found.is_empty()
        && let Some((namespace, name)) = name.split_once('/')
    {
        found = fitting(Some(namespace), name);
    }
    match found.as_slice() {
        [one] => Ok(one.target.clone()),
        [] => Err(local::unknown(name, root, images.into_iter().map(|image| image.name).collect())),
        several => Err(ImageError::Ambiguous {
            place: root.display().to_string(),
            names: several
                .iter()
                .take(10)
                .map(|image| format!("{}/{}", image.namespace, image.name))
                .collect(),
        }),
    }
}

struct Listed {
    namespace: String,
    name: String,
    target: Target,
}

/// `v1/NAMESPACE/images/NAME/target` (containerd, `metadata/buckets.go`).
fn list(database: &Database) -> Option<Vec<Listed>> {
    let mut listed = Vec::new();
    for (namespace, bucket) in buckets(database, database.bucket(database.root(), b"v1")?)? {
        let Some(images) = database.bucket(bucket, b"images") else { continue };
        for (name, image) in buckets(database, images)? {
            let Some(target) = database.bucket(image, b"target") else { continue };
            let text =
                |name: &[u8]| Some(String::from_utf8_lossy(database.value(target, name)?).into_owned());
            let Some(digest) = text(b"digest").and_then(|text| text.parse().ok()) else { continue };
            let target = Target { digest, media_type: text(b"mediatype").unwrap_or_default() };
            listed.push(Listed { namespace: namespace.clone(), name, target });
        }
    }
    Some(listed)
}

fn buckets<'a>(database: &'a Database, within: Bucket<'a>) -> Option<Vec<(String, Bucket<'a>)>> {
    let mut found = Vec::new();
    database.each(within, &mut |key, item| {
        if let Item::Bucket(bucket) = item {
            found.push((String::from_utf8_lossy(key).into_owned(), bucket));
        }
    })?;
    Some(found)
}
