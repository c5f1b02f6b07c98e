//! What is looked at while the layers of an image stream by, once: one [`Reader`] for each purpose.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use seawall_findings::LayerRef;

/// One purpose for which an image's files are read: package databases, executables, secrets, hygiene.
///
/// Every entry of every layer is shown to [`Self::wants`], on the thread that walks the layer: it must be quick. What it
/// wants is given to [`Self::read`], on one of several threads, in no order. The records that come out are kept in the
/// [`Cache`](crate::Cache) by layer and by the reader's name: an unchanged layer costs nothing, and a new reader leaves what
/// the others found as it is.
pub trait Reader: Send + Sync {
    /// Stands for the reader in the cache: change it whenever the reader's records change (`executables-3`).
    fn name(&self) -> &str;

    /// What becomes of records that an upper layer covers.
    fn scope(&self) -> Scope {
        Scope::Merged
    }

    /// Whether the entry matters, by what its header says and by its first bytes (up to [`HEAD`] of them, all of a smaller
    /// file; none of what is no regular file).
    fn wants(&self, entry: &Entry<'_>, head: &[u8]) -> Want;

    /// What is to be known of a file for which [`Self::wants`] said [`Want::Whole`]; none: nothing. An error becomes one of
    /// the [`Reading::problems`].
    fn read(&self, _entry: &Entry<'_>, _content: &Content<'_>) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    /// Whether a file that some link shows at this path is to be found, too, though its own path says nothing. Asked for
    /// every link of the image, and for every file below a folder that is reached through a link. For readers that go by
    /// the path.
    fn follows(&self, _path: &str) -> bool {
        false
    }

    /// The largest file that is read. A larger one is told among the [`Reading::problems`].
    fn largest(&self) -> u64 {
        u64::MAX
    }
}

/// Bytes of a file that are shown to [`Reader::wants`].
pub const HEAD: usize = 4096;

/// What becomes of records that an upper layer covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// They are gone, as the file is for the container.
    Merged,
    /// They stay: whoever has the image has that layer. [`Record::deleted`] tells.
    EveryLayer,
}

/// What a reader wants of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// Nothing.
    No,
    /// The whole content: [`Reader::read`] is called with it.
    Whole,
    /// The whole content, as the record.
    Keep,
    /// No content: this is the record.
    Now(Vec<u8>),
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A device or pipe.
    Other,
}

/// One entry of a layer, as its header describes it. Links are not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Without a leading slash, without `.` and `..`.
    pub path: &'a str,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes of the content.
    pub size: u64,
    /// Permissions with setuid (0o4000), setgid (0o2000) and sticky bit (0o1000).
    pub mode: u32,
    /// The owner.
    pub uid: u64,
    /// The group.
    pub gid: u64,
    /// It has file capabilities (`security.capability`), which are given to whoever runs it.
    pub capable: bool,
}

/// A whole file: in memory, or in an unnamed temporary file where it is large.
#[derive(Debug)]
pub struct Content<'a>(pub(crate) Held<'a>);

#[derive(Debug)]
pub(crate) enum Held<'a> {
    Memory(&'a [u8]),
    Spooled(&'a File, u64),
}

/// Read from any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

impl<'a> Content<'a> {
    /// Of bytes in memory: for files of a folder, and for tests.
    pub fn of(bytes: &'a [u8]) -> Self {
        Self(Held::Memory(bytes))
    }

    /// Number of bytes.
    pub fn size(&self) -> u64 {
        match self.0 {
            Held::Memory(bytes) => bytes.len() as u64,
            Held::Spooled(_, size) => size,
        }
    }

    /// All bytes in memory. Large files are read one at a time, but each of them whole: prefer [`Self::reader`] where that does.
    pub fn bytes(&self) -> io::Result<Cow<'a, [u8]>> {
        match self.0 {
            Held::Memory(bytes) => Ok(Cow::Borrowed(bytes)),
            Held::Spooled(..) => {
                let mut bytes = Vec::with_capacity(usize::try_from(self.size()).unwrap_or(0));
                self.reader()?.read_to_end(&mut bytes)?;
                Ok(Cow::Owned(bytes))
            }
        }
    }

    /// The same to be read from any place, from the start.
    pub fn reader(&self) -> io::Result<Box<dyn ReadSeek + 'a>> {
        match self.0 {
            Held::Memory(bytes) => Ok(Box::new(Cursor::new(bytes))),
            Held::Spooled(mut file, _) => {
                file.rewind()?;
                Ok(Box::new(file))
            }
        }
    }
}

/// Calls a reader; why there is nothing, as one of the [`Reading::problems`].
pub(crate) fn examine(
    reader: &dyn Reader,
    entry: &Entry<'_>,
    content: &Content<'_>,
) -> Result<Option<Bytes>, String> {
    // A reader that panics on a file costs that file only, and it is said.
    let read = catch_unwind(AssertUnwindSafe(|| reader.read(entry, content)))
        .unwrap_or_else(|_| Err(io::Error::other("the reader failed; please report it")));
    match read {
        Ok(record) => Ok(record.map(Bytes::from)),
        Err(error) => Err(format!("{}: {error}", entry.path)),
    }
}

/// What a reader said of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Without a leading slash. A file that a link leads to is named as the link.
    pub path: String,
    /// What the reader made of it.
    pub bytes: Bytes,
    /// The layer that put it there, where the subject is an image.
    pub layer: Option<LayerRef>,
    /// An upper layer covers it or took it away ([`Scope::EveryLayer`] only).
    pub deleted: bool,
}

impl Record {
    /// What records are sorted by.
    pub(crate) fn place(&self) -> (&str, usize) {
        (&self.path, self.layer.as_ref().map_or(0, |layer| layer.index))
    }
}

/// What one reader found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Sorted by path, then by layer.
    pub records: Vec<Record>,
    /// What could not be read, in words: the layer, the path, why.
    pub problems: Vec<String>,
}
