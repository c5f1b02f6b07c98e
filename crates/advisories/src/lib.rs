//! OSV advisories compiled into one memory-mapped file, version order per ecosystem, matching.
//!
//! In: OSV 1.7 records (single JSON documents or osv.dev's `<Ecosystem>/all.zip`), the CISA KEV catalogue, and the
//! packages of an inventory. Out: the bytes of a database file ([`Builder`]), and the [`seawall_findings::Finding`]s
//! that apply to packages ([`Database::find`]). The crate opens one file (the database) and knows nothing of images,
//! networks or clocks.

pub mod artifact;
mod build;
mod cvss_score;
mod data;
mod database;
mod delta;
mod error;
mod find;
mod format;
mod known;
mod name;
mod osv;
mod range;
mod status;
mod version;
mod view;

pub use build::{Added, Builder};
pub use database::Database;
pub use delta::{apply, changed, diff};
pub use error::AdvisoriesError;
pub use known::known;
pub use version::{Scheme, compare};
