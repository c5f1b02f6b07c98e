//! The words every other crate shares.
//!
//! In: nothing; these are plain values. Out: [`Digest`], [`Subject`], [`Package`], [`Finding`], [`Severity`],
//! [`Report`] and their written forms. This crate knows nothing of where findings come from, and does no I/O.

mod baseline;
mod digest;
mod distribution;
mod finding;
mod fingerprint;
pub mod forms;
mod group;
mod licences;
mod outcome;
mod package;
pub mod places;
mod read;
mod report;
mod risk;
mod sarif;
mod score;
mod severity;
mod subject;
pub mod table;
mod text;
mod upgrade;

pub use digest::{Digest, DigestError};
pub use distribution::Distribution;
pub use finding::{Finding, FindingKind, PackageRef, Position, Status, Suppression};
pub use group::{Group, groups};
pub use licences::licences;
pub use outcome::Outcome;
pub use package::{Found, LayerRef, Location, Package, PackageType};
pub use read::{MAX_REPORT_BYTES, ReadError};
pub use report::{DatabaseInfo, Report, Summary};
pub use risk::risk;
pub use score::{Cvss, Epss, Fraction, Score};
pub use severity::{Severity, UnknownSeverity};
pub use subject::Subject;
pub use upgrade::{Order, Upgrade, upgrades};
