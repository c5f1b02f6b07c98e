//! A package and where it was found.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Digest;

/// The kind of package: the `type` of its purl (package-url spec, "purl types").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PackageType {
    /// Debian and Ubuntu.
    Deb,
    /// Alpine, Wolfi, Chainguard.
    Apk,
    /// npm, yarn, pnpm, bun.
    Npm,
    /// Python: pip, pipenv, poetry, uv.
    PyPi,
    /// Go modules, and Go's standard library (`stdlib`).
    Golang,
    /// Rust crates.
    Cargo,
    /// RubyGems.
    Gem,
    /// PHP: Composer.
    Composer,
    /// Java: the name is `group:artifact`.
    Maven,
    /// .NET.
    NuGet,
    /// RHEL, Fedora, SUSE, Amazon, Azure Linux, Photon …
    Rpm,
    /// Elixir and Erlang.
    Hex,
    /// Dart.
    Pub,
    /// Swift packages.
    Swift,
    /// CocoaPods.
    CocoaPods,
    /// C and C++: Conan.
    Conan,
    /// Conda.
    Conda,
    /// Julia.
    Julia,
    /// Software without a package manager, recognised by its executable.
    Generic,
}

impl PackageType {
    /// The purl type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::Apk => "apk",
            Self::Npm => "npm",
            Self::PyPi => "pypi",
            Self::Golang => "golang",
            Self::Cargo => "cargo",
            Self::Gem => "gem",
            Self::Composer => "composer",
            Self::Maven => "maven",
            Self::NuGet => "nuget",
            Self::Rpm => "rpm",
            Self::Hex => "hex",
            Self::Pub => "pub",
            Self::Swift => "swift",
            Self::CocoaPods => "cocoapods",
            Self::Conan => "conan",
            Self::Conda => "conda",
            Self::Julia => "julia",
            Self::Generic => "generic",
        }
    }

    /// Whether the distribution's own package manager installs it.
    pub fn is_os(self) -> bool {
        matches!(self, Self::Deb | Self::Apk | Self::Rpm)
    }
}

impl fmt::Display for PackageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One package of an inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its kind.
    pub kind: PackageType,
    /// Binary package name (OS) or full name with scope (`@babel/core`).
    pub name: String,
    /// As the package manager writes it, with epoch and revision.
    pub version: String,
    /// <https://github.com/package-url/purl-spec>, with qualifiers.
    pub purl: String,
    /// The source package that advisories name, where it differs (`openssl` of `libssl3`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_name: Option<String>,
    /// The source package's version, where it differs from `version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_version: Option<String>,
    /// `amd64`, `x86_64`, `all` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// Licence expressions as the metadata gives them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licences: Vec<String>,
    /// Where it was found.
    pub location: Location,
    /// How it was found.
    pub found: Found,
}

/// A file, and the layer that put it there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Path in the image or folder, without a leading slash.
    pub path: String,
    /// The layer, where the subject is an image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<LayerRef>,
}

/// A layer of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerRef {
    /// Position, lowest layer first.
    pub index: usize,
    /// Digest of the uncompressed layer.
    pub diff_id: Digest,
    /// The `created_by` of the image's history: the Dockerfile line that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Whether it belongs to the base image, where that is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub base: bool,
}

/// How a package was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// The distribution's package database.
    OsDatabase,
    /// A lockfile: what would be installed.
    Lockfile,
    /// Metadata beside installed files: what is there.
    Installed,
    /// What the compiler recorded in an executable (Go build info, `cargo auditable`).
    BuildInfo,
    /// The version that an executable carries as text.
    VersionString,
    /// An SBOM that was scanned instead of the thing itself.
    Sbom,
}
