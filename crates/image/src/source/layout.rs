//! The OCI image layout folder (OCI image specification, "Image Layout").

use std::path::{Path, PathBuf};

use bytes::Bytes;
use seawall_findings::Digest;

use crate::ImageError;

/// Where a blob is.
pub(super) fn blob(layout: &Path, digest: &Digest) -> PathBuf {
    layout.join("blobs").join("sha256").join(digest.hex())
}

/// `index.json`.
pub(super) fn index(layout: &Path) -> Result<Bytes, ImageError> {
    super::file(&layout.join("index.json"), super::LARGEST_MANIFEST)
}

/// A whole blob of at most `max` bytes.
pub(super) fn read(layout: &Path, digest: &Digest, max: u64) -> Result<Bytes, ImageError> {
    super::file(&blob(layout, digest), max)
}
