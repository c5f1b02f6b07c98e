//! Image references, registries, layouts and archives, and their layers as one merged file view.
//!
//! In: a [`Source`] (a [`Reference`] in a [`Registry`], an OCI layout folder, an OCI or Docker archive), a [`Platform`], and
//! a [`Selector`] of file paths. Out: an [`Image`] with its digests and configuration, and the selected files of the merged
//! view as [`LayerFile`]s, each with the layer it comes from. Everything is verified against its digest; nothing of an
//! image is written to disk, save the selected files in an optional [`Cache`]. [`assemble`] makes images of tar layers.

pub mod assemble;
mod cache;
mod config;
mod error;
mod files;
mod hash;
mod image;
mod layer;
mod limits;
pub mod manifest;
mod platform;
mod reference;
mod registry;
mod source;

pub use cache::Cache;
pub use config::{Config, History};
pub use error::ImageError;
pub use files::{LayerFile, Selector};
pub use hash::digest_of;
pub use image::{Image, Layer};
pub use limits::Limits;
pub use manifest::{Descriptor, Index, Manifest};
pub use platform::Platform;
pub use reference::Reference;
pub use registry::{Credential, Registry, RegistryOptions};
pub use source::Source;
