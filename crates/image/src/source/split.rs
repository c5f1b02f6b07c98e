//! Layers that an engine of this host has unpacked, put together again byte by byte: the headers that it kept aside (the
//! `tar-split` form of <https://github.com/vbatts/tar-split>), and the files from its storage. The layer's digest proves
//! the result, so nothing of the storage has to be believed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use flate2::bufread::MultiGzDecoder;
use rustix::fs::{Mode, OFlags, ResolveFlags};
use serde::Deserialize;

/// Longest line: a header with its extensions, in base64.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Where a layer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Split {
    /// The list of headers, under gzip.
    pub(crate) list: PathBuf,
    /// The files.
    pub(crate) folder: PathBuf,
}

/// One line of the list.
#[derive(Deserialize)]
struct Line {
    /// 1: a file's content, 2: bytes.
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    name: String,
    /// The name, where it is no text.
    #[serde(default)]
    name_raw: Option<String>,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    payload: Option<String>,
}

/// The tar of a layer, while it is put together.
pub(super) struct Assembled {
    list: BufReader<MultiGzDecoder<BufReader<File>>>,
    root: File,
    current: Current,
}

enum Current {
    Nothing,
    Bytes(io::Cursor<Vec<u8>>),
    File(io::Take<File>),
}

impl Split {
    pub(super) fn open(&self) -> io::Result<Assembled> {
        let list = File::open(&self.list)?;
        let list = BufReader::new(MultiGzDecoder::new(BufReader::new(list)));
        let root = File::open(&self.folder)?;
        Ok(Assembled { list, root, current: Current::Nothing })
    }
}

impl Assembled {
    /// The next part; none at the end.
    fn next(&mut self) -> io::Result<Option<Current>> {
        let mut line = Vec::new();
        let read = (&mut self.list).take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        let line: Line = serde_json::from_slice(&line)?;
        let decode = |text: &str| {
            base64::engine::general_purpose::STANDARD.decode(text).map_err(|e| invalid(&e.to_string()))
        };
        Ok(Some(match line.kind {
            2 => Current::Bytes(io::Cursor::new(decode(line.payload.as_deref().unwrap_or_default())?)),
            1 if line.size == 0 => Current::Nothing,
            1 => {
                let name = match &line.name_raw {
                    Some(raw) => decode(raw)?,
                    None => line.name.into_bytes(),
                };
                Current::File(self.file(&name)?.take(line.size))
            }
            _ => return Err(invalid("an entry of an unknown type")),
        }))
    }

    /// Opens a file as a process whose root is the layer would: no link leads out of it.
    fn file(&self, name: &[u8]) -> io::Result<File> {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(name));
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = rustix::fs::openat2(&self.root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        let file = File::from(file);
        if file.metadata()?.is_file() { Ok(file) } else { Err(invalid("a file that is none")) }
    }
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

impl Read for Assembled {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            let count = match &mut self.current {
                Current::Nothing => 0,
                Current::Bytes(bytes) => bytes.read(into)?,
                Current::File(file) => {
                    let count = file.read(into)?;
                    // The engine's copy of the file was changed.
                    if count == 0 && file.limit() > 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    count
                }
            };
            if count > 0 {
                return Ok(count);
            }
            match self.next()? {
                Some(next) => self.current = next,
                None => return Ok(0),
            }
        }
    }
}
