//! The threads that examine files while the layers' own threads go on unpacking.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

use crate::reader::{Content, Entry, EntryKind, Held, Reader, examine as examine_one};

/// Files above this size wait in an unnamed temporary file instead of in memory.
pub(super) const SPOOLED: u64 = 4 * 1024 * 1024;
/// A batch is handed over once it has this many bytes, or this many files.
const BATCH: usize = 512 * 1024;
const FILES: usize = 256;
/// Batches on their way.
const QUEUE: usize = 4;

/// A file that at least one reader wants.
pub(super) struct Job {
    pub(super) number: u32,
    pub(super) facts: Owned,
    pub(super) content: Whole,
    /// Positions in the list of readers.
    pub(super) readers: Vec<usize>,
}

/// An [`Entry`] of its own.
pub(super) struct Owned {
    pub(super) path: String,
    pub(super) kind: EntryKind,
    pub(super) size: u64,
    pub(super) mode: u32,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) capable: bool,
}

impl Owned {
    pub(super) fn entry(&self) -> Entry<'_> {
        let Self { path, kind, size, mode, uid, gid, capable } = self;
        Entry { path, kind: *kind, size: *size, mode: *mode, uid: *uid, gid: *gid, capable: *capable }
    }
}

/// All bytes of a file.
pub(super) enum Whole {
    Memory(Vec<u8>),
    Spooled(File, u64),
}

/// What a reader made of a file: a record, or why there is none.
pub(super) type Output = (usize, u32, Result<Bytes, String>);

struct Batch {
    jobs: Vec<Job>,
    to: Sender<Output>,
}

/// Threads that live as long as the pool.
pub(crate) struct Pool {
    readers: Arc<[Arc<dyn Reader>]>,
    /// Made for the first batch; none where the machine gives no thread.
    queue: OnceLock<Option<SyncSender<Batch>>>,
    large: Arc<Mutex<()>>,
}

impl Pool {
    pub(crate) fn new(readers: Arc<[Arc<dyn Reader>]>) -> Self {
        Self { readers, queue: OnceLock::new(), large: Arc::default() }
    }

    pub(crate) fn readers(&self) -> &[Arc<dyn Reader>] {
        &self.readers
    }

    /// As many threads as the machine has. They end by themselves when the pool is gone.
    fn start(&self) -> Option<SyncSender<Batch>> {
        let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (queue, receiver) = sync_channel(QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        let mut started = 0;
        for _ in 0..count {
            let (receiver, readers, large) = (receiver.clone(), self.readers.clone(), self.large.clone());
            let thread = std::thread::Builder::new().name("layer-files".to_owned());
            started += usize::from(thread.spawn(move || serve(&receiver, &readers, &large)).is_ok());
        }
        (started > 0).then_some(queue)
    }

    /// Hands a batch over; where all threads have enough to do, it is worked off here.
    fn submit(&self, batch: Batch) {
        let refused = match self.queue.get_or_init(|| self.start()) {
            Some(queue) => queue.try_send(batch),
            None => Err(TrySendError::Full(batch)),
        };
        if let Err(TrySendError::Full(batch) | TrySendError::Disconnected(batch)) = refused {
            examine(batch, &self.readers, &self.large);
        }
    }
}

fn serve(queue: &Mutex<Receiver<Batch>>, readers: &[Arc<dyn Reader>], large: &Mutex<()>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(batch) => examine(batch, readers, large),
            Err(_) => return,
        }
    }
}

fn examine(batch: Batch, readers: &[Arc<dyn Reader>], large: &Mutex<()>) {
    for job in batch.jobs {
        // One large file at a time: whoever reads it may need it whole in memory.
        let _one = matches!(job.content, Whole::Spooled(..))
            .then(|| large.lock().unwrap_or_else(PoisonError::into_inner));
        let held = match &job.content {
            Whole::Memory(bytes) => Held::Memory(bytes),
            Whole::Spooled(file, size) => Held::Spooled(file, *size),
        };
        let content = Content(held);
        let entry = job.facts.entry();
        for at in job.readers {
            let Some(reader) = readers.get(at) else { continue };
            let output = match examine_one(reader.as_ref(), &entry, &content) {
                Ok(None) => continue,
                Ok(Some(record)) => Ok(record),
                Err(problem) => Err(problem),
            };
            // Nobody waits any more: the layer failed.
            if batch.to.send((at, job.number, output)).is_err() {
                return;
            }
        }
    }
}

/// Gathers a layer's jobs into batches.
pub(super) struct Jobs<'a> {
    pool: &'a Pool,
    batch: Vec<Job>,
    bytes: usize,
    to: Sender<Output>,
}

impl<'a> Jobs<'a> {
    pub(super) fn new(pool: &'a Pool, to: Sender<Output>) -> Self {
        Self { pool, batch: Vec::new(), bytes: 0, to }
    }

    pub(super) fn push(&mut self, job: Job) {
        if let Whole::Memory(bytes) = &job.content {
            self.bytes += bytes.len();
        }
        let large = matches!(job.content, Whole::Spooled(..));
        self.batch.push(job);
        if self.bytes >= BATCH || self.batch.len() >= FILES || large {
            self.flush();
        }
    }

    pub(super) fn flush(&mut self) {
        self.bytes = 0;
        let jobs = std::mem::take(&mut self.batch);
        if !jobs.is_empty() {
            self.pool.submit(Batch { jobs, to: self.to.clone() });
        }
    }
}

/// An unnamed temporary file with these bytes at its start; more may follow.
pub(super) fn spool(bytes: &[u8]) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    Ok(file)
}
