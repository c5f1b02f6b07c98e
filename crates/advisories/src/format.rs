//! The shape of the database file. All numbers are little-endian; `varint` is LEB128.
//!
//! ```text
//! header   magic 8 | format u32 | sections u32 | file length u64 | (offset u64, length u64) per section
//!          | SHA-256 of everything after the header | SHA-256 of the header up to here
//! META     JSON of [`Meta`]
//! STRINGS  (varint length, UTF-8 bytes)…; a string is named by its offset
//! INDEX    (ecosystem string u32, name string u32, offset u32, length u32 in POSTINGS)…, sorted by both texts
//! POSTINGS per package: varint count, then per advisory: varint number, rating 2 bytes, vectors, ranges, versions
//! NUMBERS  offset u32 in RECORDS per advisory number; advisories are numbered in the order of their ids
//! RECORDS  per advisory: id, published, rating 2 bytes, vectors, aliases, upstream, block and offset of its text
//! BLOCKS   (offset u64, compressed length u32, length u32) per block of TEXTS
//! TEXTS    zstd blocks of (title, references)…
//! IDS      (string u32, advisory u32)…: ids, aliases and sole upstream ids, sorted by text
//! KEV      string u32…, sorted by text: CVEs that are known to be exploited
//! EPSS     (string u32, probability u32, percentile u32)…, sorted by text, in hundred-thousandths
//! ```
//!
//! A rating is the CVSS base score times ten, and a byte with the severity in its low and the status in its high half.
//! Vectors are a count, then per vector its base score times ten and the string.

use serde::{Deserialize, Serialize};

/// The first bytes of a database file.
pub(crate) const MAGIC: [u8; 8] = *b"SWADVIS\n";
/// Raised with every change of the shape.
pub(crate) const FORMAT: u32 = 2;
/// Bytes of the header.
pub(crate) const HEADER: usize = 24 + SECTIONS * 16 + 64;
/// How many sections follow.
pub(crate) const SECTIONS: usize = 11;
/// Bytes of text that fill one block, before compression.
pub(crate) const BLOCK: usize = 32 * 1024;
/// A block is never larger than this: one text is bounded, and a block is closed once it is full.
pub(crate) const MAX_BLOCK: usize = 128 * 1024;

/// The sections, in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// See the module.
    Meta,
    /// See the module.
    Strings,
    /// See the module.
    Index,
    /// See the module.
    Postings,
    /// See the module.
    Numbers,
    /// See the module.
    Records,
    /// See the module.
    Blocks,
    /// See the module.
    Texts,
    /// See the module.
    Ids,
    /// See the module.
    Kev,
    /// See the module.
    Epss,
}

/// What the database says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) built_at: String,
    pub(crate) newest_advisory: String,
    pub(crate) advisories: u64,
    pub(crate) source: String,
}
