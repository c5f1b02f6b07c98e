//! What goes into a registry: blobs in one piece, manifests under a tag or digest.

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, LOCATION};
use reqwest::{Method, Response, StatusCode};
use seawall_findings::Digest;

use super::send::Call;
use super::{Action, Registry};
use crate::hash::digest_of;
use crate::{ImageError, Reference};

/// The registry's word that it knows `subject` (distribution specification 1.1, "Pushing Manifests with Subject").
pub(super) const OCI_SUBJECT: HeaderName = HeaderName::from_static("oci-subject");

impl Registry {
    /// Uploads a blob into the reference's repository unless it is there, and returns its digest.
    pub async fn push_blob(
        &self,
        reference: &Reference,
        bytes: impl Into<Bytes>,
    ) -> Result<Digest, ImageError> {
        let bytes = bytes.into();
        let digest = digest_of(&bytes);
        let what = format!("upload of {}@{digest}", reference.name());
        self.within(&what, self.upload(reference, &digest, bytes)).await?;
        Ok(digest)
    }

    async fn upload(&self, reference: &Reference, digest: &Digest, bytes: Bytes) -> Result<(), ImageError> {
        // Asked with the right to push: then a single token does for all three requests.
        let url = self.url(reference, &format!("blobs/{digest}"))?;
        if self.send(&Call::new(Method::HEAD, url, reference, Action::Push)).await?.status().is_success() {
            return Ok(());
        }
        let mut attempt = 0;
        loop {
            let error = match self.upload_once(reference, digest, bytes.clone()).await {
                Ok(()) => return Ok(()),
                // A session can be lost with a restart of the registry, or with the first half of the bytes: one new session.
                Err(error @ ImageError::NotFound { .. }) if attempt == 0 => error,
                Err(error) if error.is_passing() && attempt == 0 => error,
                Err(error) => return Err(error),
            };
            self.pause(attempt, None, &error).await;
            attempt += 1;
        }
    }

    async fn upload_once(
        &self,
        reference: &Reference,
        digest: &Digest,
        bytes: Bytes,
    ) -> Result<(), ImageError> {
        let url = self.url(reference, "blobs/uploads/")?;
        let response = self.send(&Call::new(Method::POST, url.clone(), reference, Action::Push)).await?;
        accepted(reference, "POST", &response)?;
        let location = response.headers().get(LOCATION).and_then(|h| h.to_str().ok());
        // What is pushed may be private: not from TLS to plain HTTP.
        let target = location
            .and_then(|location| url.join(location).ok())
            .filter(|target| target.scheme() == url.scheme() || target.scheme() == "https");
        let Some(mut target) = target else {
            return Err(ImageError::Status {
                registry: reference.registry.clone(),
                method: "POST".to_owned(),
                path: url.path().to_owned(),
                status: response.status().as_u16(),
                detail: ": it gives no usable place to upload to".to_owned(),
            });
        };
        target.query_pairs_mut().append_pair("digest", digest.as_str());
        let call = Call::new(Method::PUT, target, reference, Action::Push)
            .header(CONTENT_TYPE, "application/octet-stream")
            .body(bytes);
        accepted(reference, "PUT", &self.send(&call).await?)
    }

    /// Stores a manifest under the reference's tag (or digest, which must be its own) and returns its digest.
    pub async fn push_manifest(
        &self,
        reference: &Reference,
        media_type: &str,
        bytes: impl Into<Bytes>,
    ) -> Result<Digest, ImageError> {
        Ok(self.put_manifest(reference, media_type, bytes.into()).await?.0)
    }

    pub(super) async fn put_manifest(
        &self,
        reference: &Reference,
        media_type: &str,
        bytes: Bytes,
    ) -> Result<(Digest, HeaderMap), ImageError> {
        let digest = digest_of(&bytes);
        if let Some(expected) = reference.digest.clone().filter(|expected| *expected != digest) {
            return Err(ImageError::Digest { what: reference.to_string(), expected, actual: digest });
        }
        let what = format!("upload of {reference}");
        let work = async {
            let url = self.url(reference, &format!("manifests/{}", reference.identifier()))?;
            let call = Call::new(Method::PUT, url, reference, Action::Push)
                .header(CONTENT_TYPE, media_type)
                .body(bytes);
            let response = self.send(&call).await?;
            accepted(reference, "PUT", &response)?;
            Ok((digest, response.headers().clone()))
        };
        self.within(&what, work).await
    }
}

/// `send` lets 404 and 405 through; an upload that meets them has failed.
fn accepted(reference: &Reference, method: &str, response: &Response) -> Result<(), ImageError> {
    match response.status() {
        status if status.is_success() => Ok(()),
        StatusCode::NOT_FOUND => {
            Err(ImageError::NotFound { what: reference.to_string(), registry: reference.registry.clone() })
        }
        status => Err(ImageError::Status {
            registry: reference.registry.clone(),
            method: method.to_owned(),
            path: response.url().path().to_owned(),
            status: status.as_u16(),
            detail: ": it takes no uploads".to_owned(),
        }),
    }
}
