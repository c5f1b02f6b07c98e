//! Image references, registries, layouts and archives, and their layers as one merged file view.
//!
//! In: a [`Source`] (a [`Reference`] in a [`Registry`], an OCI layout folder, an OCI or Docker archive, the storage
//! of an engine of this [`Host`]), a [`Platform`], and
//! [`Reader`]s, to whom every file of every layer is offered while it streams by, once; a [`Selector`] is one that keeps
//! files whole by their paths. Out: an [`Image`] with its digests and configuration, and the readers' [`Record`]s of the
//! merged view, each with the layer it comes from ([`Image::read`], [`Image::files`]). Everything is verified against its
//! digest; nothing of an image is written to disk, save records in an optional [`Cache`] and large files, one at a time, in an
//! unnamed temporary file while they are read. [`assemble`] makes images of tar layers.

pub mod assemble;
mod base;
mod cache;
mod config;
mod error;
mod files;
mod folder;
mod hash;
mod image;
mod layer;
mod limits;
pub mod manifest;
mod platform;
mod reader;
mod readings;
mod reference;
mod registry;
mod source;

pub use cache::Cache;
pub use config::{Config, History};
pub use error::ImageError;
pub use files::{LayerFile, Selector};
pub use folder::{Offer, read_folder};
pub use hash::digest_of;
pub use image::{Image, Layer};
pub use limits::Limits;
pub use manifest::{Descriptor, Index, Manifest};
pub use platform::Platform;
pub use reader::{Content, Entry, EntryKind, HEAD, ReadSeek, Reader, Reading, Record, Scope, Want};
pub use reference::Reference;
pub use registry::{Credential, Registry, RegistryOptions};
pub use source::{Engine, Host, Source};
