//! Everything that a database holds, one after the other.

use super::{Database, Posting, Result};
use crate::format::Section;
use crate::view::Cursor;

impl Database {
    /// How many advisories there are; they are numbered from 0.
    pub(crate) fn advisory_count(&self) -> u32 {
        u32::try_from(self.section(Section::Numbers).len() / 4).unwrap_or(u32::MAX)
    }

    /// How many pairs of ecosystem and package there are.
    pub(crate) fn package_count(&self) -> usize {
        self.section(Section::Index).len() / 16
    }

    /// One pair of them, with what is said of it.
    pub(crate) fn package(&self, number: usize) -> Result<(&str, &str, Vec<Posting<'_>>)> {
        let mut entry = Cursor::at(self.section(Section::Index), number as u64 * 16, "INDEX")?;
        let (ecosystem, name) = (self.string(entry.u32()?)?, self.string(entry.u32()?)?);
        Ok((ecosystem, name, self.postings_at(entry.u32()?, entry.u32()?)?))
    }

    /// The ids of the KEV catalogue.
    pub(crate) fn exploited(&self) -> Result<Vec<&str>> {
        let section = self.section(Section::Kev);
        let id = |at: usize| self.string(Cursor::at(section, at as u64 * 4, "KEV")?.u32()?);
        (0..section.len() / 4).map(id).collect()
    }

    /// The exploit predictions: id, probability, percentile.
    pub(crate) fn scores(&self) -> Result<Vec<(&str, u32, u32)>> {
        let section = self.section(Section::Epss);
        let score = |at: usize| {
            let mut entry = Cursor::at(section, at as u64 * 12, "EPSS")?;
            Ok((self.string(entry.u32()?)?, entry.u32()?, entry.u32()?))
        };
        (0..section.len() / 12).map(score).collect()
    }
}
