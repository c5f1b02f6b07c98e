//! A walk over a tar's entries: ustar, GNU long names and PAX records, with a limit on everything that is kept.
//!
//! Headers are the `tar` crate's. Its own walk is not used because it reads long names and PAX records of any size into
//! memory, which an image made for it turns into all memory there is.

use std::io::{self, BufRead, Read as _};

use tar::{EntryType, GnuExtSparseHeader, Header, PaxExtensions};

/// Longest path, and longest set of PAX records, that is kept in memory.
const LONGEST_EXTENSION: u64 = 1024 * 1024;
/// Extensions in a row before one entry: long name, long link, local and global records, and a repetition of each.
const MOST_EXTENSIONS: usize = 16;
const BLOCK: u64 = 512;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    /// A file with holes: its bytes are not those of the file.
    Sparse,
    Directory,
    Symlink,
    HardLink,
    /// Devices, pipes.
    Other,
}

/// One entry, as written.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) path: Vec<u8>,
    pub(crate) link: Vec<u8>,
    pub(crate) kind: Kind,
    pub(crate) size: u64,
    /// Permissions with setuid, setgid and sticky bit; 0 where the header has no number.
    pub(crate) mode: u32,
    pub(crate) uid: u64,
    pub(crate) gid: u64,
    /// It has file capabilities (`security.capability`).
    pub(crate) capable: bool,
}

/// How a reader passes over bytes.
type Skip<R> = fn(&mut R, u64) -> io::Result<()>;

/// A tar that is read from its start to its end.
pub(crate) struct Tar<R> {
    reader: R,
    skip: Skip<R>,
    /// Bytes of the current entry that nobody has read yet.
    rest: u64,
    padding: u64,
    position: u64,
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

impl<R: BufRead> Tar<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self::with_skip(reader, |reader, mut count| {
            while count > 0 {
                let length = reader.fill_buf()?.len();
                if length == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                let passed = usize::try_from(count).unwrap_or(usize::MAX).min(length);
                reader.consume(passed);
                count -= passed as u64;
            }
            Ok(())
        })
    }

    /// With another way to pass over contents, such as seeking.
    pub(crate) fn with_skip(reader: R, skip: Skip<R>) -> Self {
        Self { reader, skip, rest: 0, padding: 0, position: 0 }
    }

    /// Where the next byte of the current entry is.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn into_inner(self) -> R {
        self.reader
    }

    /// The next entry; none at the end mark or where the bytes end between two entries.
    pub(crate) fn next(&mut self) -> io::Result<Option<Entry>> {
        let mut long_name = None;
        let mut long_link = None;
        let mut records = Records::default();
        for _ in 0..=MOST_EXTENSIONS {
            self.pass()?;
            let Some(header) = self.header()? else { return Ok(None) };
            let mut size = header.entry_size()?;
            match header.entry_type() {
                EntryType::GNULongName => long_name = Some(self.extension(size)?),
                EntryType::GNULongLink => long_link = Some(self.extension(size)?),
                EntryType::XHeader => records = Records::read(&self.extension(size)?)?,
                EntryType::XGlobalHeader => drop(self.extension(size)?),
                kind => {
                    if kind.is_gnu_sparse() {
                        self.sparse_map(&header)?;
                    }
                    let kind = kind_of(kind, records.sparse);
                    size = records.size.unwrap_or(size);
                    // Some writers give links and folders the size of what they stand for, and no bytes.
                    if matches!(kind, Kind::HardLink | Kind::Symlink | Kind::Directory) {
                        size = 0;
                    }
                    self.begin(size);
                    let path = records.path.or(long_name).unwrap_or_else(|| header.path_bytes().into_owned());
                    let written =
                        || header.link_name_bytes().map(std::borrow::Cow::into_owned).unwrap_or_default();
                    let link = records.link.or(long_link).unwrap_or_else(written);
                    return Ok(Some(Entry {
                        path,
                        link,
                        kind,
                        size,
                        mode: header.mode().unwrap_or(0) & 0o7777,
                        uid: records.uid.or_else(|| header.uid().ok()).unwrap_or(0),
                        gid: records.gid.or_else(|| header.gid().ok()).unwrap_or(0),
                        capable: records.capable,
                    }));
                }
            }
        }
        Err(invalid("too many extension headers in a row"))
    }

    /// The bytes of the current entry.
    pub(crate) fn read_entry(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.rest.min(LONGEST_EXTENSION)).unwrap_or(0));
        self.append(&mut bytes, u64::MAX)?;
        Ok(bytes)
    }

    /// Puts up to `most` further bytes of the current entry behind those in `bytes`.
    pub(crate) fn append(&mut self, bytes: &mut Vec<u8>, most: u64) -> io::Result<()> {
        let wanted = self.rest.min(most);
        let read = (&mut self.reader).take(wanted).read_to_end(bytes)? as u64;
        self.position += read;
        self.rest -= read;
        if read < wanted { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// Whether bytes of the current entry are left.
    pub(crate) fn has_more(&self) -> bool {
        self.rest > 0
    }

    fn begin(&mut self, size: u64) {
        self.rest = size;
        self.padding = (BLOCK - size % BLOCK) % BLOCK;
    }

    /// To the next header.
    fn pass(&mut self) -> io::Result<()> {
        let count =
            self.rest.checked_add(self.padding).ok_or_else(|| invalid("an entry has an impossible size"))?;
        if count > 0 {
            (self.skip)(&mut self.reader, count)?;
            self.position = self.position.saturating_add(count);
        }
        self.begin(0);
        Ok(())
    }

    fn extension(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > LONGEST_EXTENSION {
            return Err(invalid("a path or its extension records are longer than 1 MiB"));
        }
        self.begin(size);
        let mut bytes = self.read_entry()?;
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        Ok(bytes)
    }

    fn header(&mut self) -> io::Result<Option<Header>> {
        let mut header = Header::new_old();
        let bytes = header.as_mut_bytes();
        let mut filled = 0;
        while filled < bytes.len() {
            match self.reader.read(&mut bytes[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        self.position += filled as u64;
        if filled == 0 || (filled == bytes.len() && bytes.iter().all(|b| *b == 0)) {
            return Ok(None);
        }
        if filled < bytes.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // The sum takes its own eight bytes as blanks.
        let sum: u32 = bytes
            .iter()
            .enumerate()
            .map(|(at, b)| if (148..156).contains(&at) { 32 } else { u32::from(*b) })
            .sum();
        if header.cksum()? == sum {
            Ok(Some(header))
        } else {
            Err(invalid("an entry's header does not match its checksum"))
        }
    }

    /// Passes over the further blocks of an old GNU sparse file's map.
    fn sparse_map(&mut self, header: &Header) -> io::Result<()> {
        let mut more = header.as_gnu().is_some_and(tar::GnuHeader::is_extended);
        let mut map = GnuExtSparseHeader::new();
        let mut left = LONGEST_EXTENSION / BLOCK;
        while more {
            left = left.checked_sub(1).ok_or_else(|| invalid("a sparse file has an endless map"))?;
            self.reader.read_exact(map.as_mut_bytes())?;
            self.position += BLOCK;
            more = map.is_extended();
        }
        Ok(())
    }
}

fn kind_of(kind: EntryType, sparse: bool) -> Kind {
    match kind {
        EntryType::GNUSparse => Kind::Sparse,
        EntryType::Directory => Kind::Directory,
        EntryType::Symlink => Kind::Symlink,
        EntryType::Link => Kind::HardLink,
        EntryType::Char | EntryType::Block | EntryType::Fifo => Kind::Other,
        // POSIX: an unknown type is treated as a regular file.
        _ if sparse => Kind::Sparse,
        _ => Kind::File,
    }
}

/// The PAX records that matter here.
#[derive(Default)]
struct Records {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
    capable: bool,
    sparse: bool,
}

impl Records {
    fn read(bytes: &[u8]) -> io::Result<Self> {
        let mut records = Self::default();
        for record in PaxExtensions::new(bytes) {
            let record = record?;
            let value = record.value_bytes();
            match record.key_bytes() {
                b"path" if records.path.is_none() => records.path = Some(value.to_vec()),
                b"linkpath" => records.link = Some(value.to_vec()),
                b"size" => {
                    records.size =
                        Some(number(value).ok_or_else(|| invalid("a size record is not a number"))?);
                }
                b"uid" => records.uid = number(value),
                b"gid" => records.gid = number(value),
                b"SCHILY.xattr.security.capability" => records.capable = true,
                b"GNU.sparse.name" => {
                    records.path = Some(value.to_vec());
                    records.sparse = true;
                }
                key if key.starts_with(b"GNU.sparse.") => records.sparse = true,
                _ => {}
            }
        }
        Ok(records)
    }
}

fn number(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value).ok().and_then(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn walk(bytes: &[u8]) -> io::Result<Vec<(String, u64)>> {
        let mut tar = Tar::new(bytes);
        let mut found = Vec::new();
        while let Some(entry) = tar.next()? {
            found.push((String::from_utf8_lossy(&entry.path).into_owned(), entry.size));
        }
        Ok(found)
    }

    #[test]
    fn long_names_are_put_together() {
        let long = "d/".repeat(150) + "file";
        let mut builder = ::tar::Builder::new(Vec::new());
        let mut header = Header::new_gnu();
        header.set_size(3);
        header.set_mode(0o644);
        builder.append_data(&mut header, &long, &b"abc"[..]).unwrap();
        builder.append_pax_extensions([("path", b"from/pax".as_slice())]).unwrap();
        let mut header = Header::new_ustar();
        header.set_size(600);
        header.set_path("short").unwrap();
        header.set_cksum();
        builder.append(&header, &[b'x'; 600][..]).unwrap();
        let bytes = builder.into_inner().unwrap();
        assert_eq!(walk(&bytes).unwrap(), [(long, 3), ("from/pax".to_owned(), 600)]);
        assert_eq!(walk(&bytes[..bytes.len() - 1400]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_long_name_has_an_end() {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::GNULongName);
        header.set_size(1 << 40);
        header.set_cksum();
        assert!(walk(header.as_bytes()).unwrap_err().to_string().contains("1 MiB"));
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
            let _ = walk(&bytes);
        }

        #[test]
        fn any_header_ends(mut bytes in prop::collection::vec(any::<u8>(), 1024..3000), kind in any::<u8>()) {
            // With a right checksum the rest of the header is looked at.
            bytes[156] = kind;
            let sum: u32 = bytes[..512].iter().enumerate()
                .map(|(at, b)| if (148..156).contains(&at) { 32 } else { u32::from(*b) }).sum();
            bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            let _ = walk(&bytes);
        }
    }
}
