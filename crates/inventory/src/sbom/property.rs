//! What neither format has a field for: properties named `seawall:…` in CycloneDX, annotations in SPDX. One list for both
//! and for both directions.

use seawall_findings::{Found, Package};

pub(crate) const ARCHITECTURE: &str = "seawall:architecture";
/// A damaged file's finding, as JSON.
pub(crate) const DAMAGED: &str = "seawall:damaged";
pub(crate) const FOUND: &str = "seawall:found";
pub(crate) const LAYER_BASE: &str = "seawall:layer:base";
pub(crate) const LAYER_CREATED_BY: &str = "seawall:layer:createdBy";
pub(crate) const LAYER_DIFF_ID: &str = "seawall:layer:diffId";
pub(crate) const LAYER_INDEX: &str = "seawall:layer:index";
/// One licence of several, where the format wants a single expression.
pub(crate) const LICENCE: &str = "seawall:licence";
pub(crate) const PATH: &str = "seawall:path";
pub(crate) const PROBLEM: &str = "seawall:problem";
pub(crate) const SOURCE_NAME: &str = "seawall:source:name";
pub(crate) const SOURCE_VERSION: &str = "seawall:source:version";

/// A package's properties, by name.
pub(crate) fn of(package: &Package) -> impl Iterator<Item = (&'static str, String)> {
    let layer = package.location.layer.as_ref();
    let pairs = [
        (ARCHITECTURE, package.architecture.clone()),
        (FOUND, Some(word(package.found).to_owned())),
        (LAYER_BASE, layer.filter(|layer| layer.base).map(|_| "true".to_owned())),
        (LAYER_CREATED_BY, layer.and_then(|layer| layer.created_by.clone())),
        (LAYER_DIFF_ID, layer.map(|layer| layer.diff_id.to_string())),
        (LAYER_INDEX, layer.map(|layer| layer.index.to_string())),
        (PATH, Some(package.location.path.clone())),
        (SOURCE_NAME, package.source_name.clone()),
        (SOURCE_VERSION, package.source_version.clone()),
    ];
    pairs.into_iter().filter_map(|(name, value)| Some((name, value?)))
}

fn word(found: Found) -> &'static str {
    match found {
        Found::OsDatabase => "os-database",
        Found::Lockfile => "lockfile",
        Found::Installed => "installed",
        Found::BuildInfo => "build-info",
        Found::VersionString => "version-string",
        Found::Sbom => "sbom",
    }
}

/// The reverse; what another tool's document does not say is known from the document alone.
pub(crate) fn found(text: Option<&str>) -> Found {
    let all = [Found::OsDatabase, Found::Lockfile, Found::Installed, Found::BuildInfo, Found::VersionString];
    all.into_iter().find(|found| Some(word(*found)) == text).unwrap_or(Found::Sbom)
}
