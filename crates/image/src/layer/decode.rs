//! From compressed bytes to the tar, both summed up and both within limits.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use seawall_findings::Digest;

use crate::hash::{SideSum, Sum};
use crate::limits::{Account, Limits};

/// Ratios are looked at from here on: small layers of zeros are harmless.
const FREE: u64 = 64 * 1024 * 1024;
/// Largest window that a zstd frame may ask for (2^27): the reference decoder's own default.
const ZSTD_WINDOW_LOG: u32 = 27;
const BUFFER: usize = 256 * 1024;

/// Compressed bytes as they come in.
pub(super) struct Incoming {
    from: Box<dyn Read + Send>,
    pub(super) sum: Sum,
    pub(super) ended: bool,
    /// More than was announced is not read.
    most: u64,
}

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // One byte more shows that there is more.
        let room = self.most.saturating_add(1).saturating_sub(self.sum.length());
        let length = into.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        let count = self.from.read(&mut into[..length])?;
        self.ended |= count == 0;
        self.sum.update(&into[..count]);
        Ok(count)
    }
}

enum Decoder {
    Plain(BufReader<Incoming>),
    Gzip(Box<MultiGzDecoder<BufReader<Incoming>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, BufReader<Incoming>>>),
}

impl Decoder {
    fn incoming(&self) -> &Incoming {
        match self {
            Self::Plain(reader) => reader.get_ref(),
            Self::Gzip(decoder) => decoder.get_ref().get_ref(),
            Self::Zstd(decoder) => decoder.get_ref().get_ref(),
        }
    }

    fn into_incoming(self) -> BufReader<Incoming> {
        match self {
            Self::Plain(reader) => reader,
            Self::Gzip(decoder) => decoder.into_inner(),
            Self::Zstd(decoder) => decoder.finish(),
        }
    }
}

/// The unpacked bytes of a layer.
pub(super) struct Unpacked {
    decoder: Decoder,
    sum: SideSum,
    account: Arc<Account>,
    limits: Limits,
    /// Why reading was stopped here, where it was: readers above only see that it failed.
    pub(super) stopped: Option<Stopped>,
}

pub(super) enum Stopped {
    Limit(String),
    Cancelled,
}

impl Unpacked {
    /// Recognises the compression by its first bytes: some archives do not name it, and some manifests name it wrongly.
    pub(super) fn new(
        from: Box<dyn Read + Send>,
        size: Option<u64>,
        account: Arc<Account>,
        limits: Limits,
    ) -> io::Result<Self> {
        let incoming =
            Incoming { from, sum: Sum::default(), ended: false, most: size.unwrap_or(u64::MAX - 1) };
        let mut reader = BufReader::with_capacity(BUFFER, incoming);
        let magic = reader.fill_buf()?;
        let decoder = if magic.starts_with(&[0x1f, 0x8b]) {
            Decoder::Gzip(Box::new(MultiGzDecoder::new(reader)))
        } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Decoder::Zstd(Box::new(decoder))
        } else {
            Decoder::Plain(reader)
        };
        Ok(Self { decoder, sum: SideSum::default(), account, limits, stopped: None })
    }

    /// Compressed bytes read so far, and whether they came to their end.
    pub(super) fn incoming(&self) -> (u64, bool) {
        let incoming = self.decoder.incoming();
        (incoming.sum.length(), incoming.ended)
    }

    /// Reads the compressed bytes to their end, whatever they are: count and digest.
    pub(super) fn compressed(self) -> io::Result<(u64, Digest)> {
        let mut reader = self.decoder.into_incoming();
        io::copy(&mut reader, &mut io::sink())?;
        let incoming = reader.into_inner();
        Ok((incoming.sum.length(), incoming.sum.finish()))
    }

    /// The sum of all unpacked bytes; to be asked once they were all read.
    pub(super) fn take_sum(&mut self) -> Option<Digest> {
        std::mem::take(&mut self.sum).finish()
    }

    fn stop(&mut self, why: Stopped) -> io::Error {
        self.stopped = Some(why);
        io::Error::other("stopped")
    }
}

impl Read for Unpacked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.account.is_cancelled() {
            return Err(self.stop(Stopped::Cancelled));
        }
        let count = match &mut self.decoder {
            Decoder::Plain(reader) => reader.read(into),
            Decoder::Gzip(decoder) => decoder.read(into),
            Decoder::Zstd(decoder) => decoder.read(into),
        }?;
        self.sum.update(&into[..count]);
        if !self.account.unpack(count as u64, &self.limits) {
            let most = self.limits.unpacked;
            return Err(self.stop(Stopped::Limit(format!("the image unpacks to more than {most} bytes"))));
        }
        let (unpacked, packed) = (self.sum.length(), self.decoder.incoming().sum.length());
        if unpacked > FREE && unpacked / packed.max(1) > self.limits.ratio {
            let ratio = self.limits.ratio;
            return Err(self.stop(Stopped::Limit(format!(
                "it unpacks to more than {ratio} times its size ({unpacked} bytes from {packed})"
            ))));
        }
        Ok(count)
    }
}
