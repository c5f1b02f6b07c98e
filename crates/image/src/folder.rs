//! A folder, or files from elsewhere, offered to the same readers as an image's layers.

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ignore::{WalkBuilder, WalkState};

use crate::reader::{Content, Entry, EntryKind, HEAD, Held, Reader, Reading, Record, Want, examine};
use crate::{ImageError, Limits};

/// Above this size a file is not held in memory.
const IN_MEMORY: u64 = 4 * 1024 * 1024;

/// Files that are offered to readers one by one, from any number of threads.
pub struct Offer<'a> {
    readers: &'a [Arc<dyn Reader>],
    limits: &'a Limits,
    readings: Mutex<Vec<Reading>>,
    /// Whoever reads a large file may need it whole in memory.
    large: Mutex<()>,
}

impl<'a> Offer<'a> {
    /// To these readers.
    pub fn new(readers: &'a [Arc<dyn Reader>], limits: &'a Limits) -> Self {
        Self {
            readers,
            limits,
            readings: Mutex::new(vec![Reading::default(); readers.len()]),
            large: Mutex::default(),
        }
    }

    /// Offers bytes in memory.
    pub fn bytes(&self, entry: &Entry<'_>, bytes: &[u8]) {
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        self.offer(entry, head, || Ok(Some(Held::Memory(bytes))));
    }

    /// Offers an entry of the file system.
    fn entry(&self, entry: &Entry<'_>, path: &Path) -> std::io::Result<()> {
        if entry.kind != EntryKind::File {
            self.offer(entry, &[], || Ok(None));
            return Ok(());
        }
        let mut file = File::open(path)?;
        let mut bytes = Vec::with_capacity(HEAD.min(usize::try_from(entry.size).unwrap_or(HEAD)));
        (&mut file).take(HEAD as u64).read_to_end(&mut bytes)?;
        let head = bytes.clone();
        let _one =
            (entry.size > IN_MEMORY).then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
        self.offer(entry, &head, || {
            if entry.size > IN_MEMORY {
                return Ok(Some(Held::Spooled(&file, entry.size)));
            }
            // It may have grown in the meantime.
            (&file).take(IN_MEMORY).read_to_end(&mut bytes)?;
            Ok(Some(Held::Memory(&bytes)))
        });
        Ok(())
    }

    fn offer<'c>(
        &self,
        entry: &Entry<'_>,
        head: &[u8],
        content: impl FnOnce() -> std::io::Result<Option<Held<'c>>>,
    ) {
        let mut found: Vec<(usize, Result<bytes::Bytes, String>)> = Vec::new();
        let mut whole = Vec::new();
        for (at, reader) in self.readers.iter().enumerate() {
            match reader.wants(entry, head) {
                Want::No => {}
                Want::Now(record) => found.push((at, Ok(record.into()))),
                want if entry.kind == EntryKind::File => {
                    let largest = reader.largest().min(self.limits.file);
                    if entry.size <= largest {
                        whole.push((at, reader, want));
                    } else {
                        let (path, size) = (entry.path, entry.size);
                        found.push((
                            at,
                            Err(format!("`{path}` has {size} bytes; at most {largest} are read")),
                        ));
                    }
                }
                _ => {}
            }
        }
        if !whole.is_empty() {
            match content() {
                Ok(Some(whole_file)) => {
                    let content = Content(whole_file);
                    for (at, reader, want) in whole {
                        let record = if want == Want::Keep {
                            let bytes = content.bytes().map_err(|error| format!("{}: {error}", entry.path));
                            bytes.map(|bytes| Some(bytes.into_owned().into()))
                        } else {
                            examine(reader.as_ref(), entry, &content)
                        };
                        found.extend(record.transpose().map(|record| (at, record)));
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    let problem = format!("{}: {error}", entry.path);
                    found.extend(whole.into_iter().map(|(at, ..)| (at, Err(problem.clone()))));
                }
            }
        }
        if found.is_empty() {
            return;
        }
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, record) in found {
            let Some(reading) = readings.get_mut(at) else { continue };
            match record {
                Ok(bytes) => reading.records.push(Record {
                    path: entry.path.to_owned(),
                    bytes,
                    layer: None,
                    deleted: false,
                }),
                Err(problem) => reading.problems.push(problem),
            }
        }
    }

    /// What each reader found.
    pub fn finish(self) -> Vec<Reading> {
        let mut readings = self.readings.into_inner().unwrap_or_else(PoisonError::into_inner);
        for reading in &mut readings {
            reading.records.sort_by(|a, b| a.place().cmp(&b.place()));
            reading.problems.sort();
        }
        readings
    }
}

/// What each reader finds in a folder, and what could not be looked at (no permission, gone in the meantime). Folders are
/// walked by several threads; links are not followed. Git's own folder is left out, and so is, below the root of a
/// system, what is no file system of its disks (`/proc`, `/sys`, `/dev`).
pub fn read_folder(
    folder: &Path,
    readers: &[Arc<dyn Reader>],
    limits: &Limits,
) -> Result<(Vec<Reading>, Vec<String>), ImageError> {
    let failed = |source| ImageError::Read { path: folder.to_owned(), source };
    if !std::fs::metadata(folder).map_err(failed)?.is_dir() {
        return Err(failed(std::io::ErrorKind::NotADirectory.into()));
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let is_root = std::fs::canonicalize(folder).is_ok_and(|real| real == Path::new("/"));
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .follow_links(false)
        .threads(threads)
        .filter_entry(move |entry| {
            let name = entry.file_name();
            let pseudo = is_root && entry.depth() == 1 && (name == "proc" || name == "sys" || name == "dev");
            !(pseudo || (name == ".git" && entry.depth() > 0))
        })
        .build_parallel();
    let offer = Offer::new(readers, limits);
    let problems = Mutex::new(Vec::new());
    let count = AtomicU64::new(0);
    walk.run(|| {
        Box::new(|entry| {
            if count.fetch_add(1, Ordering::Relaxed) > limits.entries {
                return WalkState::Quit;
            }
            if let Err(problem) = show(&offer, folder, entry) {
                problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
            }
            WalkState::Continue
        })
    });
    if count.into_inner() > limits.entries {
        let reason = format!("it has more than {} entries", limits.entries);
        return Err(ImageError::Limit { layer: folder.display().to_string(), reason });
    }
    let mut problems = problems.into_inner().unwrap_or_else(PoisonError::into_inner);
    problems.sort();
    Ok((offer.finish(), problems))
}

fn show(
    offer: &Offer<'_>,
    folder: &Path,
    entry: Result<ignore::DirEntry, ignore::Error>,
) -> Result<(), String> {
    let entry = entry.map_err(|error| error.to_string())?;
    let Ok(relative) = entry.path().strip_prefix(folder) else { return Ok(()) };
    let relative = relative.to_string_lossy();
    let kind = match entry.file_type() {
        Some(kind) if kind.is_file() => EntryKind::File,
        Some(kind) if kind.is_dir() => EntryKind::Directory,
        Some(kind) if kind.is_symlink() => return Ok(()),
        _ => EntryKind::Other,
    };
    if relative.is_empty() {
        return Ok(());
    }
    let metadata = entry.metadata().map_err(|error| error.to_string())?;
    offer
        .entry(&described(&relative, kind, &metadata), entry.path())
        .map_err(|error| format!("{relative}: {error}"))
}

fn described<'a>(path: &'a str, kind: EntryKind, metadata: &Metadata) -> Entry<'a> {
    Entry {
        path,
        kind,
        size: if kind == EntryKind::File { metadata.len() } else { 0 },
        mode: metadata.mode() & 0o7777,
        uid: u64::from(metadata.uid()),
        gid: u64::from(metadata.gid()),
        // An attribute of its own call for each file; setuid is what hurts in a folder.
        capable: false,
    }
}
