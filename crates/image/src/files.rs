//! The selected files of an image's merged view.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use seawall_findings::LayerRef;

use crate::cache::Cache;
use crate::layer::{Content, Facts, Found, View, read_layer};
use crate::limits::{Account, Limits};
use crate::{Image, ImageError, Layer};

/// Which files are wanted, by path without a leading slash. The name stands for the function in the cache: change it whenever
/// the function selects differently (`inventory-2`).
#[derive(Clone)]
pub struct Selector {
    name: String,
    wants: Arc<dyn Fn(&str) -> bool + Send + Sync>,
}

impl Selector {
    /// From a name and a function.
    pub fn new(name: impl Into<String>, wants: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self { name: name.into(), wants: Arc::new(wants) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn wants(&self, path: &str) -> bool {
        (self.wants)(path)
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

/// Stops the threads of a call that ends early.
struct Stop(Arc<Account>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Image {
    /// The selected files as a container of this image would see them, sorted by path. Each layer is read at most once, all of
    /// them in parallel; with a cache that knows them, none is read at all. A selected path that is a link yields what
    /// it leads to inside of the image; where that file was not selected, the layers are read a second time for it.
    pub async fn files(
        &self,
        selector: &Selector,
        limits: &Limits,
        cache: Option<&Cache>,
    ) -> Result<Vec<LayerFile>, ImageError> {
        let account = Arc::new(Account::default());
        let _stop = Stop(account.clone());
        let view = self.view(selector, limits, cache, &account).await?;
        let mut missing = BTreeMap::new();
        let mut files = view.files(|path| selector.wants(path), &mut missing);
        if !missing.is_empty() {
            let targets: BTreeSet<String> = missing.keys().cloned().collect();
            tracing::debug!(?targets, "selected links lead to files that were not selected: reading again");
            let list = targets.iter().fold(String::new(), |list, path| list + path + "\n");
            let name = format!("{}+{}", selector.name(), crate::digest_of(list.as_bytes()));
            let second = Selector::new(name, move |path| targets.contains(path));
            // A second account: the same bytes are not unpacked twice as much image.
            let account = Arc::new(Account::default());
            let _stop = Stop(account.clone());
            let found = self.view(&second, limits, cache, &account).await?;
            for file in found.files(|_| false, &mut BTreeMap::new()) {
                for path in missing.get(&file.path).into_iter().flatten() {
                    files.push(Found { path: path.clone(), ..file.clone() });
                }
            }
            files.sort_by(|a, b| a.path.cmp(&b.path));
        }
        Ok(files
            .into_iter()
            .filter_map(|file| {
                let layer = self.layers.get(file.layer)?.layer.clone();
                Some(LayerFile { path: file.path, bytes: file.bytes, layer })
            })
            .collect())
    }

    async fn view(
        &self,
        selector: &Selector,
        limits: &Limits,
        cache: Option<&Cache>,
        account: &Arc<Account>,
    ) -> Result<View, ImageError> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        // A loop, not `map`: a closure over a borrowed layer is not general enough for callers that box the future.
        let mut work = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            work.push(self.content(layer, selector, limits, cache, account));
        }
        // One more than threads: the next layer's connection is made while others unpack.
        let mut contents = futures_util::stream::iter(work).buffered(threads + 1);
        let mut view = View::default();
        let mut index = 0;
        while let Some(content) = contents.try_next().await? {
            view.lay(index, content);
            index += 1;
        }
        Ok(view)
    }

    async fn content(
        &self,
        layer: &Layer,
        selector: &Selector,
        limits: &Limits,
        cache: Option<&Cache>,
        account: &Arc<Account>,
    ) -> Result<Content, ImageError> {
        let facts = Facts {
            index: layer.layer.index,
            diff_id: layer.layer.diff_id.clone(),
            descriptor: layer.descriptor.clone(),
            lowest: layer.layer.index == 0,
        };
        let (selector, limits, account, cache) =
            (selector.clone(), limits.clone(), account.clone(), cache.cloned());
        if let Some(cache) = cache.clone() {
            let (facts, selector) = (facts.clone(), selector.clone());
            if let Some(content) = blocking(move || Ok(cache.get(&facts, &selector))).await? {
                return Ok(content);
            }
        }
        let from = self.store.open_layer(&layer.blob)?;
        blocking(move || {
            let content = read_layer(from, &facts, &selector, &limits, &account)?;
            if let Some(cache) = cache {
                cache.put(&facts, &selector, &content);
            }
            Ok(content)
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImageError> + Send + 'static,
) -> Result<T, ImageError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(e) => {
            Err(ImageError::Machine { what: "a worker thread failed".to_owned(), reason: e.to_string() })
        }
    }
}
