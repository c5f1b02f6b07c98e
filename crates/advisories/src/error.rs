//! What can go wrong with advisories.

use std::path::PathBuf;

/// Errors of building, opening and asking a database.
#[derive(Debug, thiserror::Error)]
pub enum AdvisoriesError {
    /// The database file cannot be opened or mapped.
    #[error("the advisory database {path} cannot be opened; build one with `seawall db build`")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a database, or one of another format.
    #[error(
        "{path} is not an advisory database that this version reads ({what}); build it again with `seawall db build`"
    )]
    Format {
        /// The file.
        path: String,
        /// What was found.
        what: String,
    },
    /// The file is a database, but its content is damaged.
    #[error("the advisory database is damaged ({what}); build it again with `seawall db build`")]
    Damaged {
        /// The section and what was wrong there.
        what: String,
    },
    /// A record is not an OSV record.
    #[error("{name} is not an OSV record")]
    Record {
        /// The file in the archive, or a word for the document.
        name: String,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// A record, archive or database exceeds a limit.
    #[error("{name}: {what} exceeds the limit of {limit}")]
    Limit {
        /// The file or archive.
        name: String,
        /// What is too large.
        what: String,
        /// The limit.
        limit: u64,
    },
    /// A record lacks what every OSV record has.
    #[error("{name}: {what}")]
    Invalid {
        /// The file or record.
        name: String,
        /// What is missing or wrong.
        what: String,
    },
    /// The archive cannot be read.
    #[error("the archive of {ecosystem} cannot be read as a zip file")]
    Archive {
        /// As given by the caller.
        ecosystem: String,
        /// Why.
        #[source]
        source: zip::result::ZipError,
    },
    /// A file of the archive cannot be unpacked.
    #[error("{name} in the archive of {ecosystem} cannot be unpacked")]
    Unpack {
        /// As given by the caller.
        ecosystem: String,
        /// The file in the archive.
        name: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A gzip file cannot be unpacked.
    #[error("{name} cannot be unpacked")]
    Gzip {
        /// The file.
        name: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A delta cannot be read, or does not apply.
    #[error("the delta does not apply ({what}); fetch the whole database instead")]
    Delta {
        /// What was wrong.
        what: String,
    },
    /// The database cannot be written.
    #[error("the advisory database cannot be written")]
    Write {
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl AdvisoriesError {
    /// Damage at a place of the file.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}
