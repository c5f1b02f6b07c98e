//! Packages found in files: operating system package databases and language packages.
//!
//! In: the files that [`wants`] selects by path, as bytes, each with the layer that put it there ([`File`]). Out: one
//! [`Inventory`] of packages with exact purls ([`read()`]), and its written form, CycloneDX 1.6 ([`cyclonedx`]), both
//! ways. One broken file never loses the others: what could not be read is told in words ([`Inventory::problems`]).
//! This crate knows nothing of images, layers' transport or advisories, and does no I/O.

mod apk;
mod cargo;
pub mod cyclonedx;
mod dotnet;
mod dpkg;
mod error;
mod file;
mod golang;
mod inventory;
mod java;
mod language;
mod npm;
mod os_release;
mod ownership;
mod paragraphs;
mod php;
pub mod purl;
mod python;
mod ruby;
mod select;
mod xml;

pub use error::InventoryError;
pub use file::File;
pub use inventory::{Inventory, read};
pub use select::wants;
