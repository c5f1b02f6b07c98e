//! An open database: opened by mapping, asked without being loaded.

mod all;
mod lookup;

use std::ops::Range;
use std::path::Path;

use seawall_findings::{DatabaseInfo, Distribution, Finding, Package};
use sha2::{Digest as _, Sha256};

use crate::data::Data;
use crate::error::AdvisoriesError;
use crate::find;
use crate::format::{FORMAT, HEADER, MAGIC, Meta, SECTIONS, Section};
use crate::view::Cursor;

pub(crate) use lookup::{Advisory, Posting, Text};

type Result<T> = std::result::Result<T, AdvisoriesError>;

/// A database of advisories, read-only. Cheap to open whatever its size.
#[derive(Debug)]
pub struct Database {
    data: Data,
    path: String,
    sections: [Range<usize>; SECTIONS],
    meta: Meta,
}

impl Database {
    /// Maps the file, checks the header with its own checksum, and reads nothing more: see [`Self::verify`].
    pub fn open(path: &Path) -> Result<Self> {
        Self::new(Data::map(path)?, path.display().to_string())
    }

    /// The same over bytes in memory; `name` stands for the path in messages and in [`Self::info`].
    pub fn from_bytes(bytes: Vec<u8>, name: impl Into<String>) -> Result<Self> {
        Self::new(Data::Owned(bytes), name.into())
    }

    fn new(data: Data, path: String) -> Result<Self> {
        let error = |what: &str| AdvisoriesError::Format { path: path.clone(), what: what.into() };
        let header = data.get(..HEADER).ok_or_else(|| error("it is shorter than a header"))?;
        if !header.starts_with(&MAGIC) {
            return Err(error("its first bytes are not those of a database"));
        }
        let mut cursor = Cursor::at(header, MAGIC.len() as u64, "header")?;
        let format = cursor.u32()?;
        if format != FORMAT {
            return Err(error(&format!("its format is {format}, this version reads {FORMAT}")));
        }
        let (signed, sum) = header.split_at(HEADER - 32);
        if Sha256::digest(signed).as_slice() != sum {
            return Err(error("the checksum of its header does not match"));
        }
        if cursor.u32()? as usize != SECTIONS || cursor.u64()? != data.len() as u64 {
            return Err(error("its length is not what its header says: it was cut short or grew"));
        }
        let mut sections: [Range<usize>; SECTIONS] = std::array::from_fn(|_| 0..0);
        let mut expected = HEADER as u64;
        for section in &mut sections {
            let (offset, length) = (cursor.u64()?, cursor.u64()?);
            let end =
                offset.checked_add(length).filter(|end| offset == expected && *end <= data.len() as u64);
            let end = end.ok_or_else(|| error("a section lies outside of the file"))?;
            *section =
                usize::try_from(offset).unwrap_or(usize::MAX)..usize::try_from(end).unwrap_or(usize::MAX);
            expected = end;
        }
        let meta = data.get(sections[Section::Meta as usize].clone()).unwrap_or_default();
        let meta =
            serde_json::from_slice(meta).map_err(|_| AdvisoriesError::damaged("META is not what it was"))?;
        Ok(Self { data, path, sections, meta })
    }

    /// Whether it holds an advisory that is called so, by its id or an alias, in capitals or not.
    pub fn knows(&self, id: &str) -> Result<bool> {
        Ok(!self.named(id)?.is_empty() || !self.named(&id.to_ascii_uppercase())?.is_empty())
    }

    /// What the database is, and how old.
    pub fn info(&self) -> DatabaseInfo {
        DatabaseInfo {
            path: self.path.clone(),
            built_at: self.meta.built_at.clone(),
            newest_advisory: self.meta.newest_advisory.clone(),
            advisories: self.meta.advisories,
            source: self.meta.source.clone(),
        }
    }

    /// Reads the whole file and compares it with the checksum in its header.
    pub fn verify(&self) -> Result<()> {
        let sum = self.data.get(HEADER - 64..HEADER - 32).unwrap_or_default();
        let body = self.data.get(HEADER..).unwrap_or_default();
        if Sha256::digest(body).as_slice() == sum {
            return Ok(());
        }
        Err(AdvisoriesError::damaged("the checksum of the file does not match"))
    }

    /// The vulnerabilities of packages, worst first; the order and content depend on the arguments and the database
    /// alone. Packages that the database cannot judge are not in the answer: [`Self::gaps`] names them.
    pub fn find(&self, distribution: &Option<Distribution>, packages: &[Package]) -> Result<Vec<Finding>> {
        find::find(self, distribution.as_ref(), packages)
    }

    /// In words, what [`Self::find`] could not judge: packages of a distribution (or release) that this database has no
    /// advisories for. An empty answer of `find` means "nothing known" only where this is empty as well.
    pub fn gaps(&self, distribution: &Option<Distribution>, packages: &[Package]) -> Result<Vec<String>> {
        find::gaps(self, distribution.as_ref(), packages)
    }

    /// The whole file.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.data.get(..).unwrap_or_default()
    }

    /// What it says of itself.
    pub(crate) fn meta(&self) -> &Meta {
        &self.meta
    }

    fn section(&self, section: Section) -> &[u8] {
        self.data.get(self.sections[section as usize].clone()).unwrap_or_default()
    }
}
