//! The base image: which layers it brought, and which the application added.

use seawall_findings::Digest;

use crate::{Image, Reference};

/// OCI image specification, "Pre-Defined Annotation Keys". Builders write them as labels as well.
const NAME: &str = "org.opencontainers.image.base.name";
const DIGEST: &str = "org.opencontainers.image.base.digest";

impl Image {
    /// The base image that the image itself names, with its digest: a tag has moved on since. None where it names none, or
    /// one without a digest.
    pub fn named_base(&self) -> Option<Reference> {
        let said = |key: &str| self.annotations.get(key).or_else(|| self.config.labels.get(key));
        let name: Reference = said(NAME)?.parse().ok()?;
        match said(DIGEST) {
            Some(digest) => Some(name.with_digest(digest.parse().ok()?)),
            None => name.digest.is_some().then_some(name),
        }
    }

    /// Marks the layers that the base image brought, by the digests of its unpacked layers
    /// ([`crate::Config::diff_ids`]). False, and nothing is marked, where they are not the lowest layers of this image: then it was
    /// not built on that base, or its layers were put together into others since.
    pub fn mark_base(&mut self, diff_ids: &[Digest]) -> bool {
        let lowest = self.layers.iter().take(diff_ids.len()).map(|layer| &layer.layer.diff_id);
        let is_base = !diff_ids.is_empty() && lowest.eq(diff_ids);
        for layer in self.layers.iter_mut().take(diff_ids.len()) {
            layer.layer.base = is_base;
        }
        is_base
    }
}
