//! What can go wrong with a ledger.

/// Why a ledger could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The file could not be opened or created.
    #[error("ledger {path} cannot be opened: {source}; check the folder and its permissions")]
    Open {
        /// Its path.
        path: String,
        /// What SQLite said.
        #[source]
        source: sqlx::Error,
    },
    /// The folder for the file could not be made.
    #[error("folder {path} for the ledger cannot be made: {source}")]
    Folder {
        /// Its path.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is a database, but of something else or of a newer Seawall.
    #[error("{path} is not a ledger that this version reads: {what}")]
    Foreign {
        /// Its path.
        path: String,
        /// What it is instead.
        what: String,
    },
    /// The store failed.
    #[error("the ledger could not {doing}: {source}")]
    Store {
        /// What was tried.
        doing: &'static str,
        /// What the store said.
        #[source]
        source: sqlx::Error,
    },
    /// An entry cannot be read, or the end of the chain is not where the head says: nothing is written on top.
    #[error("the ledger is damaged at entry {seq}: {what}; `seawall trail --verify` lists all that is wrong")]
    Damaged {
        /// Where.
        seq: u64,
        /// What is wrong.
        what: String,
    },
    /// The entry breaks a limit.
    #[error("the entry is refused: {0}")]
    Refused(String),
    /// Nothing in the ledger matches.
    #[error("the ledger holds nothing about `{0}`")]
    NotFound(String),
    /// Several digests match.
    #[error("`{text}` means {} digests: {}; give more digits", candidates.len(), candidates.join(", "))]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// Some of those that match.
        candidates: Vec<String>,
    },
    /// The address of a ledger server is not one.
    #[error("`{url}` is not the address of a ledger server: {what}")]
    Address {
        /// As given.
        url: String,
        /// Why not.
        what: String,
    },
    /// The server could not be asked.
    #[error("ledger server {url} did not answer: {source}")]
    Transport {
        /// The request's address.
        url: String,
        /// What the client said.
        #[source]
        source: reqwest::Error,
    },
    /// The server answered with an error.
    #[error("ledger server {url} answered {status}: {detail}")]
    Server {
        /// The request's address.
        url: String,
        /// HTTP status code.
        status: u16,
        /// The `detail` of its problem document, or the start of its answer.
        detail: String,
    },
}

/// Short form.
pub(crate) type Result<T> = std::result::Result<T, LedgerError>;
