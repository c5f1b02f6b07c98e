//! One layer: from its compressed bytes to its structure and to what the readers found in it; and layers laid over one another.

mod decode;
mod linked;
mod merge;
mod path;
mod pool;
mod read;
mod records;
mod structure;
mod tar;
mod walk;

pub(crate) use linked::{Hidden, Linked, hidden};
pub(crate) use merge::{Leads, View};
pub(crate) use pool::Pool;
pub(crate) use read::{Facts, read_layer};
pub(crate) use records::{Records, field, number};
pub(crate) use structure::{Structure, put_field, put_number};
pub(crate) use tar::{Kind, Tar};
