//! What changed between two databases, so that a site fetches the change and not the whole.
//!
//! A delta holds the records that are new or other, the names of those that are gone, and the checksums of both files. It
//! is applied by writing the database anew from the old one's records and the delta's: the writer gives the same bytes for
//! the same records, and the checksum says that it did.
//!
//! ```text
//! magic 8 | format u32 | zstd of the JSON of [`Delta`]
//! ```

mod load;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::build::Held;
use crate::database::Database;
use crate::error::AdvisoriesError;
use crate::format::{FORMAT, Meta};

type Result<T> = std::result::Result<T, AdvisoriesError>;

const MAGIC: [u8; 8] = *b"SWDELTA\n";
/// Bytes that a delta may unpack to.
const MAX_UNPACKED: u64 = 2 << 30;

#[derive(Debug, Serialize, Deserialize)]
struct Delta {
    /// SHA-256 of the database that it applies to, in hexadecimal.
    old: String,
    /// SHA-256 of the database that comes out.
    new: String,
    meta: Meta,
    removed: BTreeSet<String>,
    records: BTreeMap<String, Held>,
    exploited: BTreeSet<String>,
    not_exploited: BTreeSet<String>,
    scores: BTreeMap<String, (u32, u32)>,
    no_scores: BTreeSet<String>,
}

/// The delta that makes `new` out of `old`.
pub fn diff(old: &Database, new: &Database) -> Result<Vec<u8>> {
    let (before, after) = (load::builder(old)?, load::builder(new)?);
    let gone = |id: &&String| !after.records.contains_key(*id);
    let removed = before.records.keys().filter(gone).cloned().collect();
    let mut records = after.records;
    records.retain(|id, held| before.records.get(id) != Some(held));
    let mut scores = after.epss.clone();
    scores.retain(|id, score| before.epss.get(id) != Some(score));
    let delta = Delta {
        old: checksum(old.bytes()),
        new: checksum(new.bytes()),
        meta: new.meta().clone(),
        removed,
        records,
        exploited: after.kev.difference(&before.kev).cloned().collect(),
        not_exploited: before.kev.difference(&after.kev).cloned().collect(),
        scores,
        no_scores: before.epss.keys().filter(|id| !after.epss.contains_key(*id)).cloned().collect(),
    };
    let json = serde_json::to_vec(&delta)
        .map_err(|error| AdvisoriesError::Write { source: std::io::Error::other(error) })?;
    let packed = zstd::bulk::compress(&json, 15).map_err(|source| AdvisoriesError::Write { source })?;
    let mut bytes = Vec::with_capacity(packed.len() + 12);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&packed);
    Ok(bytes)
}

/// The database that a delta makes out of `old`: exactly the bytes of the one that the delta was made for, or an error.
pub fn apply(old: &Database, delta: &[u8]) -> Result<Vec<u8>> {
    let delta = read(delta)?;
    if checksum(old.bytes()) != delta.old {
        return Err(AdvisoriesError::Delta {
            what: "it was made for another database than this one".to_owned(),
        });
    }
    let mut builder = load::builder(old)?;
    builder.records.retain(|id, _| !delta.removed.contains(id));
    builder.records.extend(delta.records);
    builder.kev.retain(|id| !delta.not_exploited.contains(id));
    builder.kev.extend(delta.exploited);
    builder.epss.retain(|id, _| !delta.no_scores.contains(id));
    builder.epss.extend(delta.scores);
    builder.meta = Some(delta.meta);
    let mut bytes = vec![];
    builder.finish(&mut bytes)?;
    if checksum(&bytes) == delta.new {
        return Ok(bytes);
    }
    Err(AdvisoriesError::Delta {
        what: "the result is not what its checksum says: it was made by another version".to_owned(),
    })
}

/// The ids of the advisories that `new` has otherwise than `old`, and of those that only one of them has.
pub fn changed(old: &Database, new: &Database) -> Result<BTreeSet<String>> {
    let (before, after) = (load::builder(old)?, load::builder(new)?);
    let other = after.records.iter().filter(|(id, held)| before.records.get(*id) != Some(held));
    let gone = before.records.keys().filter(|id| !after.records.contains_key(*id));
    Ok(other.map(|(id, _)| id).chain(gone).cloned().collect())
}

fn read(bytes: &[u8]) -> Result<Delta> {
    let error = |what: String| AdvisoriesError::Delta { what };
    let rest = bytes.strip_prefix(&MAGIC);
    let rest = rest.ok_or_else(|| error("its first bytes are not those of a delta".to_owned()))?;
    let packed = rest.strip_prefix(&FORMAT.to_le_bytes());
    let packed = packed.ok_or_else(|| error("it is of another format than this version reads".to_owned()))?;
    let mut json = vec![];
    let decoder = zstd::stream::read::Decoder::new(packed);
    let read = decoder.and_then(|decoder| decoder.take(MAX_UNPACKED + 1).read_to_end(&mut json));
    read.map_err(|problem| error(format!("it does not unpack: {problem}")))?;
    if json.len() as u64 > MAX_UNPACKED {
        return Err(error(format!("it unpacks to more than {MAX_UNPACKED} bytes")));
    }
    serde_json::from_slice(&json).map_err(|problem| error(format!("its content is no delta: {problem}")))
}

fn checksum(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
