//! Which digests hold which packages: the index over the newest scan of every digest.
//!
//! It repeats what the bodies of `scanned` entries say, so that a new advisory is answered without reading a report, let
//! alone an image. It is no evidence of its own and not part of the chain: a store may drop it and make it again.

use seawall_findings::{Digest, Distribution, Package, Report};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One package at one version, as at least one digest holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPackage {
    /// Its number in this ledger; it counts up and never changes.
    pub id: u64,
    /// The distribution that the image is of, where it is of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
    /// The package. Where it lies differs from image to image, so its location is empty.
    pub package: Package,
}

/// One digest that holds one of the packages asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// [`HeldPackage::id`].
    pub package: u64,
    /// The digest.
    pub digest: Digest,
    /// The name it went by when it was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `seq` of the scan that says so.
    pub seq: u64,
    /// Whether a container of it was ever seen running; its trail says where and when.
    pub ran: bool,
}

/// Distribution and packages of a `scanned` entry's body; none where it holds no report that can be read.
pub(crate) fn inventory(body: &Value) -> Option<(Option<Distribution>, Vec<Package>)> {
    let report: Report = Report::deserialize(body.get("report")?).ok()?;
    let mut packages = report.packages;
    for package in &mut packages {
        package.location = seawall_findings::Location::default();
        package.licences = Vec::new();
    }
    Some((report.distribution, packages))
}
