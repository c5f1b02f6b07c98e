//! Making manifests of signatures, byte for byte as cosign 3.1.3 makes them.

use std::collections::BTreeMap;

use seawall_findings::Digest;

use super::manifest::{Config, Manifest, sha256};
use super::{BUNDLE, DSSE, Descriptor, MANIFEST, SIMPLE_SIGNING, attestation_tag, signature_tag};
use crate::{Bundle, Envelope, SigningError, base64, json, limits};

/// A manifest of signatures to push: first the blobs, then the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Where the manifest goes.
    pub place: Place,
    /// Media type of the manifest.
    pub media_type: &'static str,
    /// Digest of the manifest.
    pub digest: Digest,
    /// The manifest.
    pub manifest: Vec<u8>,
    /// The blobs that are new; those of former signatures are there already.
    pub blobs: Vec<Blob>,
}

/// Where a manifest goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Under this tag, in the image's repository.
    Tag(String),
    /// Under its own digest, as a referrer of `subject`. A registry without the referrers API needs `entry` in the
    /// fallback index under the tag `sha256-<hex of the subject>`.
    Referrer {
        /// The image.
        subject: Digest,
        /// What the fallback index lists.
        entry: Descriptor,
    },
}

/// One blob to push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Its digest.
    pub digest: Digest,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Blob {
    fn new(bytes: Vec<u8>) -> Self {
        Self { digest: sha256(&bytes), bytes }
    }
}

/// A legacy signature: the manifest under the `.sig` tag, with this signature after the ones that `existing` (the
/// manifest there now) holds. The same signature twice changes nothing.
pub fn legacy_signature(
    existing: Option<&[u8]>,
    image: &Digest,
    payload: Vec<u8>,
    signature: &[u8],
) -> Result<Artifact, SigningError> {
    let mut layer = Descriptor::of(SIMPLE_SIGNING, &payload);
    layer.annotations.insert(super::read::SIGNATURE.to_owned(), base64::encode(signature));
    append(existing, signature_tag(image), layer, payload)
}

/// A legacy attestation: the manifest under the `.att` tag, with this envelope after the ones that `existing` holds.
pub fn legacy_attestation(
    existing: Option<&[u8]>,
    image: &Digest,
    envelope: &Envelope,
    predicate_type: &str,
) -> Result<Artifact, SigningError> {
    let bytes = envelope.to_bytes()?;
    let mut layer = Descriptor::of(DSSE, &bytes);
    layer.annotations.insert(super::read::SIGNATURE.to_owned(), String::new());
    layer.annotations.insert("predicateType".to_owned(), predicate_type.to_owned());
    append(existing, attestation_tag(image), layer, bytes)
}

/// An SBOM without a signature, as `cosign attach sbom` stores it: the manifest under the `.sbom` tag, in the place of the
/// one that was there.
pub fn legacy_sbom(image: &Digest, media_type: &str, document: Vec<u8>) -> Result<Artifact, SigningError> {
    let layer = Descriptor::of(media_type, &document);
    append(None, super::sbom_tag(image), layer, document)
}

fn append(
    existing: Option<&[u8]>,
    tag: String,
    layer: Descriptor,
    content: Vec<u8>,
) -> Result<Artifact, SigningError> {
    let former = existing.map(Manifest::parse).transpose()?;
    if let (Some(bytes), Some(former)) = (existing, &former)
        && former.layers.contains(&layer)
    {
        let digest = sha256(bytes);
        return Ok(Artifact {
            place: Place::Tag(tag),
            media_type: MANIFEST,
            digest,
            manifest: bytes.to_vec(),
            blobs: Vec::new(),
        });
    }
    let (mut layers, annotations) = former.map_or_else(Default::default, |f| (f.layers, f.annotations));
    layers.push(layer);
    let remedy = "remove old ones with `cosign clean`, and sign again";
    limits::check(super::manifest::WHAT, layers.len() as u64, limits::LAYERS, "layers", remedy)?;
    let config = json::write(&Config::of(&layers))?;
    let manifest = Manifest {
        schema_version: 2,
        media_type: MANIFEST.to_owned(),
        config: Descriptor::of("application/vnd.oci.image.config.v1+json", &config),
        layers,
        annotations,
        subject: None,
        artifact_type: None,
    };
    let manifest = json::write(&manifest)?;
    Ok(Artifact {
        place: Place::Tag(tag),
        media_type: MANIFEST,
        digest: sha256(&manifest),
        manifest,
        blobs: vec![Blob::new(config), Blob::new(content)],
    })
}

/// A bundle as a referrer of `subject` (media type, digest and size of the image's manifest). `created` is RFC 3339.
pub fn bundle(
    subject: &Descriptor,
    bundle: &Bundle,
    predicate_type: &str,
    created: &str,
) -> Result<Artifact, SigningError> {
    let bytes = bundle.to_bytes()?;
    let mut config = Descriptor::of("application/vnd.oci.empty.v1+json", b"{}");
    config.artifact_type = Some(BUNDLE.to_owned());
    let annotations = BTreeMap::from(
        [
            ("dev.sigstore.bundle.content", "dsse-envelope"),
            ("dev.sigstore.bundle.predicateType", predicate_type),
            ("org.opencontainers.image.created", created),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned())),
    );
    let manifest = Manifest {
        schema_version: 2,
        media_type: MANIFEST.to_owned(),
        config,
        layers: vec![Descriptor::of(BUNDLE, &bytes)],
        annotations: annotations.clone(),
        subject: Some(Descriptor::new(&subject.media_type, subject.digest.clone(), subject.size)),
        artifact_type: Some(BUNDLE.to_owned()),
    };
    let manifest = json::write(&manifest)?;
    let mut entry = Descriptor::of(MANIFEST, &manifest);
    entry.artifact_type = Some(BUNDLE.to_owned());
    entry.annotations = annotations;
    Ok(Artifact {
        place: Place::Referrer { subject: subject.digest.clone(), entry },
        media_type: MANIFEST,
        digest: sha256(&manifest),
        manifest,
        blobs: vec![Blob::new(b"{}".to_vec()), Blob::new(bytes)],
    })
}
