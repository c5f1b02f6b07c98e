//! CycloneDX, a written form of an inventory (<https://cyclonedx.org/docs/1.6/json/>).
//!
//! The same inventory gives the same bytes: components are in the inventory's order, and the serial number is made of
//! the content. What CycloneDX has no field for is a property named `seawall:…`, so that [`read()`] gives back the
//! inventory that [`write`] took, and a stored document can be matched again without its image.

mod check;
mod licences;
mod read;
mod shapes;
mod write;
mod xml;

pub use read::read;
pub(crate) use read::read_value;
pub(crate) use write::split_reference;
pub use write::write;
pub use xml::read as read_xml;
