//! The OCI image layout folder (OCI image specification, "Image Layout").

use std::fs::File;
use std::io::Read as _;
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
    file(&layout.join("index.json"), super::LARGEST_MANIFEST)
}

/// A whole blob of at most `max` bytes.
pub(super) fn read(layout: &Path, digest: &Digest, max: u64) -> Result<Bytes, ImageError> {
    file(&blob(layout, digest), max)
}

fn file(path: &Path, max: u64) -> Result<Bytes, ImageError> {
    let failed = |source| ImageError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(max + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > max {
        return Err(ImageError::TooLarge { what: path.display().to_string(), most: max });
    }
    Ok(bytes.into())
}
