//! The selected files of an image's merged view.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use seawall_findings::LayerRef;

use crate::cache::Cache;
use crate::limits::Limits;
use crate::reader::{Entry, EntryKind, Reader, Want};
use crate::{Image, ImageError};

/// Which files are wanted whole, by path without a leading slash. The name stands for the functions in the cache: change it
/// whenever they select differently (`inventory-2`).
#[derive(Clone)]
pub struct Selector {
    name: String,
    wants: Select,
    follows: Option<Select>,
}

type Select = Arc<dyn Fn(&str) -> bool + Send + Sync>;

impl Selector {
    /// From a name and a function.
    pub fn new(name: impl Into<String>, wants: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self { name: name.into(), wants: Arc::new(wants), follows: None }
    }

    /// Finds files through links only at those of the wanted paths, instead of at all of them.
    #[must_use]
    pub fn through_links(mut self, follows: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.follows = Some(Arc::new(follows));
        self
    }
}

impl Reader for Selector {
    fn name(&self) -> &str {
        &self.name
    }

    fn wants(&self, entry: &Entry<'_>, _head: &[u8]) -> Want {
        if entry.kind == EntryKind::File && (self.wants)(entry.path) { Want::Keep } else { Want::No }
    }

    fn follows(&self, path: &str) -> bool {
        self.follows.as_ref().is_none_or(|follows| follows(path)) && (self.wants)(path)
    }
}

impl fmt::Debug for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Selector").field(&self.name).finish()
    }
}

/// A file of the merged view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFile {
    /// Without a leading slash.
    pub path: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// The layer that put it there.
    pub layer: LayerRef,
}

impl Image {
    /// The selected files as a container of this image would see them, sorted by path: [`Image::read`] with one reader. A
    /// selected path that is a link, or is reached through links, yields what it leads to inside of the image.
    pub async fn files(
        &self,
        selector: &Selector,
        limits: &Limits,
        cache: Option<&Cache>,
    ) -> Result<Vec<LayerFile>, ImageError> {
        let reader: Arc<dyn Reader> = Arc::new(selector.clone());
        let readings = self.read(&[reader], limits, cache).await?;
        let records = readings.into_iter().flat_map(|reading| reading.records);
        let file = |record: crate::Record| {
            Some(LayerFile { path: record.path, bytes: record.bytes, layer: record.layer? })
        };
        Ok(records.filter_map(file).collect())
    }
}
