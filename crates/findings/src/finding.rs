//! One thing wrong with a subject.

use serde::{Deserialize, Serialize};

use crate::{Cvss, Epss, Location, Package, PackageType, Severity};

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
    /// A file that is listed by its name and cannot be read: what it holds is not known.
    Damaged,
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
    /// What the advisory's publisher says of a fix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// CVSS vectors with their base scores, the newest version of the standard first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cvss: Vec<Cvss>,
    /// How likely it is exploited within 30 days (FIRST's EPSS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<Epss>,
    /// 0 to 100: what to look at first. `docs/risk.md` says how it is computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<u8>,
    /// What was seen, in one line: the configuration, the masked secret. Never a secret itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
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

impl Finding {
    /// A finding with its four necessary words; the rest is empty, to be filled by `..Finding::new(…)`.
    pub fn new(
        kind: FindingKind,
        id: impl Into<String>,
        severity: Severity,
        title: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            aliases: Vec::new(),
            kind,
            severity,
            title: title.into(),
            location: Location::default(),
            position: None,
            package: None,
            fixed: Vec::new(),
            exploited: false,
            status: None,
            cvss: Vec::new(),
            epss: None,
            risk: None,
            evidence: None,
            published: None,
            remedy: String::new(),
            references: Vec::new(),
            sources: Vec::new(),
            suppressed: None,
        }
    }
}

impl Finding {
    /// Whether it came with the base image, where that is known.
    pub fn is_of_base(&self) -> bool {
        self.location.layer.as_ref().is_some_and(|layer| layer.base)
    }
}

/// What a publisher says of a vulnerability in its package (the words of trivy's `status` and of Debian's tracker).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// No fix is known.
    Affected,
    /// A fixed version is published.
    Fixed,
    /// It is being looked at.
    UnderInvestigation,
    /// The publisher will not fix it.
    WillNotFix,
    /// The publisher may fix it later.
    FixDeferred,
    /// The release gets no fixes any more.
    EndOfLife,
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
