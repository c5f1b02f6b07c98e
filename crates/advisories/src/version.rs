//! Version order per ecosystem. A new ecosystem is one file below and one line in [`SCHEMES`].

mod apk;
mod dotted;
mod dpkg;
mod loose;
mod maven;
mod nuget;
mod packagist;
mod pub_dev;
mod pypi;
mod rpm;
mod rubygems;
mod semver;

use std::cmp::Ordering;

use seawall_findings::PackageType;

/// How versions of an ecosystem are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `deb-version(7)`: Debian, Ubuntu.
    Dpkg,
    /// apk-tools: Alpine, Wolfi, Chainguard.
    Apk,
    /// semver.org 2.0, read as leniently as node-semver does: npm, and others that keep to SemVer.
    Semver,
    /// PEP 440, and setuptools' older order for what is none: PyPI.
    PyPi,
    /// `Gem::Version`: RubyGems.
    RubyGems,
    /// PHP's `version_compare`, as Composer uses it: Packagist.
    Packagist,
    /// The POM reference's version order: Maven. As in Maven itself it is no total order: a few odd versions form rings.
    Maven,
    /// SemVer with a fourth number and words in any case: NuGet.
    NuGet,
    /// rpm's `rpmvercmp` with epoch and release: every distribution that installs with rpm.
    Rpm,
    /// SemVer whose build counts: Dart.
    Pub,
    /// Lists of numbers: R.
    Cran,
    /// Lists of numbers: Haskell.
    Hackage,
    /// What keeps to no one rule: executables' own version strings, Conan, Conda.
    Loose,
}

/// The part of an OSV ecosystem name before its first colon, and its order.
const SCHEMES: &[(&str, Scheme)] = &[
    ("Debian", Scheme::Dpkg),
    ("Ubuntu", Scheme::Dpkg),
    ("Alpine", Scheme::Apk),
    ("Wolfi", Scheme::Apk),
    ("Chainguard", Scheme::Apk),
    ("npm", Scheme::Semver),
    ("Go", Scheme::Semver),
    ("crates.io", Scheme::Semver),
    ("PyPI", Scheme::PyPi),
    ("RubyGems", Scheme::RubyGems),
    ("Packagist", Scheme::Packagist),
    ("Maven", Scheme::Maven),
    ("NuGet", Scheme::NuGet),
    ("Echo", Scheme::Dpkg),
    ("Alpaquita", Scheme::Apk),
    ("CleanStart", Scheme::Apk),
    ("MinimOS", Scheme::Apk),
    ("AlmaLinux", Scheme::Rpm),
    ("Amazon Linux", Scheme::Rpm),
    ("Azure Linux", Scheme::Rpm),
    ("Mageia", Scheme::Rpm),
    ("openEuler", Scheme::Rpm),
    ("openSUSE", Scheme::Rpm),
    ("Oracle Linux", Scheme::Rpm),
    ("Photon OS", Scheme::Rpm),
    ("Red Hat", Scheme::Rpm),
    ("Rocky Linux", Scheme::Rpm),
    ("SUSE", Scheme::Rpm),
    ("Bioconductor", Scheme::Cran),
    ("Bitnami", Scheme::Loose),
    ("CocoaPods", Scheme::RubyGems),
    ("ConanCenter", Scheme::Loose),
    ("CRAN", Scheme::Cran),
    ("GitHub Actions", Scheme::Semver),
    ("Hackage", Scheme::Hackage),
    ("Hex", Scheme::Semver),
    ("Julia", Scheme::Semver),
    ("Pub", Scheme::Pub),
    ("SwiftURL", Scheme::Semver),
];

impl Scheme {
    /// The order of an OSV ecosystem (`Debian:12`, `npm`); none where Seawall does not know it yet.
    pub fn of_ecosystem(ecosystem: &str) -> Option<Self> {
        let base = ecosystem.split(':').next().unwrap_or(ecosystem);
        SCHEMES.iter().find(|(name, _)| *name == base).map(|(_, scheme)| *scheme)
    }

    /// The order of a kind of package.
    pub fn of_kind(kind: PackageType) -> Self {
        match kind {
            PackageType::Deb => Self::Dpkg,
            PackageType::Apk => Self::Apk,
            PackageType::Npm
            | PackageType::Golang
            | PackageType::Cargo
            | PackageType::Hex
            | PackageType::Swift
            | PackageType::Julia => Self::Semver,
            PackageType::Rpm => Self::Rpm,
            PackageType::Pub => Self::Pub,
            PackageType::Conan | PackageType::Conda | PackageType::Generic => Self::Loose,
            PackageType::PyPi => Self::PyPi,
            PackageType::Gem | PackageType::CocoaPods => Self::RubyGems,
            PackageType::Composer => Self::Packagist,
            PackageType::Maven => Self::Maven,
            PackageType::NuGet => Self::NuGet,
        }
    }

    /// Compares two versions. Every text has a place in the order, so that bad input is never an error.
    pub fn compare(self, a: &str, b: &str) -> Ordering {
        match self {
            Self::Dpkg => dpkg::compare(a, b),
            Self::Apk => apk::compare(a, b),
            Self::Semver => semver::compare(a, b),
            Self::PyPi => pypi::compare(a, b),
            Self::RubyGems => rubygems::compare(a, b),
            Self::Packagist => packagist::compare(a, b),
            Self::Maven => maven::compare(a, b),
            Self::NuGet => nuget::compare(a, b),
            Self::Rpm => rpm::compare(a, b),
            Self::Pub => pub_dev::compare(a, b),
            Self::Cran | Self::Hackage => dotted::compare(a, b),
            Self::Loose => loose::compare(a, b),
        }
    }

    /// Sorts by version, the earlier of equal ones first. Unlike the standard library's sort it has no quarrel with an
    /// order that is not total, which Maven's is.
    pub(crate) fn sort<T>(items: Vec<T>, mut order: impl FnMut(&T, &T) -> Ordering) -> Vec<T> {
        let mut sorted: Vec<T> = Vec::with_capacity(items.len());
        for item in items {
            let at = sorted.partition_point(|other| order(other, &item).is_le());
            sorted.insert(at, item);
        }
        sorted
    }

    /// Whether the text is a version at all, and not a path, an address or a tag in its place
    /// (`file:../x`, `git+ssh://…`): such a package has no place in a range.
    pub fn is_version(self, text: &str) -> bool {
        match self {
            Self::Dpkg | Self::Apk | Self::Rpm | Self::Maven => {
                text.starts_with(|c: char| c.is_ascii_alphanumeric())
            }
            _ => text.trim_start_matches(['v', 'V', '=', ' ']).starts_with(|c: char| c.is_ascii_digit()),
        }
    }
}

/// Compares two versions of one kind of package.
pub fn compare(kind: PackageType, a: &str, b: &str) -> Ordering {
    Scheme::of_kind(kind).compare(a, b)
}

/// Compares digit strings of any length as numbers; an empty one is zero.
fn numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Splits off the leading ASCII digits.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}
