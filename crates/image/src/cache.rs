//! What was selected of a layer, kept on disk: a second scan of the same layer reads nothing of it.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::ImageError;
use crate::files::Selector;
use crate::hash::digest_of;
use crate::layer::{Content, Facts};

/// Of the entries' form: other forms are not found.
const FORMAT: &str = "seawall-layer-1";
/// Digest, then the compressed steps.
const HEAD: usize = 71;
/// Largest entry that is read back.
const LARGEST: u64 = 4 * 1024 * 1024 * 1024;

/// A folder of layers' selected files. Entries are checked when they are read: a damaged one counts as absent.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Uses a folder, which is made where it is missing.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, ImageError> {
        let folder = folder.into().join("layers");
        std::fs::create_dir_all(&folder)
            .map_err(|source| ImageError::Read { path: folder.clone(), source })?;
        Ok(Self { folder })
    }

    /// By both digests of the layer: an image could claim another layer's `diff_id`, which only unpacking disproves.
    fn path(&self, facts: &Facts, selector: &Selector) -> PathBuf {
        let packed = facts.descriptor.as_ref().map_or("", |d| d.digest.as_str());
        let key = format!("{FORMAT}\n{}\n{packed}\n{}\n{}", facts.diff_id, facts.lowest, selector.name());
        self.folder.join(digest_of(key.as_bytes()).hex())
    }

    pub(crate) fn get(&self, facts: &Facts, selector: &Selector) -> Option<Content> {
        let path = self.path(facts, selector);
        let entry = std::fs::read(&path).ok()?;
        let content = read(&entry);
        if content.is_none() {
            tracing::warn!(path = %path.display(), "damaged cache entry: it is ignored and written again");
        }
        content
    }

    /// Keeps a layer's content. A cache that cannot be written costs time, not the scan.
    pub(crate) fn put(&self, facts: &Facts, selector: &Selector, content: &Content) {
        let path = self.path(facts, selector);
        if let Err(error) = write(&self.folder, &path, content) {
            tracing::warn!(path = %path.display(), %error, "cache entry cannot be written");
        }
    }
}

fn read(entry: &[u8]) -> Option<Content> {
    let (head, body) = entry.split_at_checked(HEAD)?;
    if digest_of(body).as_str().as_bytes() != head {
        return None;
    }
    let mut bytes = Vec::new();
    zstd::stream::read::Decoder::new(body).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    Content::decode(&Bytes::from(bytes))
}

/// Beside its place, then renamed: a reader sees all of it or nothing.
fn write(folder: &Path, path: &Path, content: &Content) -> std::io::Result<()> {
    let body = zstd::bulk::compress(&content.encode(), 1)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(digest_of(&body).as_str().as_bytes())?;
    file.write_all(&body)?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}
