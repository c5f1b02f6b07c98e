//! What is stored beside an image: the adapter between the registry and the signing crate.

use std::collections::BTreeMap;

use seawall_findings::Digest;
use seawall_image::manifest::media;
use seawall_image::{Descriptor, Manifest, Reference, Registry};
use seawall_signing::{Artifact, Place, Stored, layout, predicate};
use serde::Serialize;

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

/// Whether a manifest names images, instead of being one.
pub(crate) fn is_index(media_type: &str) -> bool {
    matches!(media_type, media::OCI_INDEX | media::DOCKER_INDEX)
}

/// One manifest that is stored beside an image, whoever put it there. Nothing of it is verified.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attached {
    /// Of the manifest.
    pub(crate) digest: Digest,
    /// One of cosign's tags; none for a referrer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tag: Option<String>,
    /// What a referrer says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) artifact_type: Option<String>,
    /// Of a bundle: what its manifest says that is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) predicate_type: Option<String>,
    pub(crate) layers: Vec<Descriptor>,
}

impl Attached {
    /// In a word or two.
    pub(crate) fn what(&self) -> String {
        let ending = self.tag.as_deref().and_then(|tag| tag.rsplit_once('.')).map(|(_, ending)| ending);
        match (ending, &self.predicate_type, &self.artifact_type) {
            (Some("sig"), ..) => "signatures".to_owned(),
            (Some("att"), ..) => "attestations".to_owned(),
            (Some("sbom"), ..) => "SBOM".to_owned(),
            (_, Some(kind), _) if kind == predicate::SIGN => "signature (bundle)".to_owned(),
            (_, Some(kind), _) => format!("attestation of {kind} (bundle)"),
            (_, None, Some(kind)) if kind == layout::NOTATION => "signature (Notation)".to_owned(),
            (_, None, Some(kind)) => kind.clone(),
            (_, None, None) => "artifact".to_owned(),
        }
    }
}

/// Everything that is stored beside the digest: referrers of any kind, and cosign's tags.
pub(crate) async fn attached(
    registry: &Registry,
    image: &Reference,
    digest: &Digest,
) -> Result<Vec<Attached>> {
    let mut places = Vec::new();
    for descriptor in registry.referrers(image, digest).await? {
        if places.len() >= MAX_ARTIFACTS {
            tracing::warn!("more than {MAX_ARTIFACTS} artifacts beside {digest}: the rest is not looked at");
            break;
        }
        places.push((image.with_digest(descriptor.digest), None));
    }
    for tag in [layout::signature_tag(digest), layout::attestation_tag(digest), layout::sbom_tag(digest)] {
        places.push((image.with_tag(&tag)?, Some(tag)));
    }
    let mut found = Vec::new();
    for (place, tag) in places {
        let Some((bytes, media_type, digest)) = registry.find_manifest(&place).await? else { continue };
        if is_index(&media_type) {
            tracing::warn!("{place} is an index, which is not looked into");
            continue;
        }
        let manifest = Manifest::parse(&place.to_string(), &bytes)?;
        found.push(Attached {
            digest,
            tag,
            artifact_type: manifest.artifact_type,
            predicate_type: manifest.annotations.get("dev.sigstore.bundle.predicateType").cloned(),
            layers: manifest.layers,
        });
    }
    Ok(found)
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
