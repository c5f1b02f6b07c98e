//! Lays the collected records out as the sections of [`crate::format`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::Builder;
use super::held::{Held, HeldAffected, Vector};
use crate::cvss_score::Rating;
use crate::error::AdvisoriesError;
use crate::format::{BLOCK, FORMAT, HEADER, MAGIC, Meta, SECTIONS};
use crate::range::EventKind;
use crate::view::{put_text, put_varint};

type Result<T> = std::result::Result<T, AdvisoriesError>;

/// Offsets of the texts in the STRINGS section.
struct Strings<'a> {
    bytes: Vec<u8>,
    offsets: HashMap<&'a str, u32>,
}

impl<'a> Strings<'a> {
    fn of(builder: &'a Builder) -> Result<Self> {
        let mut texts: BTreeSet<&str> = builder.kev.iter().map(String::as_str).collect();
        for (id, held) in &builder.records {
            texts.extend([id.as_str(), held.published.as_str()]);
            texts.extend(held.aliases.iter().chain(&held.upstream).map(AsRef::as_ref));
            texts.extend(held.vectors.iter().map(|(_, vector)| vector.as_ref()));
            for affected in &held.affected {
                texts.extend(affected.vectors.iter().map(|(_, vector)| vector.as_ref()));
                texts.extend([affected.ecosystem.as_ref(), affected.name.as_ref()]);
                texts.extend(affected.ranges.iter().flatten().map(|(_, version)| version.as_ref()));
                texts.extend(affected.versions.iter().map(AsRef::as_ref));
            }
        }
        let mut bytes = Vec::new();
        let mut offsets = HashMap::with_capacity(texts.len());
        for text in texts {
            offsets.insert(text, offset(bytes.len(), "STRINGS")?);
            put_text(&mut bytes, text);
        }
        Ok(Self { bytes, offsets })
    }

    /// Every text was collected by [`Self::of`].
    fn get(&self, text: &str) -> u32 {
        self.offsets.get(text).copied().unwrap_or(u32::MAX)
    }

    fn list(&self, out: &mut Vec<u8>, texts: &[Arc<str>]) {
        put_varint(out, texts.len() as u32);
        for text in texts {
            put_varint(out, self.get(text));
        }
    }
}

/// Writes the whole file.
pub(super) fn database(builder: &Builder, writer: &mut impl Write) -> Result<u64> {
    let strings = Strings::of(builder)?;
    let (blocks, texts, places) = texts(builder)?;
    let (numbers, records) = records(builder, &strings, &places)?;
    let (index, postings) = packages(builder, &strings)?;
    let ids = ids(builder, &strings);
    let epss = epss(builder, &strings);
    let kev: Vec<u8> = builder.kev.iter().flat_map(|id| strings.get(id).to_le_bytes()).collect();
    // A record from the future (there are such) must not make the database look fresh.
    let past = |modified: &&str| *modified <= builder.built_at.as_str();
    let newest = builder.records.values().map(|held| held.modified.as_str()).filter(past).max();
    let computed = || Meta {
        built_at: builder.built_at.clone(),
        newest_advisory: newest.unwrap_or_default().to_owned(),
        advisories: builder.records.len() as u64,
        source: builder.source.clone(),
    };
    let meta = serde_json::to_vec(&builder.meta.clone().unwrap_or_else(computed))
        .map_err(|error| AdvisoriesError::Write { source: std::io::Error::other(error) })?;
    let sections = [meta, strings.bytes, index, postings, numbers, records, blocks, texts, ids, kev, epss];
    let header = header(&sections);
    let error = |source| AdvisoriesError::Write { source };
    writer.write_all(&header).map_err(error)?;
    for section in &sections {
        writer.write_all(section).map_err(error)?;
    }
    writer.flush().map_err(error)?;
    Ok((HEADER + sections.iter().map(Vec::len).sum::<usize>()) as u64)
}

fn header(sections: &[Vec<u8>; SECTIONS]) -> Vec<u8> {
    let length = HEADER + sections.iter().map(Vec::len).sum::<usize>();
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(&MAGIC);
    header.extend_from_slice(&FORMAT.to_le_bytes());
    header.extend_from_slice(&(SECTIONS as u32).to_le_bytes());
    header.extend_from_slice(&(length as u64).to_le_bytes());
    let mut at = HEADER;
    let mut body = Sha256::new();
    for section in sections {
        header.extend_from_slice(&(at as u64).to_le_bytes());
        header.extend_from_slice(&(section.len() as u64).to_le_bytes());
        at += section.len();
        body.update(section);
    }
    header.extend_from_slice(&body.finalize());
    let sum = Sha256::digest(&header);
    header.extend_from_slice(&sum);
    header
}

/// Where the text of an advisory is: its block, and the offset in it.
type Place = (u32, u32);

fn texts(builder: &Builder) -> Result<(Vec<u8>, Vec<u8>, Vec<Place>)> {
    let (mut index, mut packed, mut places) = (Vec::new(), Vec::new(), Vec::new());
    let (mut block, mut number) = (Vec::with_capacity(BLOCK * 2), 0u32);
    let mut close = |block: &mut Vec<u8>| -> Result<()> {
        let bytes = zstd::bulk::compress(block, 12).map_err(|source| AdvisoriesError::Write { source })?;
        index.extend_from_slice(&(packed.len() as u64).to_le_bytes());
        index.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        index.extend_from_slice(&(block.len() as u32).to_le_bytes());
        packed.extend_from_slice(&bytes);
        block.clear();
        Ok(())
    };
    for held in builder.records.values() {
        places.push((number, block.len() as u32));
        put_text(&mut block, &held.title);
        put_varint(&mut block, held.references.len() as u32);
        for url in &held.references {
            put_text(&mut block, url);
        }
        if block.len() >= BLOCK {
            close(&mut block)?;
            number += 1;
        }
    }
    if !block.is_empty() {
        close(&mut block)?;
    }
    Ok((index, packed, places))
}

fn records(builder: &Builder, strings: &Strings<'_>, places: &[Place]) -> Result<(Vec<u8>, Vec<u8>)> {
    let (mut numbers, mut records) = (Vec::new(), Vec::new());
    for ((id, held), (block, at)) in builder.records.iter().zip(places) {
        numbers.extend_from_slice(&offset(records.len(), "RECORDS")?.to_le_bytes());
        put_varint(&mut records, strings.get(id));
        put_varint(&mut records, strings.get(&held.published));
        put_rating(&mut records, held.rating);
        put_vectors(&mut records, &held.vectors, strings);
        strings.list(&mut records, &held.aliases);
        strings.list(&mut records, &held.upstream);
        put_varint(&mut records, *block);
        put_varint(&mut records, *at);
    }
    Ok((numbers, records))
}

fn packages(builder: &Builder, strings: &Strings<'_>) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut packages: BTreeMap<(&str, &str), Vec<(u32, &HeldAffected)>> = BTreeMap::new();
    for (number, held) in builder.records.values().enumerate() {
        for affected in &held.affected {
            let key = (affected.ecosystem.as_ref(), affected.name.as_ref());
            packages.entry(key).or_default().push((number as u32, affected));
        }
    }
    let (mut index, mut postings) = (Vec::new(), Vec::new());
    for ((ecosystem, name), affected) in packages {
        let start = offset(postings.len(), "POSTINGS")?;
        put_varint(&mut postings, affected.len() as u32);
        for (number, affected) in affected {
            put_varint(&mut postings, number);
            put_affected(&mut postings, affected, strings);
        }
        let length = offset(postings.len(), "POSTINGS")? - start;
        for number in [strings.get(ecosystem), strings.get(name), start, length] {
            index.extend_from_slice(&number.to_le_bytes());
        }
    }
    Ok((index, postings))
}

fn put_affected(out: &mut Vec<u8>, affected: &HeldAffected, strings: &Strings<'_>) {
    put_rating(out, affected.rating);
    put_vectors(out, &affected.vectors, strings);
    put_varint(out, affected.ranges.len() as u32);
    for range in &affected.ranges {
        put_varint(out, range.len() as u32);
        for (kind, version) in range {
            out.push(match kind {
                EventKind::Introduced => 0,
                EventKind::Fixed => 1,
                EventKind::LastAffected => 2,
                EventKind::Limit => 3,
            });
            put_varint(out, strings.get(version));
        }
    }
    strings.list(out, &affected.versions);
}

fn put_rating(out: &mut Vec<u8>, rating: Rating) {
    out.extend([rating.tenths, rating.word as u8 | (crate::status::byte(rating.status) << 4)]);
}

fn put_vectors(out: &mut Vec<u8>, vectors: &[Vector], strings: &Strings<'_>) {
    put_varint(out, vectors.len() as u32);
    for (tenths, vector) in vectors {
        out.push(*tenths);
        put_varint(out, strings.get(vector));
    }
}

/// Of the scores those of CVEs that the database names at all: the others could never be asked for.
fn epss(builder: &Builder, strings: &Strings<'_>) -> Vec<u8> {
    let mut out = vec![];
    for (id, (probability, percentile)) in &builder.epss {
        if let Some(string) = strings.offsets.get(id.as_str()) {
            for number in [string, probability, percentile] {
                out.extend_from_slice(&number.to_le_bytes());
            }
        }
    }
    out
}

/// The ids by which an advisory can be asked for. A bulletin of several upstream ids is none of them.
fn ids(builder: &Builder, strings: &Strings<'_>) -> Vec<u8> {
    let mut ids: BTreeSet<(&str, u32)> = BTreeSet::new();
    for (number, (id, held)) in builder.records.iter().enumerate() {
        let number = number as u32;
        ids.insert((id, number));
        ids.extend(names(held).map(|name| (name, number)));
    }
    ids.iter()
        .flat_map(|(id, number)| [strings.get(id).to_le_bytes(), number.to_le_bytes()].concat())
        .collect()
}

fn names(held: &Held) -> impl Iterator<Item = &str> {
    let is_cve = |id: &&Arc<str>| id.starts_with("CVE-");
    let mut cves = held.upstream.iter().filter(is_cve);
    let sole = match (held.upstream.as_slice(), cves.next(), cves.next()) {
        ([one], ..) | (_, Some(one), None) => Some(one),
        _ => None,
    };
    held.aliases.iter().chain(sole).map(AsRef::as_ref)
}

/// Offsets are 32 bits: a section of four gigabytes would hold every advisory ever published many times over.
fn offset(length: usize, section: &str) -> Result<u32> {
    u32::try_from(length).map_err(|_| AdvisoriesError::Limit {
        name: "the database".into(),
        what: format!("section {section}"),
        limit: u64::from(u32::MAX),
    })
}
