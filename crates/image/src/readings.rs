//! An image's layers read for several readers at once, and what they found as the merged view shows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::cache::Cache;
use crate::layer::{
    Facts, Hidden, Leads, Linked, Pool, Records, Structure, View, field, hidden, number, put_field,
    put_number, read_layer,
};
use crate::limits::{Account, Limits};
use crate::reader::{Reader, Reading, Record, Scope};
use crate::{Image, ImageError, Layer};

/// Stops the threads of a call that ends early.
struct Stop(Arc<Account>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A layer, and its records by reader.
type Contents = (Structure, Vec<Records>);

impl Image {
    /// What each reader found, in the order of the readers. Each layer is read at most once for all of them, all layers in
    /// parallel; with a cache that knows them, none is read at all. Where a reader goes by the path
    /// ([`Reader::follows`]) and the path leads through links to a file that it was not shown, the layers that hold such
    /// files are read a second time.
    pub async fn read(
        &self,
        readers: &[Arc<dyn Reader>],
        limits: &Limits,
        cache: Option<&Cache>,
    ) -> Result<Vec<Reading>, ImageError> {
        let key = self.key(readers);
        if let Some(known) = cache.and_then(|cache| cache.get(&key))
            && let Some(readings) = self.decode(&known, readers.len())
        {
            return Ok(readings);
        }
        let layers: Vec<usize> = (0..self.layers.len()).collect();
        let contents = self.contents(readers, &layers, limits, cache).await?;
        let mut readings = vec![Reading::default(); readers.len()];
        let mut covered: Vec<(usize, usize, Record)> = Vec::new();
        let mut view = View::default();
        for (at, (structure, records)) in contents.iter().enumerate() {
            let Some(layer) = self.layers.get(at) else { continue };
            view.lay(at, structure, records, |found| {
                for (at, bytes) in found.records.iter().enumerate() {
                    let scope = readers.get(at).map(|reader| reader.scope());
                    if let (Some(bytes), Some(Scope::EveryLayer)) = (bytes, scope) {
                        let record = Record {
                            path: found.path.clone(),
                            bytes: bytes.clone(),
                            layer: Some(layer.layer.clone()),
                            deleted: false,
                        };
                        covered.push((at, found.file, record));
                    }
                }
            });
            for (reading, records) in readings.iter_mut().zip(records) {
                reading.problems.extend(records.problems.iter().cloned());
            }
        }
        let alive = view.alive();
        for (at, file, mut record) in covered {
            record.deleted = !alive.contains(&file);
            if let Some(reading) = readings.get_mut(at) {
                reading.records.push(record);
            }
        }
        self.merged(&view, readers, &mut readings);
        let structures: Vec<&Structure> = contents.iter().map(|(structure, _)| structure).collect();
        let hidden = hidden(&mut view, &structures, readers);
        if hidden.iter().flatten().any(|layer| !layer.is_empty()) {
            self.uncover(hidden, &structures, readers, limits, cache, &mut readings).await?;
        }
        for reading in &mut readings {
            reading.records.sort_by(|a, b| a.place().cmp(&b.place()));
        }
        if let Some(cache) = cache {
            cache.put(&key, &encode(&readings));
        }
        Ok(readings)
    }

    /// The records that the container would see.
    fn merged(&self, view: &View, readers: &[Arc<dyn Reader>], readings: &mut [Reading]) {
        let names = view.names();
        for ((at, reader), reading) in readers.iter().enumerate().zip(readings) {
            let links =
                view.links().filter(|link| reader.follows(link)).filter_map(|link| match view.file(link) {
                    Leads::To(found) => Some((link, found)),
                    _ => None,
                });
            let own = view.files().filter(|found| {
                // A file with several names is one file, except to those who go by the name.
                reader.follows(&found.path) || names.get(&found.file) == Some(&found.path.as_str())
            });
            let own = own.map(|found| (found.path.as_str(), found));
            // Readers of every layer have theirs already.
            if reader.scope() == Scope::Merged {
                reading.records.extend(own.chain(links).filter_map(|(path, found)| {
                    Some(Record {
                        path: path.to_owned(),
                        bytes: found.records.get(at)?.clone()?,
                        layer: Some(self.layers.get(found.layer)?.layer.clone()),
                        deleted: false,
                    })
                }));
            }
        }
    }

    /// Reads the layers again that hold files which links show at paths that matter.
    async fn uncover(
        &self,
        hidden: Vec<Vec<Hidden>>,
        structures: &[&Structure],
        readers: &[Arc<dyn Reader>],
        limits: &Limits,
        cache: Option<&Cache>,
        readings: &mut [Reading],
    ) -> Result<(), ImageError> {
        let merge = |layers: &Vec<Hidden>| {
            let mut all = Hidden::new();
            for (path, names) in layers.iter().flatten() {
                all.entry(path.clone()).or_default().extend(names.iter().cloned());
            }
            all
        };
        let names: Vec<Hidden> = hidden.iter().map(merge).collect();
        tracing::debug!(?names, "links lead to files that were not looked at: reading again");
        let linked: Vec<Arc<dyn Reader>> = readers
            .iter()
            .zip(&names)
            .map(|(reader, names)| Arc::new(Linked::new(reader.clone(), names.clone())) as Arc<dyn Reader>)
            .collect();
        let concerned = |layer: &usize| {
            hidden.iter().any(|layers| layers.get(*layer).is_some_and(|hidden| !hidden.is_empty()))
        };
        let layers: Vec<usize> = (0..self.layers.len()).filter(concerned).collect();
        // A second account: the same bytes are not unpacked twice as much image.
        let again: BTreeMap<usize, Contents> =
            layers.iter().copied().zip(self.contents(&linked, &layers, limits, cache).await?).collect();
        // The other layers may cover what was found.
        let mut view = View::default();
        for (at, structure) in structures.iter().enumerate() {
            let records = again.get(&at).map(|(_, records)| records.as_slice());
            view.lay(at, structure, records.unwrap_or_default(), |_| {});
        }
        for found in view.files().filter(|found| !found.again) {
            let Some(layer) = self.layers.get(found.layer) else { continue };
            for ((reading, names), bytes) in readings.iter_mut().zip(&names).zip(found.records.iter()) {
                let Some(bytes) = bytes else { continue };
                for path in names.get(&found.path).into_iter().flatten() {
                    let (path, bytes, layer) = (path.clone(), bytes.clone(), Some(layer.layer.clone()));
                    reading.records.push(Record { path, bytes, layer, deleted: false });
                }
            }
        }
        Ok(())
    }

    /// Structure and records of some layers, in their order.
    async fn contents(
        &self,
        readers: &[Arc<dyn Reader>],
        layers: &[usize],
        limits: &Limits,
        cache: Option<&Cache>,
    ) -> Result<Vec<Contents>, ImageError> {
        let account = Arc::new(Account::default());
        let _stop = Stop(account.clone());
        let pool = Arc::new(Pool::new(readers.into()));
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        // A loop, not `map`: a closure over a borrowed layer is not general enough for callers that box the future.
        let mut work = Vec::with_capacity(layers.len());
        for layer in layers.iter().filter_map(|at| self.layers.get(*at)) {
            work.push(self.content(layer, &pool, limits, cache, &account));
        }
        // One more than threads: the next layer's connection is made while others unpack.
        futures_util::stream::iter(work).buffered(threads + 1).try_collect().await
    }

    async fn content(
        &self,
        layer: &Layer,
        pool: &Arc<Pool>,
        limits: &Limits,
        cache: Option<&Cache>,
        account: &Arc<Account>,
    ) -> Result<Contents, ImageError> {
        let facts = Facts {
            index: layer.layer.index,
            diff_id: layer.layer.diff_id.clone(),
            descriptor: layer.descriptor.clone(),
        };
        let (pool, limits, account, cache) = (pool.clone(), limits.clone(), account.clone(), cache.cloned());
        let (known, pool) = blocking({
            let (cache, facts) = (cache.clone(), facts.clone());
            move || Ok((Known::find(cache.as_ref(), &facts, pool.readers()), pool))
        })
        .await?;
        if let Some(contents) = known.whole() {
            return Ok(contents);
        }
        let from = self.store.open_layer(&layer.blob)?;
        blocking(move || {
            let wanted = known.missing();
            let (structure, records) = read_layer(from, &facts, &wanted, &pool, &limits, &account)?;
            if let Some(cache) = &cache {
                if known.structure.is_none() {
                    cache.put(&facts.key(""), structure.encoded());
                }
                for (at, records) in records.iter().enumerate().filter(|(at, _)| wanted.contains(at)) {
                    if let Some(reader) = pool.readers().get(at) {
                        cache.put(&facts.key(reader.name()), &records.encode());
                    }
                }
            }
            let records = known.records.into_iter().zip(records).map(|(known, new)| known.unwrap_or(new));
            Ok((structure, records.collect()))
        })
        .await
    }

    /// What stands for the image and the readers in the cache.
    fn key(&self, readers: &[Arc<dyn Reader>]) -> String {
        let layers = self.layers.iter().map(|layer| {
            let packed = layer.descriptor.as_ref().map_or("", |d| d.digest.as_str());
            format!("{} {packed}\n", layer.layer.diff_id)
        });
        let names = readers.iter().map(|reader| format!("{}\n", reader.name()));
        std::iter::once("image\n".to_owned()).chain(layers).chain(names).collect()
    }

    fn decode(&self, bytes: &Bytes, count: usize) -> Option<Vec<Reading>> {
        let mut rest = bytes.clone();
        let text = |rest: &mut Bytes| String::from_utf8(field(rest)?.to_vec()).ok();
        let mut readings = Vec::with_capacity(count);
        for _ in 0..count {
            let mut reading = Reading::default();
            for _ in 0..number(&mut rest)? {
                reading.problems.push(text(&mut rest)?);
            }
            for _ in 0..number(&mut rest)? {
                let path = text(&mut rest)?;
                let layer = self.layers.get(usize::try_from(number(&mut rest)?).ok()?)?;
                let layer = Some(layer.layer.clone());
                let deleted = number(&mut rest)? == 1;
                reading.records.push(Record { path, bytes: field(&mut rest)?, layer, deleted });
            }
            readings.push(reading);
        }
        rest.is_empty().then_some(readings)
    }
}

fn encode(readings: &[Reading]) -> Vec<u8> {
    let mut out = Vec::new();
    for reading in readings {
        put_number(&mut out, reading.problems.len() as u64);
        reading.problems.iter().for_each(|problem| put_field(&mut out, problem.as_bytes()));
        put_number(&mut out, reading.records.len() as u64);
        for record in &reading.records {
            put_field(&mut out, record.path.as_bytes());
            put_number(&mut out, record.place().1 as u64);
            put_number(&mut out, u64::from(record.deleted));
            put_field(&mut out, &record.bytes);
        }
    }
    out
}

/// What the cache knows of a layer.
struct Known {
    structure: Option<Structure>,
    /// By reader.
    records: Vec<Option<Records>>,
}

impl Known {
    fn find(cache: Option<&Cache>, facts: &Facts, readers: &[Arc<dyn Reader>]) -> Self {
        let get = |name: &str| cache.and_then(|cache| cache.get(&facts.key(name)));
        let structure = get("").and_then(Structure::decode);
        // Numbers of records are those of the structure's steps: without it they mean nothing.
        let records = readers.iter().map(|reader| {
            structure.as_ref()?;
            Records::decode(&get(reader.name())?)
        });
        Self { records: records.collect(), structure }
    }

    /// Everything, where nothing is missing.
    fn whole(&self) -> Option<Contents> {
        let records: Option<Vec<Records>> = self.records.iter().cloned().collect();
        Some((self.structure.clone()?, records?))
    }

    fn missing(&self) -> Vec<usize> {
        let missing = self.records.iter().enumerate().filter(|(_, records)| records.is_none());
        missing.map(|(at, _)| at).collect()
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
