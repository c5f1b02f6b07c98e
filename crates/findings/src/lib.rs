//! The words every other crate shares.
//!
//! In: nothing; these are plain values. Out: [`Digest`], [`Subject`], [`Package`], [`Finding`], [`Severity`],
//! [`Report`] and their written forms. This crate knows nothing of where findings come from, and does no I/O.

mod digest;
mod distribution;
mod finding;
mod fingerprint;
pub mod forms;
mod group;
mod package;
mod read;
mod report;
mod score;
mod severity;
mod subject;
pub mod table;
mod text;

pub use digest::{Digest, DigestError};
pub use distribution::Distribution;
pub use finding::{Finding, FindingKind, PackageRef, Position, Status, Suppression};
pub use group::{Group, groups};
pub use package::{Found, LayerRef, Location, Package, PackageType};
pub use read::{MAX_REPORT_BYTES, ReadError};
pub use report::{DatabaseInfo, Report, Summary};
pub use score::{Cvss, Epss, Fraction, Score};
pub use severity::{Severity, UnknownSeverity};
pub use subject::Subject;
