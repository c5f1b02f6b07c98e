//! From the entries of a layer's tar to its structure, and to the readers.

use std::io::{self, BufRead, Write as _};
use std::sync::mpsc::{Receiver, channel};

use bytes::Bytes;

use super::path::{normalise, parent};
use super::pool::{Job, Jobs, Output, Owned, Pool, SPOOLED, Whole, spool};
use super::read::Facts;
use super::records::Records;
use super::structure::{Step, Structure, Writer};
use super::tar::{Entry, Kind, Tar};
use crate::ImageError;
use crate::limits::{Account, Limits};
use crate::reader::{EntryKind, HEAD, Want};

/// Linux takes no longer path in one piece.
const LONGEST_PATH: usize = 4096;
/// Deeper than any real image, and shallow enough that a path is looked up in no time.
const DEEPEST: usize = 256;
/// Pieces in which a large file goes to its temporary file.
const PIECE: u64 = 256 * 1024;

pub(super) enum Walk {
    Io(io::Error),
    Image(ImageError),
}

impl From<io::Error> for Walk {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// One walk over one layer.
pub(super) struct Walker<'a> {
    pub(super) facts: &'a Facts,
    pub(super) limits: &'a Limits,
    pub(super) account: &'a Account,
    pub(super) pool: &'a Pool,
    /// Which of the pool's readers this layer is read for.
    pub(super) readers: &'a [usize],
}

/// What the walk has so far.
struct Progress<'a> {
    structure: Writer,
    /// By position in the pool.
    records: Vec<Records>,
    jobs: Jobs<'a>,
    head: Vec<u8>,
}

impl Walker<'_> {
    /// The structure, and the records by the reader's position in the pool.
    pub(super) fn walk<R: BufRead>(&self, tar: &mut Tar<R>) -> Result<(Structure, Vec<Records>), Walk> {
        let (to, outputs) = channel();
        let mut progress = Progress {
            structure: Writer::default(),
            records: self.pool.readers().iter().map(|_| Records::default()).collect(),
            jobs: Jobs::new(self.pool, to),
            head: Vec::with_capacity(HEAD),
        };
        let mut count: u64 = 0;
        let mut counted = 0;
        while let Some(entry) = tar.next()? {
            count += 1;
            if count > self.limits.entries {
                return Err(self.limit(format!("it has more than {} entries", self.limits.entries)));
            }
            self.entry(tar, &entry, &mut progress)?;
            // Paths take memory as well.
            let length = progress.structure.len();
            self.keep((length - counted) as u64, "its paths take")?;
            counted = length;
        }
        let Progress { structure, mut records, mut jobs, .. } = progress;
        jobs.flush();
        drop(jobs);
        self.gather(&outputs, &mut records)?;
        Ok((structure.finish(), records))
    }

    fn entry<R: BufRead>(
        &self,
        tar: &mut Tar<R>,
        entry: &Entry,
        progress: &mut Progress<'_>,
    ) -> Result<(), Walk> {
        if entry.path.len() > LONGEST_PATH || entry.link.len() > LONGEST_PATH {
            return Err(self.limit(format!("a path or link is longer than {LONGEST_PATH} bytes")));
        }
        let Some(path) = normalise(&entry.path) else {
            return Err(self.climbs(&entry.path, "climbs out of the root with `..`".to_owned()));
        };
        if path.bytes().filter(|b| *b == b'/').count() >= DEEPEST {
            return Err(self.limit(format!("a path has more than {DEEPEST} parts")));
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some(hidden) = name.strip_prefix(".wh.") {
            return self.whiteout(entry, &path, hidden, &mut progress.structure);
        }
        match entry.kind {
            Kind::Symlink => {
                if !path.is_empty() {
                    let target = String::from_utf8_lossy(&entry.link);
                    progress.structure.put(&path, Step::Symlink(&target));
                }
                Ok(())
            }
            Kind::HardLink => {
                let Some(target) = normalise(&entry.link) else {
                    let link = String::from_utf8_lossy(&entry.link);
                    let reason = format!("is a hard link to `{link}`, outside of the root");
                    return Err(self.climbs(&entry.path, reason));
                };
                if !path.is_empty() {
                    progress.structure.put(&path, Step::HardLink(&target));
                }
                Ok(())
            }
            // The root itself; a file cannot be the root.
            _ if path.is_empty() => Ok(()),
            Kind::Directory => {
                let number = progress.structure.put(&path, Step::Directory);
                self.show(tar, entry, path, EntryKind::Directory, number, progress)
            }
            Kind::Other => {
                let number = progress.structure.put(&path, Step::File);
                self.show(tar, entry, path, EntryKind::Other, number, progress)
            }
            Kind::File | Kind::Sparse => {
                let number = progress.structure.put(&path, Step::File);
                self.show(tar, entry, path, EntryKind::File, number, progress)
            }
        }
    }

    fn whiteout(&self, entry: &Entry, path: &str, hidden: &str, structure: &mut Writer) -> Result<(), Walk> {
        let folder = parent(path);
        match hidden {
            ".wh..opq" => drop(structure.put(folder.unwrap_or_default(), Step::Opaque)),
            // It would take the folder itself away, or the one above.
            "" | "." | ".." => {
                return Err(self.climbs(&entry.path, "is a whiteout of a folder it lies in".to_owned()));
            }
            // Other marks of aufs mean nothing in an image.
            hidden if hidden.starts_with(".wh.") => {}
            hidden => {
                let gone = folder.map_or_else(|| hidden.to_owned(), |folder| format!("{folder}/{hidden}"));
                structure.put(&gone, Step::Whiteout);
            }
        }
        Ok(())
    }

    /// Asks the readers about an entry, and gives them what they want.
    fn show<R: BufRead>(
        &self,
        tar: &mut Tar<R>,
        entry: &Entry,
        path: String,
        kind: EntryKind,
        number: u32,
        progress: &mut Progress<'_>,
    ) -> Result<(), Walk> {
        let facts = Owned {
            path,
            kind,
            size: entry.size,
            mode: entry.mode,
            uid: entry.uid,
            gid: entry.gid,
            capable: entry.capable,
        };
        progress.head.clear();
        if kind == EntryKind::File && entry.kind == Kind::File && !self.readers.is_empty() {
            tar.append(&mut progress.head, HEAD as u64)?;
        }
        let (mut keepers, mut readers) = (Vec::new(), Vec::new());
        for at in self.readers {
            let Some(reader) = self.pool.readers().get(*at) else { continue };
            match reader.wants(&facts.entry(), &progress.head) {
                Want::No => {}
                Want::Now(record) => self.record(progress, *at, number, record.into())?,
                want @ (Want::Whole | Want::Keep) => {
                    let largest = reader.largest().min(self.limits.file);
                    // What must be known is not passed over: the scan fails instead.
                    let strict = want == Want::Keep;
                    let problem = if entry.kind == Kind::Sparse {
                        format!("`{}` is stored as a sparse file, which is not read", facts.path)
                    } else if kind != EntryKind::File {
                        continue;
                    } else if entry.size > largest {
                        format!("`{}` has {} bytes; at most {largest} are read", facts.path, entry.size)
                    } else {
                        if strict {
                            keepers.push(*at);
                        } else {
                            readers.push(*at);
                        }
                        continue;
                    };
                    if strict {
                        return Err(self.limit(problem));
                    }
                    if let Some(records) = progress.records.get_mut(*at) {
                        records.problems.push(format!("{}: {problem}", self.facts.name()));
                    }
                }
            }
        }
        if !keepers.is_empty() {
            self.reserve(entry.size)?;
            let mut bytes = progress.head.clone();
            tar.append(&mut bytes, u64::MAX)?;
            if !readers.is_empty() {
                progress.jobs.push(Job { number, facts, content: Whole::Memory(bytes.clone()), readers });
            }
            let bytes = Bytes::from(bytes);
            for at in keepers {
                if let Some(records) = progress.records.get_mut(at) {
                    records.items.push((number, bytes.clone()));
                }
            }
        } else if !readers.is_empty() {
            let content = content(tar, &progress.head, entry.size)?;
            progress.jobs.push(Job { number, facts, content, readers });
        }
        Ok(())
    }

    fn record(&self, progress: &mut Progress<'_>, at: usize, number: u32, record: Bytes) -> Result<(), Walk> {
        self.reserve(record.len() as u64)?;
        if let Some(records) = progress.records.get_mut(at) {
            records.items.push((number, record));
        }
        Ok(())
    }

    /// Waits for the threads.
    fn gather(&self, outputs: &Receiver<Output>, records: &mut [Records]) -> Result<(), Walk> {
        for (at, number, output) in outputs {
            let Some(records) = records.get_mut(at) else { continue };
            match output {
                Ok(record) => {
                    self.reserve(record.len() as u64)?;
                    records.items.push((number, record));
                }
                Err(problem) => records.problems.push(format!("{}: {problem}", self.facts.name())),
            }
        }
        for records in records {
            records.items.sort_by_key(|(number, _)| *number);
            records.problems.sort();
        }
        Ok(())
    }

    fn reserve(&self, bytes: u64) -> Result<(), Walk> {
        self.keep(bytes, "the files to look at have")
    }

    fn keep(&self, bytes: u64, what: &str) -> Result<(), Walk> {
        if self.account.select(bytes, self.limits) {
            return Ok(());
        }
        Err(self.limit(format!("{what} more than {} bytes together", self.limits.selected)))
    }

    fn limit(&self, reason: String) -> Walk {
        Walk::Image(ImageError::Limit { layer: self.facts.name(), reason })
    }

    fn climbs(&self, entry: &[u8], reason: String) -> Walk {
        let entry = String::from_utf8_lossy(entry).chars().filter(|c| !c.is_control()).take(200).collect();
        Walk::Image(ImageError::Climbs { layer: self.facts.name(), entry, reason })
    }
}

/// The whole file, of which the head was read.
fn content<R: BufRead>(tar: &mut Tar<R>, head: &[u8], size: u64) -> Result<Whole, Walk> {
    if size <= SPOOLED {
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        bytes.extend_from_slice(head);
        tar.append(&mut bytes, u64::MAX)?;
        return Ok(Whole::Memory(bytes));
    }
    let machine = |source: io::Error| {
        let what = "a large file of the image cannot be kept in the temporary folder".to_owned();
        Walk::Image(ImageError::Machine { what, reason: source.to_string() })
    };
    let mut file = spool(head).map_err(machine)?;
    let mut piece = Vec::with_capacity(PIECE as usize);
    while tar.has_more() {
        piece.clear();
        tar.append(&mut piece, PIECE)?;
        file.write_all(&piece).map_err(machine)?;
    }
    Ok(Whole::Spooled(file, size))
}
