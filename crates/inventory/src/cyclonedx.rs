//! CycloneDX, the written form of an inventory (<https://cyclonedx.org/docs/1.6/json/>).
//!
//! The same inventory gives the same bytes: components are in the inventory's order, and the serial number is made of
//! the content. What CycloneDX has no field for is a property named `seawall:…`, so that [`read()`] gives back the
//! inventory that [`write`] took, and a stored document can be matched again without its image.

mod licences;
mod read;
mod write;

pub use read::read;
pub use write::write;

/// Property names, in one place for both directions.
mod property {
    pub(super) const ARCHITECTURE: &str = "seawall:architecture";
    pub(super) const FOUND: &str = "seawall:found";
    pub(super) const LAYER_CREATED_BY: &str = "seawall:layer:createdBy";
    pub(super) const LAYER_DIFF_ID: &str = "seawall:layer:diffId";
    pub(super) const LAYER_INDEX: &str = "seawall:layer:index";
    pub(super) const PATH: &str = "seawall:path";
    pub(super) const PROBLEM: &str = "seawall:problem";
    pub(super) const SOURCE_NAME: &str = "seawall:source:name";
    pub(super) const SOURCE_VERSION: &str = "seawall:source:version";
}
