//! What was found in layers, kept on disk: a second scan of the same layer reads nothing of it.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::ImageError;
use crate::hash::digest_of;
use crate::layer::Facts;

/// Of the entries' form: other forms are not found.
const FORMAT: &str = "seawall-layer-2";
/// Digest, then the compressed bytes.
const HEAD: usize = 71;
/// Largest entry that is read back.
const LARGEST: u64 = 4 * 1024 * 1024 * 1024;

/// A folder of what was found before. Entries are checked when they are read: a damaged one counts as absent. They are
/// written beside their place and renamed, so any number of scans may use one folder without a lock.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Facts {
    /// What stands for the layer and a reader in the cache; without a name, for the layer's structure. It has both digests of
    /// the layer: an image could claim another layer's `diff_id`, which only unpacking disproves.
    pub(crate) fn key(&self, reader: &str) -> String {
        let packed = self.descriptor.as_ref().map_or("", |d| d.digest.as_str());
        format!("layer\n{}\n{packed}\n{reader}", self.diff_id)
    }
}

impl Cache {
    /// Uses a folder, which is made where it is missing.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, ImageError> {
        let folder = folder.into().join("layers");
        std::fs::create_dir_all(&folder)
            .map_err(|source| ImageError::Read { path: folder.clone(), source })?;
        Ok(Self { folder })
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(digest_of(format!("{FORMAT}\n{key}").as_bytes()).hex())
    }

    /// What was kept under a key, exactly as it was.
    pub fn get(&self, key: &str) -> Option<Bytes> {
        let path = self.path(key);
        let entry = std::fs::read(&path).ok()?;
        let content = read(&entry);
        if content.is_none() {
            tracing::warn!(path = %path.display(), "damaged cache entry: it is ignored and written again");
        }
        content
    }

    /// Keeps bytes under a key. A cache that cannot be written costs time, not the scan.
    pub fn put(&self, key: &str, content: &[u8]) {
        let path = self.path(key);
        if let Err(error) = write(&self.folder, &path, content) {
            tracing::warn!(path = %path.display(), %error, "cache entry cannot be written");
        }
    }
}

fn read(entry: &[u8]) -> Option<Bytes> {
    let (head, body) = entry.split_at_checked(HEAD)?;
    if digest_of(body).as_str().as_bytes() != head {
        return None;
    }
    let mut bytes = Vec::new();
    zstd::stream::read::Decoder::new(body).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes.into())
}

/// Beside its place, then renamed: a reader sees all of it or nothing.
fn write(folder: &Path, path: &Path, content: &[u8]) -> std::io::Result<()> {
    let body = zstd::bulk::compress(content, 1)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(digest_of(&body).as_str().as_bytes())?;
    file.write_all(&body)?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}
