//! What is stored beside an image: the adapter between the registry and the signing crate.

use std::collections::BTreeMap;

use seawall_findings::Digest;
use seawall_image::{Reference, Registry};
use seawall_signing::{Artifact, Place, Stored, layout};

use crate::failure::{OrFail as _, Result};

/// More artifacts than this beside one image are not looked at.
const MAX_ARTIFACTS: usize = 64;

/// Everything that is stored about the digest in either of cosign's layouts.
pub(crate) async fn fetch(registry: &Registry, image: &Reference, digest: &Digest) -> Result<Vec<Stored>> {
    let mut manifests = Vec::new();
    for descriptor in registry.referrers(image, digest).await? {
        if manifests.len() >= MAX_ARTIFACTS {
            tracing::warn!("more than {MAX_ARTIFACTS} artifacts beside {digest}: the rest is not looked at");
            break;
        }
        let ours = descriptor.artifact_type.as_deref().is_none_or(layout::is_ours);
        if ours {
            manifests.push(image.with_digest(descriptor.digest));
        }
    }
    for tag in [layout::signature_tag(digest), layout::attestation_tag(digest)] {
        manifests.push(image.with_tag(&tag)?);
    }
    let mut stored = Vec::new();
    for place in manifests {
        if let Some((bytes, _, _)) = registry.find_manifest(&place).await? {
            stored.append(&mut read(registry, &place, &bytes).await?);
        }
    }
    Ok(stored)
}

async fn read(registry: &Registry, place: &Reference, manifest: &[u8]) -> Result<Vec<Stored>> {
    // Whoever may push beside the image could hide its signatures behind something that cannot be read.
    let contents = match layout::parse(manifest) {
        Ok(contents) => contents,
        Err(error) => {
            tracing::warn!(%error, "{place} cannot be read and does not count");
            return Ok(Vec::new());
        }
    };
    let mut blobs = BTreeMap::new();
    for wanted in contents.wanted() {
        let bytes = registry.blob(place, &wanted.digest, wanted.size).await?;
        blobs.insert(wanted.digest.clone(), bytes);
    }
    layout::read(&contents, &blobs).or_unfinished()
}

/// Pushes an artifact: its blobs first, so that no manifest names what is not there. The manifest's digest.
pub(crate) async fn push(registry: &Registry, image: &Reference, artifact: Artifact) -> Result<Digest> {
    for blob in artifact.blobs {
        registry.push_blob(image, blob.bytes).await?;
    }
    match artifact.place {
        Place::Tag(tag) => {
            let place = image.with_tag(&tag)?;
            Ok(registry.push_manifest(&place, artifact.media_type, artifact.manifest).await?)
        }
        Place::Referrer { .. } => Ok(registry.push_referrer(image, artifact.manifest).await?),
    }
}

/// The manifest at a legacy tag, where there is one.
pub(crate) async fn existing(registry: &Registry, image: &Reference, tag: &str) -> Result<Option<Vec<u8>>> {
    let place = image.with_tag(tag)?;
    Ok(registry.find_manifest(&place).await?.map(|(bytes, _, _)| bytes.to_vec()))
}
