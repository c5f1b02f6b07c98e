//! Blocks: type, length, body, length again.

use std::io::Read;

use super::cursor::Cursor;
use crate::CaptureError;

/// Longest block: a process list of a million threads stays below.
const MAX_BLOCK: u32 = 1 << 30;

pub(super) const SECTION: u32 = 0x0a0d_0d0a;
pub(super) const MACHINE: u32 = 0x201;
pub(super) const INTERFACES: u32 = 0x219;
pub(super) const PROCESSES: u32 = 0x215;
pub(super) const DESCRIPTORS: u32 = 0x218;
pub(super) const USERS: u32 = 0x220;
pub(super) const EVENT: u32 = 0x216;
pub(super) const EVENT_LARGE: u32 = 0x221;

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Section,
    /// A process list of this version, from 1.
    Processes(u8),
    /// A list of file descriptors; later ones have a length before each entry.
    Descriptors {
        sized: bool,
    },
    /// Users and groups; later ones have a length before each entry.
    Users {
        sized: bool,
    },
    Event {
        flags: bool,
        counted: bool,
    },
    /// The machine, interfaces, or a type of a later version.
    Other,
}

/// The types, the unofficial ones before the first release included.
pub(super) fn kind(number: u32) -> Kind {
    match number {
        SECTION => Kind::Section,
        0x202 | 0x8000_abcd => Kind::Processes(1),
        0x207 | 0x8013_abcd => Kind::Processes(2),
        0x209 | 0x8014_abcd => Kind::Processes(3),
        0x210 => Kind::Processes(4),
        0x211 => Kind::Processes(5),
        0x212 => Kind::Processes(6),
        0x213 => Kind::Processes(7),
        0x214 => Kind::Processes(8),
        PROCESSES => Kind::Processes(9),
        0x203 | 0x8001_abcd => Kind::Descriptors { sized: false },
        DESCRIPTORS => Kind::Descriptors { sized: true },
        0x206 | 0x8012_abcd => Kind::Users { sized: false },
        USERS => Kind::Users { sized: true },
        0x204 | 0x8010_abcd => Kind::Event { flags: false, counted: false },
        0x208 => Kind::Event { flags: true, counted: false },
        EVENT | EVENT_LARGE => Kind::Event { flags: false, counted: true },
        0x217 | 0x222 => Kind::Event { flags: true, counted: true },
        _ => Kind::Other,
    }
}

/// A block: where it begins, what it is, and its content.
pub(super) type Block<'a> = (u64, Kind, &'a [u8]);

/// How much is read at a time.
const CHUNK: usize = 256 << 10;

/// Reads blocks and counts bytes.
pub(super) struct Blocks<R> {
    input: R,
    /// How many bytes were handed out or found missing.
    pub(super) at: u64,
    /// What was read; from `begin` on it was not handed out yet.
    buffer: Vec<u8>,
    begin: usize,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, at: 0, buffer: Vec::new(), begin: 0 }
    }

    /// The next block's place, kind and body; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Block<'_>>, CaptureError> {
        let place = self.at;
        let head = self.wait_for(8)?;
        if head == 0 {
            return Ok(None);
        }
        if head < 8 {
            return Err(self.cut_off("a block's head"));
        }
        let mut cursor = Cursor::new(self.buffer.get(self.begin..).unwrap_or_default());
        let (number, length) = (cursor.u32().unwrap_or_default(), cursor.u32().unwrap_or_default());
        let damaged = |what: String| CaptureError::Damaged { at: place, what };
        if length < 12 {
            return Err(damaged(format!("its length is {length}, but a block has 12 bytes at least")));
        }
        if length > MAX_BLOCK {
            return Err(damaged(format!("its length is {length}, more than the {MAX_BLOCK} that are read")));
        }
        let whole = length as usize;
        if self.wait_for(whole)? < whole {
            return Err(self.cut_off("a block"));
        }
        let block = self.buffer.get(self.begin..self.begin + whole).unwrap_or_default();
        self.begin += whole;
        self.at += u64::from(length);
        let (content, trailer) = block.split_at_checked(whole - 4).unwrap_or_default();
        if Cursor::new(trailer).u32() != Ok(length) {
            return Err(damaged(format!("its length is {length} at the beginning and another at the end")));
        }
        Ok(Some((place, kind(number), content.get(8..).unwrap_or_default())))
    }

    fn cut_off(&self, what: &'static str) -> CaptureError {
        CaptureError::Truncated { at: self.at + (self.buffer.len() - self.begin) as u64, what }
    }

    /// Reads until `count` bytes wait, or the end comes; how many wait. Memory grows with what is there, not with what
    /// is promised.
    fn wait_for(&mut self, count: usize) -> Result<usize, CaptureError> {
        if self.buffer.len() - self.begin >= count {
            return Ok(count);
        }
        self.buffer.drain(..self.begin);
        self.begin = 0;
        while self.buffer.len() < count {
            let before = self.buffer.len();
            let read = self.input.by_ref().take(CHUNK as u64).read_to_end(&mut self.buffer);
            match read {
                Ok(_) => {}
                // How flate2 says that the packed stream is cut off.
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {}
                Err(source) => {
                    return Err(CaptureError::Io { at: self.at + self.buffer.len() as u64, source });
                }
            }
            if self.buffer.len() == before {
                break;
            }
        }
        Ok(self.buffer.len().min(count))
    }
}
