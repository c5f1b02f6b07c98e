//! SPDX 2.3, a written form of an inventory (<https://spdx.github.io/spdx-spec/v2.3/>): JSON and tag-value, both ways.
//!
//! The same inventory and time give the same bytes. What SPDX has no field for is an annotation `seawall:…=value`, so that
//! a document that [`write`] made gives the same inventory back.

mod read;
mod tag_value;
mod write;

pub(crate) use read::json as read_json;
pub use read::read;
pub use tag_value::{read as read_tag_value, write as write_tag_value};
pub use write::write;
