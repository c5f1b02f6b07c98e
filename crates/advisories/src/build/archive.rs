//! osv.dev's archives: one record a file.

use std::io::{Read, Seek};

use zip::ZipArchive;

use super::{Added, Builder, Kept, MAX_RECORD, MAX_RECORDS, limit};
use crate::error::AdvisoriesError;

/// How many problems are kept in words.
const MAX_PROBLEMS: usize = 99;
/// Bytes that one archive may unpack to.
const MAX_UNPACKED: u64 = 32 << 30;
/// How much smaller a file may be packed than unpacked. JSON lists of versions pack well, but not like zeros do.
const MAX_RATIO: u64 = 400;

pub(super) fn add(
    builder: &mut Builder,
    ecosystem: &str,
    reader: impl Read + Seek,
) -> Result<Added, AdvisoriesError> {
    let archive_error = |source| AdvisoriesError::Archive { ecosystem: ecosystem.into(), source };
    let mut zip = ZipArchive::new(reader).map_err(archive_error)?;
    limit(ecosystem, "the number of files", zip.len(), MAX_RECORDS)?;
    let mut added = Added::default();
    let mut unreadable = 0usize;
    let mut unpacked = 0u64;
    let mut bytes = Vec::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).map_err(archive_error)?;
        let name = file.name().map_err(archive_error)?.into_owned();
        let is_json = std::path::Path::new(&name).extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
        if file.is_dir() || !is_json {
            continue;
        }
        let packed = file.compressed_size();
        // The declared size is not believed: one byte more than allowed is asked for.
        let most = (MAX_RECORD as u64).min(packed.saturating_mul(MAX_RATIO).saturating_add(1024));
        bytes.clear();
        let read = (&mut file).take(most + 1).read_to_end(&mut bytes);
        read.map_err(|source| AdvisoriesError::Unpack {
            ecosystem: ecosystem.into(),
            name: name.clone(),
            source,
        })?;
        if bytes.len() as u64 > most {
            return Err(AdvisoriesError::Limit {
                name: format!("{name} in the archive of {ecosystem}"),
                what: "its unpacked size".into(),
                limit: most,
            });
        }
        unpacked += bytes.len() as u64;
        if unpacked > MAX_UNPACKED {
            return Err(AdvisoriesError::Limit {
                name: format!("the archive of {ecosystem}"),
                what: "its unpacked size".into(),
                limit: MAX_UNPACKED,
            });
        }
        match builder.add_named(&name, &bytes) {
            Ok(Kept::Yes) => added.records += 1,
            Ok(Kept::Withdrawn) => added.withdrawn += 1,
            Ok(Kept::Unrelated) => added.unrelated += 1,
            Err(error @ AdvisoriesError::Limit { .. }) => return Err(error),
            Err(error) => {
                unreadable += 1;
                if unreadable <= MAX_PROBLEMS {
                    added.problems.push(words(ecosystem, &error));
                }
            }
        }
    }
    if unreadable > MAX_PROBLEMS {
        added
            .problems
            .push(format!("{ecosystem}: {} more records cannot be read", unreadable - MAX_PROBLEMS));
    }
    Ok(added)
}

fn words(ecosystem: &str, error: &AdvisoriesError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{ecosystem}: {error}: {source}"),
        None => format!("{ecosystem}: {error}"),
    }
}
