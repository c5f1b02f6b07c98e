//! Looking things up in the sections.

use std::cmp::Ordering;

use seawall_findings::{Epss, Fraction, Severity};

use super::{Database, Result};
use crate::cvss_score::Rating;
use crate::error::AdvisoriesError;
use crate::format::{MAX_BLOCK, Section};
use crate::range::{Affects, EventKind};
use crate::view::Cursor;

/// One advisory, without its text.
#[derive(Clone, Debug)]
pub(crate) struct Advisory<'a> {
    pub(crate) id: &'a str,
    /// Empty where it is not known.
    pub(crate) published: &'a str,
    pub(crate) rating: Rating,
    /// CVSS vectors with their base scores times ten.
    pub(crate) vectors: Vec<(u8, &'a str)>,
    pub(crate) aliases: Vec<&'a str>,
    pub(crate) upstream: Vec<&'a str>,
    /// Where its text is.
    pub(crate) block: u32,
    pub(crate) at: u32,
}

/// What one advisory says of one package.
#[derive(Clone, Debug)]
pub(crate) struct Posting<'a> {
    pub(crate) advisory: u32,
    pub(crate) rating: Rating,
    /// CVSS vectors for this package alone.
    pub(crate) vectors: Vec<(u8, &'a str)>,
    pub(crate) affects: Affects<'a>,
}

/// Title and references.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) title: String,
    pub(crate) references: Vec<String>,
}

impl Database {
    /// What the advisories of an ecosystem (`Debian:12`) say of a package.
    pub(crate) fn postings(&self, ecosystem: &str, name: &str) -> Result<Vec<Posting<'_>>> {
        let index = self.section(Section::Index);
        let found = search(index, 16, |entry| {
            let (first, second) = (self.string(entry.u32()?)?, self.string(entry.u32()?)?);
            Ok((first, second).cmp(&(ecosystem, name)))
        })?;
        let Some(at) = found else { return Ok(vec![]) };
        let mut entry = Cursor::at(index, at as u64 * 16 + 8, "INDEX")?;
        self.postings_at(entry.u32()?, entry.u32()?)
    }

    pub(super) fn postings_at(&self, offset: u32, length: u32) -> Result<Vec<Posting<'_>>> {
        let bytes = Cursor::at(self.section(Section::Postings), u64::from(offset), "POSTINGS")?
            .take(length as usize)?;
        let mut cursor = Cursor::at(bytes, 0, "POSTINGS")?;
        let count = cursor.count()?;
        (0..count).map(|_| self.posting(&mut cursor)).collect()
    }

    /// Whether there is any advisory of an ecosystem.
    pub(crate) fn has_ecosystem(&self, ecosystem: &str) -> Result<bool> {
        let index = self.section(Section::Index);
        let found = search(index, 16, |entry| Ok(self.string(entry.u32()?)?.cmp(ecosystem)))?;
        Ok(found.is_some())
    }

    /// The advisories that an id names: as their own, as an alias, or as their only upstream id.
    pub(crate) fn named(&self, id: &str) -> Result<Vec<u32>> {
        let ids = self.section(Section::Ids);
        let Some(mut at) = search(ids, 8, |entry| Ok(self.string(entry.u32()?)?.cmp(id)))? else {
            return Ok(vec![]);
        };
        let read = |at: usize| -> Result<(u32, u32)> {
            let mut entry = Cursor::at(ids, at as u64 * 8, "IDS")?;
            Ok((entry.u32()?, entry.u32()?))
        };
        let key = read(at)?.0;
        while at > 0 && read(at - 1)?.0 == key {
            at -= 1;
        }
        let mut numbers = vec![];
        while at < ids.len() / 8 {
            let (text, number) = read(at)?;
            if text != key {
                break;
            }
            numbers.push(number);
            at += 1;
        }
        Ok(numbers)
    }

    /// Whether a CVE is in the KEV catalogue.
    pub(crate) fn is_exploited(&self, id: &str) -> Result<bool> {
        let found = search(self.section(Section::Kev), 4, |entry| Ok(self.string(entry.u32()?)?.cmp(id)))?;
        Ok(found.is_some())
    }

    /// The exploit prediction of a CVE.
    pub(crate) fn epss(&self, id: &str) -> Result<Option<Epss>> {
        let section = self.section(Section::Epss);
        let Some(at) = search(section, 12, |entry| Ok(self.string(entry.u32()?)?.cmp(id)))? else {
            return Ok(None);
        };
        let mut entry = Cursor::at(section, at as u64 * 12 + 4, "EPSS")?;
        let (probability, percentile) = (Fraction::steps(entry.u32()?), Fraction::steps(entry.u32()?));
        Ok(Some(Epss { probability, percentile }))
    }

    /// An advisory by its number.
    pub(crate) fn advisory(&self, number: u32) -> Result<Advisory<'_>> {
        let offset = Cursor::at(self.section(Section::Numbers), u64::from(number) * 4, "NUMBERS")?.u32()?;
        let mut cursor = Cursor::at(self.section(Section::Records), u64::from(offset), "RECORDS")?;
        Ok(Advisory {
            id: self.string(cursor.varint()?)?,
            published: self.string(cursor.varint()?)?,
            rating: rating(&mut cursor)?,
            vectors: self.vectors(&mut cursor)?,
            aliases: self.strings(&mut cursor)?,
            upstream: self.strings(&mut cursor)?,
            block: cursor.varint()?,
            at: cursor.varint()?,
        })
    }

    /// Unpacks a block of texts.
    pub(crate) fn block(&self, block: u32) -> Result<Vec<u8>> {
        let mut entry = Cursor::at(self.section(Section::Blocks), u64::from(block) * 16, "BLOCKS")?;
        let (offset, packed, length) = (entry.u64()?, entry.u32()? as usize, entry.u32()? as usize);
        if length > MAX_BLOCK {
            return Err(entry.damaged("a block is larger than any that is written"));
        }
        let packed = Cursor::at(self.section(Section::Texts), offset, "TEXTS")?.take(packed)?;
        let text = zstd::bulk::decompress(packed, length)
            .map_err(|error| AdvisoriesError::damaged(format!("TEXTS: a block does not unpack: {error}")))?;
        if text.len() == length { Ok(text) } else { Err(entry.damaged("a block is shorter than it says")) }
    }

    /// Reads the text of an advisory out of its unpacked block.
    pub(crate) fn text(block: &[u8], at: u32) -> Result<Text> {
        let mut cursor = Cursor::at(block, u64::from(at), "TEXTS")?;
        let title = cursor.text()?.to_owned();
        let count = cursor.count()?;
        let references = (0..count).map(|_| Ok(cursor.text()?.to_owned())).collect::<Result<_>>()?;
        Ok(Text { title, references })
    }

    fn posting<'a>(&'a self, cursor: &mut Cursor<'_>) -> Result<Posting<'a>> {
        let advisory = cursor.varint()?;
        let rating = rating(cursor)?;
        let vectors = self.vectors(cursor)?;
        let mut affects = Affects::default();
        for _ in 0..cursor.count()? {
            let mut events = vec![];
            for _ in 0..cursor.count()? {
                let kind = match cursor.byte()? {
                    0 => EventKind::Introduced,
                    1 => EventKind::Fixed,
                    2 => EventKind::LastAffected,
                    3 => EventKind::Limit,
                    _ => return Err(cursor.damaged("an event of a range is unknown")),
                };
                events.push((kind, self.string(cursor.varint()?)?));
            }
            affects.ranges.push(events);
        }
        affects.versions = self.strings(cursor)?;
        Ok(Posting { advisory, rating, vectors, affects })
    }

    fn vectors<'a>(&'a self, cursor: &mut Cursor<'_>) -> Result<Vec<(u8, &'a str)>> {
        (0..cursor.count()?).map(|_| Ok((cursor.byte()?, self.string(cursor.varint()?)?))).collect()
    }

    pub(super) fn string(&self, offset: u32) -> Result<&str> {
        Cursor::at(self.section(Section::Strings), u64::from(offset), "STRINGS")?.text()
    }

    fn strings<'a>(&'a self, cursor: &mut Cursor<'_>) -> Result<Vec<&'a str>> {
        (0..cursor.count()?).map(|_| self.string(cursor.varint()?)).collect()
    }
}

/// Binary search over entries of one size.
fn search<'a>(
    entries: &'a [u8],
    size: usize,
    compare: impl Fn(&mut Cursor<'a>) -> Result<Ordering>,
) -> Result<Option<usize>> {
    let (mut low, mut high) = (0, entries.len() / size);
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(&mut Cursor::at(entries, (middle * size) as u64, "an index")?)? {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Ok(Some(middle)),
        }
    }
    Ok(None)
}

fn rating(cursor: &mut Cursor<'_>) -> Result<Rating> {
    let (tenths, word) = (cursor.byte()?, cursor.byte()?);
    let (severity, status) = (Severity::ALL.get(usize::from(word & 15)), crate::status::from_byte(word >> 4));
    match (severity, status) {
        (Some(severity), Ok(status)) if tenths <= 100 => Ok(Rating { tenths, word: *severity, status }),
        _ => Err(cursor.damaged("a rating is outside of its scale")),
    }
}
