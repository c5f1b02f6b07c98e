//! Packages found in files: operating system package databases, language packages, programs.
//!
//! In: the files that [`wants`] selects by path and [`wants_executable`] by their first bytes, each with the layer that put
//! it there ([`File`]), as they are or as the few bytes that [`distil`] makes of them. Out: one [`Inventory`] of packages
//! with exact purls ([`read()`]), and its written forms, CycloneDX and SPDX, both ways ([`cyclonedx`], [`spdx`], [`sbom::read`]). One broken file never loses the others: what could not be read is told in words
//! ([`Inventory::problems`]) and as findings ([`Inventory::damaged`]). This crate knows nothing of images, layers' transport
//! or advisories, and does no I/O.

mod apk;
mod bottlerocket;
mod cargo;
mod collector;
mod conan;
mod conda;
pub mod cyclonedx;
mod dart;
mod dotnet;
mod dpkg;
mod elixir;
mod error;
mod executable;
mod facts;
mod file;
mod golang;
mod inventory;
mod java;
mod julia;
mod language;
mod npm;
mod os_release;
mod ownership;
mod paragraphs;
mod php;
pub mod purl;
mod python;
mod rpm;
mod ruby;
mod runtime;
pub mod sbom;
mod select;
pub mod spdx;
mod swift;
mod xml;

pub use error::InventoryError;
pub use executable::wants_executable;
pub use facts::distil;
pub use file::File;
pub use inventory::{Inventory, read};
pub use select::wants;
