//! What comes out of a registry: manifests and blobs, each verified against its digest.

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, RANGE};
use reqwest::{Method, Response, StatusCode};
use seawall_findings::Digest;
use tokio::sync::mpsc;

use super::send::Call;
use super::{Action, Registry};
use crate::hash::digest_of;
use crate::manifest::{Descriptor, media, media_type_of};
use crate::{ImageError, Reference};

/// Largest manifest: the distribution specification asks registries for 4 MiB.
pub(super) const LARGEST_MANIFEST: u64 = 4 * 1024 * 1024;
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

impl Registry {
    /// The digest that a reference stands for now, computed from the manifest itself.
    pub async fn resolve(&self, reference: &Reference) -> Result<Digest, ImageError> {
        Ok(self.manifest(reference).await?.2)
    }

    /// A manifest or index as it is stored, its media type and its digest. A reference with a digest gets exactly that one.
    pub async fn manifest(&self, reference: &Reference) -> Result<(Bytes, String, Digest), ImageError> {
        match self.find_manifest(reference).await? {
            Some(found) => Ok(found),
            None => Err(ImageError::NotFound {
                what: reference.to_string(),
                registry: reference.registry.clone(),
            }),
        }
    }

    /// The same, with none where the registry has none of that name.
    pub async fn find_manifest(
        &self,
        reference: &Reference,
    ) -> Result<Option<(Bytes, String, Digest)>, ImageError> {
        for (registry, mirror) in self.mirrors(reference) {
            match registry.own_manifest(&mirror).await {
                Ok(Some(found)) => return Ok(Some(found)),
                Ok(None) => {}
                Err(error) => self.passed_over(&mirror, &error),
            }
        }
        self.own_manifest(reference).await
    }

    async fn own_manifest(
        &self,
        reference: &Reference,
    ) -> Result<Option<(Bytes, String, Digest)>, ImageError> {
        let what = reference.to_string();
        self.within(&what, self.read_manifest(reference, &what)).await
    }

    async fn read_manifest(
        &self,
        reference: &Reference,
        what: &str,
    ) -> Result<Option<(Bytes, String, Digest)>, ImageError> {
        let url = self.url(reference, &format!("manifests/{}", reference.identifier()))?;
        let call =
            Call::new(Method::GET, url, reference, Action::Pull).header(ACCEPT, media::MANIFESTS.join(", "));
        let Some((bytes, headers)) = self.read(&call, what, LARGEST_MANIFEST).await? else { return Ok(None) };
        let actual = digest_of(&bytes);
        let announced =
            headers.get(CONTENT_DIGEST).and_then(|h| h.to_str().ok()).and_then(|h| h.parse().ok());
        for expected in [reference.digest.clone(), announced].into_iter().flatten() {
            if expected != actual {
                return Err(ImageError::Digest { what: what.to_owned(), expected, actual });
            }
        }
        let header = headers.get(CONTENT_TYPE).and_then(|h| h.to_str().ok());
        let media_type = media_type_of(&bytes, header);
        Ok(Some((bytes, media_type, actual)))
    }

    /// A whole blob of at most `max` bytes, verified.
    pub async fn blob(&self, reference: &Reference, digest: &Digest, max: u64) -> Result<Bytes, ImageError> {
        for (registry, mirror) in self.mirrors(reference) {
            match registry.own_blob(&mirror, digest, max).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) => self.passed_over(&mirror, &error),
            }
        }
        self.own_blob(reference, digest, max).await
    }

    async fn own_blob(&self, reference: &Reference, digest: &Digest, max: u64) -> Result<Bytes, ImageError> {
        let what = format!("{}@{digest}", reference.name());
        let work = async {
            let url = self.url(reference, &format!("blobs/{digest}"))?;
            let call = Call::new(Method::GET, url, reference, Action::Pull);
            let Some((bytes, _)) = self.read(&call, &what, max).await? else {
                return Err(ImageError::NotFound {
                    what: what.clone(),
                    registry: reference.registry.clone(),
                });
            };
            let actual = digest_of(&bytes);
            if actual == *digest {
                Ok(bytes)
            } else {
                Err(ImageError::Digest { what: what.clone(), expected: digest.clone(), actual })
            }
        };
        self.within(&what, work).await
    }

    /// A whole answer, from the start again where it was cut; none for 404.
    pub(super) async fn read(
        &self,
        call: &Call<'_>,
        what: &str,
        max: u64,
    ) -> Result<Option<(Bytes, reqwest::header::HeaderMap)>, ImageError> {
        let mut attempt = 0;
        loop {
            let response = self.send(call).await?;
            if !response.status().is_success() {
                return Ok(None);
            }
            let headers = response.headers().clone();
            match body(response, what, max).await {
                Ok(bytes) => return Ok(Some((bytes, headers))),
                Err(error) if error.is_passing() && attempt < self.inner.options.retries => {
                    self.pause(attempt, None, &error).await;
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends a blob's bytes, in order, into a channel; a cut connection is taken up again where it stopped.
    /// The receiver verifies them. The last message is an error where not all could be sent.
    pub(crate) async fn stream(
        &self,
        reference: &Reference,
        blob: &Descriptor,
        to: &mpsc::Sender<Result<Bytes, ImageError>>,
    ) {
        let mut sent = 0;
        for (registry, mirror) in self.mirrors(reference) {
            let what = format!("{}@{}", mirror.name(), blob.digest);
            match registry.within(&what, registry.pump(&mirror, blob, &what, &mut sent, to)).await {
                Ok(()) => return,
                // What it sent counts; the rest comes from the next place.
                Err(error) => self.passed_over(&mirror, &error),
            }
        }
        let what = format!("{}@{}", reference.name(), blob.digest);
        if let Err(error) = self.within(&what, self.pump(reference, blob, &what, &mut sent, to)).await {
            // Nobody listens any more: then nobody wants to know.
            let _ = to.send(Err(error)).await;
        }
    }

    async fn pump(
        &self,
        reference: &Reference,
        blob: &Descriptor,
        what: &str,
        sent: &mut u64,
        to: &mpsc::Sender<Result<Bytes, ImageError>>,
    ) -> Result<(), ImageError> {
        let url = self.url(reference, &format!("blobs/{}", blob.digest))?;
        let mut attempt = 0;
        loop {
            let mut call = Call::new(Method::GET, url.clone(), reference, Action::Pull);
            if *sent > 0 {
                call = call.header(RANGE, format!("bytes={sent}-"));
            }
            let response = self.send(&call).await?;
            if response.status() == StatusCode::NOT_FOUND {
                return Err(ImageError::NotFound {
                    what: what.to_owned(),
                    registry: reference.registry.clone(),
                });
            }
            if !response.status().is_success() {
                return Err(ImageError::Cut {
                    what: what.to_owned(),
                    received: *sent,
                    expected: blob.size.to_string(),
                });
            }
            // A registry that does not know ranges starts again from the first byte.
            let skip = if response.status() == StatusCode::PARTIAL_CONTENT { 0 } else { *sent };
            let before = *sent;
            match forward(response, skip, sent, blob.size, to).await {
                End::Whole | End::Unwanted => return Ok(()),
                End::Cut => {}
            }
            let error =
                ImageError::Cut { what: what.to_owned(), received: *sent, expected: blob.size.to_string() };
            if attempt >= self.inner.options.retries {
                return Err(error);
            }
            self.pause(attempt, None, &error).await;
            // Progress earns new patience, up to the time limit.
            attempt = if *sent > before { 1 } else { attempt + 1 };
        }
    }
}

enum End {
    Whole,
    Cut,
    Unwanted,
}

/// Passes chunks on until the blob's size is reached.
async fn forward(
    mut response: Response,
    mut skip: u64,
    sent: &mut u64,
    size: u64,
    to: &mpsc::Sender<Result<Bytes, ImageError>>,
) -> End {
    while let Ok(Some(mut chunk)) = response.chunk().await {
        let skipped = skip.min(chunk.len() as u64);
        skip -= skipped;
        let _ = chunk.split_to(usize::try_from(skipped).unwrap_or(chunk.len()));
        if chunk.is_empty() {
            continue;
        }
        *sent += chunk.len() as u64;
        if to.send(Ok(chunk)).await.is_err() {
            return End::Unwanted;
        }
        // One byte too many is passed on: the receiver's count and sum say what is wrong.
        if *sent > size {
            return End::Whole;
        }
    }
    if *sent >= size { End::Whole } else { End::Cut }
}

/// A whole body of at most `max` bytes.
async fn body(mut response: Response, what: &str, max: u64) -> Result<Bytes, ImageError> {
    let too_large = || ImageError::TooLarge { what: what.to_owned(), most: max };
    let announced: Option<u64> =
        response.headers().get(CONTENT_LENGTH).and_then(|h| h.to_str().ok()).and_then(|h| h.parse().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(too_large());
    }
    let mut bytes = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => {
                tracing::debug!(error = %super::send::causes(&error), "body cut");
                let expected = announced.map_or_else(|| "?".to_owned(), |length| length.to_string());
                return Err(ImageError::Cut {
                    what: what.to_owned(),
                    received: bytes.len() as u64,
                    expected,
                });
            }
        }
        if bytes.len() as u64 > max {
            return Err(too_large());
        }
    }
    Ok(bytes.freeze())
}
