//! From compressed bytes to the tar, on a thread of its own: both summed up, both within limits.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use flate2::bufread::MultiGzDecoder;
use seawall_findings::Digest;

use crate::hash::{Chunk, LayerSums, Side, Spare};
use crate::limits::{Account, Limits};

/// Ratios are looked at from here on: small layers of zeros are harmless.
const FREE: u64 = 64 * 1024 * 1024;
/// Largest window that a zstd frame may ask for (2^27): the reference decoder's own default.
const ZSTD_WINDOW_LOG: u32 = 27;
/// Bytes of a chunk: small enough that the next thread finds it in the processor's cache.
const CHUNK: usize = 128 * 1024;
/// Chunks on their way to the walk.
const CHUNKS: usize = 8;

/// Compressed bytes as they come in.
struct Incoming {
    from: Box<dyn Read + Send>,
    chunk: Option<Arc<Chunk>>,
    at: usize,
    sums: LayerSums,
    spare: Spare,
    count: u64,
    ended: bool,
    /// More than was announced is not read.
    most: u64,
    account: Arc<Account>,
}

impl BufRead for Incoming {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.chunk.as_ref().is_none_or(|chunk| self.at >= chunk.bytes().len()) {
            if self.account.is_cancelled() {
                return Err(io::Error::other(Stopped::Cancelled));
            }
            // One byte more shows that there is more.
            let room = self.most.saturating_add(1).saturating_sub(self.count);
            let size = CHUNK.min(usize::try_from(room).unwrap_or(CHUNK));
            let from = &mut self.from;
            let chunk = Arc::new(self.spare.chunk(size, |room| from.read(room))?);
            self.count += chunk.bytes().len() as u64;
            self.ended |= chunk.bytes().is_empty();
            self.sums.update(Side::Packed, &chunk);
            (self.chunk, self.at) = (Some(chunk), 0);
        }
        Ok(self.chunk.as_ref().and_then(|chunk| chunk.bytes().get(self.at..)).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let count = into.len().min(from.len());
        let (into, from) = (into.get_mut(..count).unwrap_or_default(), from.get(..count).unwrap_or_default());
        into.copy_from_slice(from);
        self.consume(count);
        Ok(count)
    }
}

enum Decoder {
    Plain(Incoming),
    Gzip(Box<MultiGzDecoder<Incoming>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, Incoming>>),
}

impl Decoder {
    /// Recognises the compression by its first bytes: some archives do not name it, and some manifests name it wrongly.
    fn new(mut incoming: Incoming) -> io::Result<Self> {
        let magic = incoming.fill_buf()?;
        if magic.starts_with(&[0x1f, 0x8b]) {
            Ok(Self::Gzip(Box::new(MultiGzDecoder::new(incoming))))
        } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(incoming)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Ok(Self::Zstd(Box::new(decoder)))
        } else {
            Ok(Self::Plain(incoming))
        }
    }

    fn incoming(&mut self) -> &mut Incoming {
        match self {
            Self::Plain(incoming) => incoming,
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Zstd(decoder) => decoder.get_mut(),
        }
    }

    fn into_incoming(self) -> Incoming {
        match self {
            Self::Plain(incoming) => incoming,
            Self::Gzip(decoder) => decoder.into_inner(),
            Self::Zstd(decoder) => decoder.finish(),
        }
    }

    /// Fills the room as far as the bytes go.
    fn fill(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(into) = room.get_mut(filled..).filter(|into| !into.is_empty()) {
            let read = match self {
                Self::Plain(incoming) => incoming.read(into),
                Self::Gzip(decoder) => decoder.read(into),
                Self::Zstd(decoder) => decoder.read(into),
            };
            match read {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

/// Why reading was stopped here.
#[derive(Debug)]
pub(super) enum Stopped {
    Limit(String),
    Cancelled,
}

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped")
    }
}

impl std::error::Error for Stopped {}

/// What came of a layer's bytes.
pub(super) struct Outcome {
    /// Why unpacking ended before the bytes did.
    pub(super) error: Option<io::Error>,
    /// Whether the compressed bytes had come to their end by then.
    pub(super) ended: bool,
    /// Count and sum of all compressed bytes, whatever they are, or why they could not be read; none where unpacking was
    /// stopped.
    pub(super) packed: Option<io::Result<(u64, Digest)>>,
    /// The sum of the unpacked bytes, likewise.
    pub(super) unpacked: Option<Digest>,
}

/// The unpacked bytes of a layer, as they come from the thread that unpacks them.
pub(super) struct Unpacked {
    from: Option<Receiver<Arc<Chunk>>>,
    chunk: Option<Arc<Chunk>>,
    at: usize,
    thread: JoinHandle<Outcome>,
}

impl Unpacked {
    pub(super) fn new(
        from: Box<dyn Read + Send>,
        size: Option<u64>,
        account: Arc<Account>,
        limits: Limits,
    ) -> io::Result<Self> {
        let incoming = Incoming {
            from,
            chunk: None,
            at: 0,
            sums: LayerSums::default(),
            spare: Spare::default(),
            count: 0,
            ended: false,
            most: size.unwrap_or(u64::MAX - 1),
            account: account.clone(),
        };
        let (to, from) = sync_channel(CHUNKS);
        let work = move || unpack(incoming, &to, &account, &limits);
        let thread = std::thread::Builder::new().name("layer-unpack".to_owned()).spawn(work)?;
        Ok(Self { from: Some(from), chunk: None, at: 0, thread })
    }

    /// What came of the layer. Unpacking stops, where it has not come to its end; the compressed bytes are read to theirs.
    /// None: the thread failed.
    pub(super) fn finish(mut self) -> Option<Outcome> {
        self.from = None;
        self.thread.join().ok()
    }
}

impl BufRead for Unpacked {
    /// Nothing at the end and after an error, which [`Self::finish`] tells.
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.chunk.as_ref().is_none_or(|chunk| self.at >= chunk.bytes().len()) {
            self.chunk = None;
            self.chunk = self.from.as_ref().and_then(|from| from.recv().ok());
            self.at = 0;
        }
        Ok(self.chunk.as_ref().and_then(|chunk| chunk.bytes().get(self.at..)).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

impl Read for Unpacked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let count = into.len().min(from.len());
        let (into, from) = (into.get_mut(..count).unwrap_or_default(), from.get(..count).unwrap_or_default());
        into.copy_from_slice(from);
        self.consume(count);
        Ok(count)
    }
}

fn unpack(incoming: Incoming, to: &SyncSender<Arc<Chunk>>, account: &Account, limits: &Limits) -> Outcome {
    let failed = |error| Outcome { error: Some(error), ended: false, packed: None, unpacked: None };
    // The source's own error, or no memory: there is nothing more to be said of the bytes.
    let mut decoder = match Decoder::new(incoming) {
        Ok(decoder) => decoder,
        Err(error) => return failed(error),
    };
    let error = pass_on(&mut decoder, to, account, limits).err();
    if error.as_ref().is_some_and(stopped) {
        return Outcome { error, ended: false, packed: None, unpacked: None };
    }
    let mut incoming = decoder.into_incoming();
    let ended = incoming.ended;
    let packed = io::copy(&mut incoming, &mut io::sink());
    let count = incoming.count;
    let Some((sum, unpacked)) = incoming.sums.finish() else {
        return failed(io::Error::other("a worker thread failed"));
    };
    Outcome { error, ended, packed: Some(packed.map(|_| (count, sum))), unpacked: Some(unpacked) }
}

fn stopped(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Stopped>)
}

/// Until the end, an error, or until nobody listens any more.
fn pass_on(
    decoder: &mut Decoder,
    to: &SyncSender<Arc<Chunk>>,
    account: &Account,
    limits: &Limits,
) -> io::Result<()> {
    let spare = Spare::default();
    let mut unpacked: u64 = 0;
    loop {
        if account.is_cancelled() {
            return Err(io::Error::other(Stopped::Cancelled));
        }
        let chunk = Arc::new(spare.chunk(CHUNK, |room| decoder.fill(room))?);
        let count = chunk.bytes().len() as u64;
        if count == 0 {
            return Ok(());
        }
        unpacked += count;
        let incoming = decoder.incoming();
        incoming.sums.update(Side::Unpacked, &chunk);
        let limit = |reason: String| Err(io::Error::other(Stopped::Limit(reason)));
        if !account.unpack(count, limits) {
            return limit(format!("the image unpacks to more than {} bytes", limits.unpacked));
        }
        let packed = incoming.count;
        if unpacked > FREE && unpacked / packed.max(1) > limits.ratio {
            return limit(format!(
                "it unpacks to more than {} times its size ({unpacked} bytes from {packed})",
                limits.ratio
            ));
        }
        if to.send(chunk).is_err() {
            return Ok(());
        }
    }
}
