//! The parts of an OSV 1.7 record that Seawall uses (<https://ossf.github.io/osv-schema/>).

use serde::Deserialize;
use serde_json::Value;

/// One record. Unknown fields are left out, as the schema asks of readers.
#[derive(Debug, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) modified: String,
    #[serde(default)]
    pub(crate) published: Option<String>,
    #[serde(default)]
    pub(crate) withdrawn: Option<String>,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) upstream: Vec<String>,
    #[serde(default)]
    pub(crate) related: Vec<String>,
    #[serde(default)]
    pub(crate) summary: Option<String>,
    #[serde(default)]
    pub(crate) details: Option<String>,
    #[serde(default)]
    pub(crate) severity: Vec<Score>,
    #[serde(default)]
    pub(crate) affected: Vec<Affected>,
    #[serde(default)]
    pub(crate) references: Vec<Reference>,
    #[serde(default)]
    pub(crate) database_specific: Option<Value>,
}

/// One entry of `severity`: a CVSS vector, or a word where the type is a distribution's.
#[derive(Debug, Deserialize)]
pub(crate) struct Score {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) score: String,
}

/// One entry of `references`.
#[derive(Debug, Deserialize)]
pub(crate) struct Reference {
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    pub(crate) url: String,
}

/// One entry of `affected`.
#[derive(Debug, Deserialize)]
pub(crate) struct Affected {
    /// Absent where only Git ranges are given.
    #[serde(default)]
    pub(crate) package: Option<PackageName>,
    #[serde(default)]
    pub(crate) severity: Vec<Score>,
    #[serde(default)]
    pub(crate) ranges: Vec<Range>,
    #[serde(default)]
    pub(crate) versions: Vec<String>,
    #[serde(default)]
    pub(crate) ecosystem_specific: Option<Value>,
    #[serde(default)]
    pub(crate) database_specific: Option<Value>,
}

/// A package as advisories name it.
#[derive(Debug, Deserialize)]
pub(crate) struct PackageName {
    pub(crate) ecosystem: String,
    pub(crate) name: String,
}

/// One range: `SEMVER`, `ECOSYSTEM` or `GIT`.
#[derive(Debug, Deserialize)]
pub(crate) struct Range {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) events: Vec<EventText>,
}

/// One event: an object with one of these keys.
#[derive(Debug, Deserialize)]
pub(crate) struct EventText {
    #[serde(default)]
    pub(crate) introduced: Option<String>,
    #[serde(default)]
    pub(crate) fixed: Option<String>,
    #[serde(default)]
    pub(crate) last_affected: Option<String>,
    #[serde(default)]
    pub(crate) limit: Option<String>,
}
