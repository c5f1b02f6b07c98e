//! From OSV records to the bytes of a database.

mod archive;
mod epss;
mod held;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{Read, Seek, Write};
use std::sync::Arc;

use serde::Deserialize;

use crate::error::AdvisoriesError;
use crate::format::Meta;
use crate::osv::Record;
pub(crate) use held::{Held, HeldAffected};

/// The largest record, in bytes. The largest published ones (kernel updates) are a few megabytes.
const MAX_RECORD: usize = 16 << 20;
/// The most records of one database.
const MAX_RECORDS: usize = 4_000_000;
/// The largest KEV catalogue, in bytes.
const MAX_KEV: usize = 64 << 20;

/// Collects records and writes the database. The same input gives the same bytes.
#[derive(Debug)]
pub struct Builder {
    source: String,
    built_at: String,
    pub(crate) records: BTreeMap<String, Held>,
    pub(crate) kev: BTreeSet<String>,
    /// Probability and percentile of each CVE, in steps of [`seawall_findings::Fraction`].
    pub(crate) epss: BTreeMap<String, (u32, u32)>,
    /// What the database says of itself, where that is known already: a delta states it.
    pub(crate) meta: Option<Meta>,
    strings: HashSet<Arc<str>>,
}

/// What an archive gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Records that were added.
    pub records: u64,
    /// Records that their publisher has withdrawn: left out.
    pub withdrawn: u64,
    /// Bulletins of bug fixes and enhancements that name no vulnerability: left out.
    pub unrelated: u64,
    /// Records that could not be read, each with its file and the reason; at most a hundred, the last says how many
    /// more there were.
    pub problems: Vec<String>,
}

impl Builder {
    /// `source` says in words what is compiled (`folder ../osv`), `built_at` when (RFC 3339): this crate has no clock.
    pub fn new(source: impl Into<String>, built_at: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            built_at: built_at.into(),
            records: BTreeMap::new(),
            kev: BTreeSet::new(),
            epss: BTreeMap::new(),
            meta: None,
            strings: HashSet::new(),
        }
    }

    /// Adds one OSV record. False: it is withdrawn or names no vulnerability, and is left out. Of two records with the same id the one with the later
    /// `modified` stays.
    pub fn add_json(&mut self, json: &[u8]) -> Result<bool, AdvisoriesError> {
        Ok(self.add_named("the record", json)? == Kept::Yes)
    }

    /// Adds osv.dev's `<Ecosystem>/all.zip`. A record that cannot be read is reported in [`Added::problems`] and left
    /// out; an archive that is no archive, or exceeds the limits, is an error.
    pub fn add_zip(&mut self, ecosystem: &str, zip: impl Read + Seek) -> Result<Added, AdvisoriesError> {
        archive::add(self, ecosystem, zip)
    }

    /// Adds CISA's catalogue of known exploited vulnerabilities; returns how many ids it names.
    pub fn add_kev(&mut self, json: &[u8]) -> Result<usize, AdvisoriesError> {
        #[derive(Deserialize)]
        struct Catalogue {
            vulnerabilities: Vec<Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            #[serde(rename = "cveID")]
            id: String,
        }
        let name = "the KEV catalogue";
        limit(name, "its size", json.len(), MAX_KEV)?;
        let catalogue: Catalogue = serde_json::from_slice(json)
            .map_err(|source| AdvisoriesError::Record { name: name.into(), source })?;
        let count = catalogue.vulnerabilities.len();
        self.kev.extend(catalogue.vulnerabilities.into_iter().map(|entry| entry.id));
        Ok(count)
    }

    /// Adds FIRST's exploit prediction scores (`cve,epss,percentile`, plain or gzip); returns how many CVEs it scores.
    /// The database keeps those that one of its advisories names.
    pub fn add_epss(&mut self, bytes: &[u8]) -> Result<usize, AdvisoriesError> {
        epss::add(self, bytes)
    }

    /// How many advisories there are so far.
    pub fn advisories(&self) -> usize {
        self.records.len()
    }

    /// Writes the database and returns its length in bytes. Write to a new file beside the old one, sync it, and rename
    /// it into place: an open database is mapped and must not change under its reader.
    pub fn finish(self, writer: &mut impl Write) -> Result<u64, AdvisoriesError> {
        write::database(&self, writer)
    }

    /// The text, once in memory.
    pub(crate) fn text(&mut self, text: &str) -> Arc<str> {
        held::intern(text, &mut self.strings)
    }

    /// The texts, each once in memory.
    pub(crate) fn texts(&mut self, texts: &[&str]) -> Vec<Arc<str>> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    fn add_named(&mut self, name: &str, json: &[u8]) -> Result<Kept, AdvisoriesError> {
        limit(name, "its size", json.len(), MAX_RECORD)?;
        let record: Record = serde_json::from_slice(json)
            .map_err(|source| AdvisoriesError::Record { name: name.into(), source })?;
        if record.id.is_empty() || record.id.len() > 256 || record.id.contains(char::is_control) {
            return Err(AdvisoriesError::Invalid {
                name: name.into(),
                what: "`id` is empty, or is no id".into(),
            });
        }
        if record.withdrawn.is_some() {
            return Ok(Kept::Withdrawn);
        }
        if names_nothing(&record) {
            return Ok(Kept::Unrelated);
        }
        let modified = held::timestamp(&record.modified);
        if self.records.get(&record.id).is_some_and(|old| old.modified >= modified) {
            return Ok(Kept::Yes);
        }
        limit(name, "the number of records", self.records.len(), MAX_RECORDS)?;
        let (id, held) = Held::of(record, &mut self.strings);
        self.records.insert(id, held);
        Ok(Kept::Yes)
    }
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    Yes,
    Withdrawn,
    Unrelated,
}

/// Red Hat's rebuilders publish bug fixes (`…BA-`) and enhancements (`…EA-`) beside security updates (`…SA-`).
fn names_nothing(record: &Record) -> bool {
    let kinds = ["ALBA-", "ALEA-", "ELBA-", "ELEA-", "RHBA-", "RHEA-", "RLBA-", "RLEA-"];
    let lists = [&record.aliases, &record.upstream, &record.related];
    kinds.iter().any(|kind| record.id.starts_with(kind))
        && !lists.into_iter().flatten().any(|id| id.starts_with("CVE-"))
}

fn limit(name: &str, what: &str, size: usize, limit: usize) -> Result<(), AdvisoriesError> {
    if size <= limit {
        return Ok(());
    }
    Err(AdvisoriesError::Limit { name: name.into(), what: what.into(), limit: limit as u64 })
}
