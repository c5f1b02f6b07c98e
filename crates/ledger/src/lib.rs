//! The ledger: append-only, hash-chained evidence about digests.
//!
//! In: [`NewEntry`] from every command and from the server. Out: [`Entry`] with its place in the chain, one digest's
//! trail, and the proof that nothing was changed or removed ([`Ledger::verify`]). Stores stand behind the [`Ledger`]
//! trait: [`Sqlite`] is a file, [`Remote`] a server that keeps one; [`open`] tells them apart.
//!
//! SQLite is reached through `sqlx` and not `rusqlite`: its pool, transactions and rows are the same for PostgreSQL,
//! so the later store for many nodes is the same code with other SQL behind the same trait, held to the same tests;
//! and its calls are async already, so no thread is parked by hand. Queries are plain texts checked by the tests, so
//! that building needs no database.
//!
//! Facts of an entry are hashed as the exact texts that are stored, and the body by the hash of its canonical text
//! (sorted keys, no spaces), so a flipped byte is found wherever it is.

mod canonical;
mod entry;
mod error;
mod facts;
mod holdings;
mod ledger;
mod open;
mod remote;
mod sqlite;

pub use entry::{Entry, GENESIS, Kind, NewEntry, UnknownKind};
pub use error::LedgerError;
pub use holdings::{HeldPackage, Holder};
pub use ledger::{
    Counts, DigestSummary, Head, Imported, KindSummary, Ledger, MAX_PACKAGES, MAX_PAGE, Page, Problem, State,
    Verification, import,
};
pub use open::open;
pub use remote::Remote;
pub use seawall_findings::Outcome;
pub use sqlite::{MAX_BODY, Sqlite};
