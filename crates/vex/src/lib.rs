//! VEX: what somebody says of a vulnerability in a product, and what follows for a report.
//!
//! In: documents in the forms of OpenVEX 0.2, CycloneDX 1.4 to 1.7 (JSON) and CSAF 2.0 and 2.1 ([`read()`]), and a
//! [`seawall_findings::Report`]. Out: the report with findings suppressed or their status set ([`apply()`]), and an OpenVEX
//! document of what a report's policies except ([`openvex()`]). No network, no clock, no files; whether a document comes
//! from somebody who may say so is the caller's to know.

mod apply;
mod csaf;
mod cyclonedx;
mod document;
mod error;
mod matching;
mod openvex;
mod read;
mod write;

pub use apply::{Applied, apply};
pub use document::{Document, Format, Product, Statement, Verdict};
pub use error::VexError;
pub use read::read;
pub use write::{Claim, Origin, openvex};
