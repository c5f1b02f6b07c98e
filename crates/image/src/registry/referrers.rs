//! Artifacts about an image: the referrers API, and the fallback tag of registries that lack it
//! (OCI distribution specification 1.1, "Listing Referrers" and "Referrers Tag Schema").

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{ACCEPT, LINK};
use seawall_findings::Digest;

use super::push::OCI_SUBJECT;
use super::send::Call;
use super::{Action, Registry};
use crate::manifest::{Descriptor, Index, Manifest, media, media_type_of};
use crate::{ImageError, Reference};

/// Pages of referrers that are followed.
const MOST_PAGES: usize = 100;
/// Largest page of referrers.
const LARGEST_PAGE: u64 = 8 * 1024 * 1024;

impl Registry {
    /// What refers to a manifest of the reference's repository; empty where nothing does.
    pub async fn referrers(
        &self,
        reference: &Reference,
        subject: &Digest,
    ) -> Result<Vec<Descriptor>, ImageError> {
        let what = format!("referrers of {}@{subject}", reference.name());
        let listed = self.within(&what, self.list(reference, subject, &what)).await?;
        match listed {
            Some(found) => Ok(found),
            None => {
                Ok(self.fallback(reference, subject).await?.map(|index| index.manifests).unwrap_or_default())
            }
        }
    }

    /// The referrers API; none where the registry has none.
    async fn list(
        &self,
        reference: &Reference,
        subject: &Digest,
        what: &str,
    ) -> Result<Option<Vec<Descriptor>>, ImageError> {
        let mut url = self.url(reference, &format!("referrers/{subject}"))?;
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let call =
                Call::new(Method::GET, url.clone(), reference, Action::Pull).header(ACCEPT, media::OCI_INDEX);
            let Some((bytes, headers)) = self.read(&call, what, LARGEST_PAGE).await? else { return Ok(None) };
            // A front page with status 200 for every path is no referrers API.
            if media_type_of(&bytes, None) != media::OCI_INDEX {
                return Ok(None);
            }
            found.extend(Index::parse(what, &bytes)?.manifests);
            let next = headers.get(LINK).and_then(|h| h.to_str().ok()).and_then(next_page);
            match next.and_then(|next| url.join(next).ok()).filter(|next| next.origin() == url.origin()) {
                Some(next) => url = next,
                None => return Ok(Some(found)),
            }
        }
        Err(ImageError::TooMany {
            what: what.to_owned(),
            of: "pages",
            count: MOST_PAGES + 1,
            most: MOST_PAGES,
        })
    }

    async fn fallback(&self, reference: &Reference, subject: &Digest) -> Result<Option<Index>, ImageError> {
        let tag = fallback_tag(reference, subject);
        match self.find_manifest(&tag).await? {
            Some((bytes, media_type, _)) if media::is_index(&media_type) => {
                Index::parse(&tag.to_string(), &bytes).map(Some)
            }
            // Some other thing under that tag: it lists no referrers.
            _ => Ok(None),
        }
    }

    /// Stores a manifest that has a `subject` by its digest, and lists it in the fallback index where the registry does not
    /// list it by itself. Returns the manifest's digest. Its blobs must be there already.
    pub async fn push_referrer(
        &self,
        reference: &Reference,
        bytes: impl Into<Bytes>,
    ) -> Result<Digest, ImageError> {
        let bytes = bytes.into();
        let digest = crate::hash::digest_of(&bytes);
        let own = Reference { tag: None, ..reference.with_digest(digest.clone()) };
        let what = own.to_string();
        let manifest = Manifest::parse(&what, &bytes)?;
        let Some(subject) = &manifest.subject else {
            return Err(ImageError::NotAnImage { what, media_type: "manifest without subject".to_owned() });
        };
        let size = bytes.len() as u64;
        let media_type = manifest.media_type.clone().unwrap_or_else(|| media::OCI_MANIFEST.to_owned());
        let (_, headers) = self.put_manifest(&own, &media_type, bytes).await?;
        if headers.contains_key(OCI_SUBJECT) {
            return Ok(digest);
        }
        let mut index = self.fallback(reference, &subject.digest).await?.unwrap_or_default();
        if index.manifests.iter().all(|listed| listed.digest != digest) {
            index.manifests.push(Descriptor {
                artifact_type: Some(manifest.artifact_type.unwrap_or(manifest.config.media_type)),
                annotations: manifest.annotations,
                ..Descriptor::new(&media_type, digest.clone(), size)
            });
            let tag = fallback_tag(reference, &subject.digest);
            let bytes = serde_json::to_vec(&index)
                .map_err(|source| ImageError::Json { what: tag.to_string(), source })?;
            self.push_manifest(&tag, media::OCI_INDEX, bytes).await?;
        }
        Ok(digest)
    }
}

/// `sha256-<hex>` in the same repository.
fn fallback_tag(reference: &Reference, subject: &Digest) -> Reference {
    Reference { tag: Some(format!("sha256-{}", subject.hex())), digest: None, ..reference.clone() }
}

/// `</v2/…>; rel="next"`
fn next_page(link: &str) -> Option<&str> {
    let (address, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
    rest.to_ascii_lowercase().contains("rel=\"next\"").then_some(address)
}
