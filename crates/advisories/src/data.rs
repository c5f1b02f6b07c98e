//! The bytes of an open database: a memory map of a file, or bytes in memory.
#![allow(unsafe_code, reason = "a file is mapped read-only")]

use std::fs::File;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

use crate::error::AdvisoriesError;

/// Read-only bytes.
pub(crate) enum Data {
    /// Of a file.
    Mapped(Mmap),
    /// In memory.
    Owned(Vec<u8>),
}

impl Data {
    /// Maps a file without reading it.
    pub(crate) fn map(path: &Path) -> Result<Self, AdvisoriesError> {
        let error = |source| AdvisoriesError::Open { path: path.to_owned(), source };
        let file = File::open(path).map_err(error)?;
        if !file.metadata().map_err(error)?.is_file() {
            return Err(error(std::io::Error::other("it is not a regular file")));
        }
        // SAFETY: the map is private to this value, read-only, and its bytes are never taken for anything but bytes:
        // each is read through a bounds-checked cursor and may hold any value. Database files are replaced by renaming
        // a new file over them, never written in place, so the mapped file keeps its length while it is mapped.
        let map = unsafe { Mmap::map(&file) }.map_err(error)?;
        Ok(Self::Mapped(map))
    }
}

impl Deref for Data {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl std::fmt::Debug for Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Data({} bytes)", self.len())
    }
}
