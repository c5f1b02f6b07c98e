//! One layer: from its compressed bytes to what it does to the files that are asked for.

mod content;
mod decode;
mod merge;
mod path;
mod read;
mod tar;

pub(crate) use content::Content;
pub(crate) use merge::{Found, View};
pub(crate) use read::{Facts, read_layer};
pub(crate) use tar::{Kind, Tar};
