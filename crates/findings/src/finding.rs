//! One thing wrong with a subject.

use serde::{Deserialize, Serialize};

use crate::{Location, Package, PackageType, Severity};

/// What sort of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingKind {
    /// A published vulnerability of a package.
    Vulnerability,
    /// A setting that weakens the workload.
    Misconfiguration,
    /// A credential in a file.
    Secret,
    /// Something that does not belong into a final image.
    Hygiene,
    /// A licence that the policy does not want.
    Licence,
}

/// One thing wrong with a subject. Every written form is a projection of this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// CVE, GHSA, check id, secret kind: the id people search for.
    pub id: String,
    /// Other names of the same thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Its sort.
    pub kind: FindingKind,
    /// How bad.
    pub severity: Severity,
    /// One line for people.
    pub title: String,
    /// Where: for a package the file that lists it, for a check the file, line and column.
    pub location: Location,
    /// Line and column in `location.path`, both from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The vulnerable package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<PackageRef>,
    /// Versions that no longer have it, lowest first; empty: no fix known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<String>,
    /// Known to be exploited (CISA KEV).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exploited: bool,
    /// When it was published, RFC 3339, where the advisory says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// What to do about it.
    pub remedy: String,
    /// Addresses to read more at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// The advisories or checks that said so (`DEBIAN-CVE-2024-1234`, `GHSA-…`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Set where an exception or VEX statement covers it: it is shown, but does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppression>,
}

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// The part of a package that a finding repeats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRef {
    /// Its kind.
    pub kind: PackageType,
    /// Its name.
    pub name: String,
    /// The installed version.
    pub version: String,
    /// Its package URL.
    pub purl: String,
    /// Source package that the advisory names, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_name: Option<String>,
}

impl From<&Package> for PackageRef {
    fn from(package: &Package) -> Self {
        Self {
            kind: package.kind,
            name: package.name.clone(),
            version: package.version.clone(),
            purl: package.purl.clone(),
            source_name: package.source_name.clone(),
        }
    }
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The policy (and exception) or document that says so.
    pub by: String,
    /// Its reason.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// `YYYY-MM-DD`: the last day it holds, where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}
