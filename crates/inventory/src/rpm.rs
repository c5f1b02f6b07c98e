//! rpm's database in its three forms (SQLite, ndb, Berkeley DB), and the list that Azure Linux' distroless images keep.

mod bdb;
mod header;
mod manifest;
mod ndb;
mod sqlite;
mod wal;

pub(crate) use manifest::read as manifest;

use seawall_findings::{Found, Package, PackageType};

use self::header::Header;
use crate::collector::Collector;
use crate::{File, purl};

/// More packages than any system has installed.
const MAX_HEADERS: usize = 200_000;
/// Headers of packages with many thousand files have a few megabytes.
const MAX_HEADER: usize = 32 << 20;

/// Which form a database has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `rpmdb.sqlite`, from rpm 4.16 on.
    Sqlite,
    /// `Packages.db`: SUSE.
    Ndb,
    /// `Packages`: rpm below 4.16.
    Bdb,
}

/// Reads a database. `log` is SQLite's write-ahead log beside it, where there is one.
pub(crate) fn database(file: &File<'_>, form: Form, log: Option<&[u8]>, into: &mut Collector<'_>) {
    let budget = 2 * (file.bytes.len() + log.map_or(0, <[u8]>::len));
    let mut blobs = Blobs { file, into, seen: 0, read: 0, damaged: 0, budget };
    let result = match form {
        Form::Sqlite => sqlite::read(file.bytes, log, &mut |blob| blobs.blob(blob)),
        Form::Ndb => ndb::read(file.bytes, &mut |blob| blobs.blob(blob)),
        Form::Bdb => bdb::read(file.bytes, &mut |blob| blobs.blob(blob)),
    };
    let (seen, read, damaged) = (blobs.seen, blobs.read, blobs.damaged);
    if let Err(what) = result {
        into.problem(file, 0, &format!("a damaged rpm database: {what}; {read} packages could be read"));
    } else if damaged > 0 {
        into.problem(
            file,
            0,
            &format!("{damaged} of the rpm database's {seen} entries are no package headers"),
        );
    }
}

struct Blobs<'f, 'i, 'c> {
    file: &'f File<'f>,
    into: &'i mut Collector<'c>,
    seen: usize,
    read: usize,
    damaged: usize,
    /// Bytes of headers that may still come: those that overlap in a file made to exhaust are met many times.
    budget: usize,
}

impl Blobs<'_, '_, '_> {
    /// One package's header. False: there are too many.
    fn blob(&mut self, blob: &[u8]) -> bool {
        if self.seen >= MAX_HEADERS || self.budget < blob.len() {
            let what = "more packages than an rpm database holds; the rest is left out";
            self.into.problem(self.file, 0, what);
            return false;
        }
        self.budget -= blob.len();
        self.seen += 1;
        let Some(header) = Header::parse(blob) else {
            self.damaged += 1;
            return true;
        };
        let Some(fields) = fields(&header) else {
            self.damaged += 1;
            return true;
        };
        self.read += 1;
        // Keys that somebody trusts, not software.
        if fields.name == "gpg-pubkey" {
            return true;
        }
        let id = self.into.distribution().map_or("", |distribution| distribution.id.as_str());
        if is_distributions(fields.vendor, id) {
            header.files(|path| self.into.ownership.own(path));
        }
        let package = package(&fields, self.file, self.into);
        self.into.push(package);
        true
    }
}

/// What is told of a package.
#[derive(Clone, Copy, Debug, Default)]
struct Fields<'a> {
    name: &'a str,
    epoch: Option<u32>,
    version: &'a str,
    release: &'a str,
    architecture: &'a str,
    source: &'a str,
    licence: &'a str,
    vendor: &'a str,
    module: &'a str,
}

fn fields<'a>(header: &Header<'a>) -> Option<Fields<'a>> {
    let text = |tag| header.text(tag).unwrap_or_default();
    let fields = Fields {
        name: text(header::NAME),
        epoch: header.number(header::EPOCH),
        version: text(header::VERSION),
        release: text(header::RELEASE),
        architecture: text(header::ARCH),
        source: text(header::SOURCE_RPM),
        licence: text(header::LICENCE),
        vendor: text(header::VENDOR),
        module: text(header::MODULARITY_LABEL),
    };
    (!fields.name.is_empty() && !fields.version.is_empty()).then_some(fields)
}

/// Whose packages the distribution's advisories speak of. A vendor of one distribution publishes for others too
/// (Microsoft, Amazon), and a package without a vendor was built at home.
fn is_distributions(vendor: &str, id: &str) -> bool {
    let known: &[&str] = match id {
        "amzn" => &["Amazon"],
        "mariner" | "azurelinux" => &["Microsoft"],
        "photon" => &["VMware", "Broadcom"],
        "sles" | "sle-micro" | "sl-micro" => &["SUSE"],
        id if id.starts_with("opensuse") => &["SUSE"],
        // Red Hat's relatives install each other's packages (EPEL is Fedora's).
        _ => &[
            "Red Hat",
            "Fedora",
            "CentOS",
            "Rocky",
            "AlmaLinux",
            "Oracle America",
            "CloudLinux",
            "Scientific Linux",
            "EuroLinux",
            "openEuler",
        ],
    };
    known.iter().any(|known| vendor.contains(known))
}

fn package(fields: &Fields<'_>, file: &File<'_>, into: &Collector<'_>) -> Package {
    let mut version = fields.version.to_owned();
    if !fields.release.is_empty() {
        version = format!("{version}-{}", fields.release);
    }
    let bare = version.clone();
    // An epoch of zero is none (rpm-version(7)).
    let epoch = fields.epoch.filter(|epoch| *epoch != 0);
    if let Some(epoch) = epoch {
        version = format!("{epoch}:{version}");
    }
    let source = source(fields.source);
    // The source file's name has no epoch, which is that of its packages.
    let source_version = source.as_ref().map(|(_, version)| match epoch {
        Some(epoch) => format!("{epoch}:{version}"),
        None => version.clone(),
    });
    let architecture = Some(fields.architecture).filter(|text| !text.is_empty());
    let purl = purl::rpm(&purl::Rpm {
        name: fields.name,
        version: &bare,
        epoch,
        architecture,
        source: Some(fields.source).filter(|text| !text.is_empty() && *text != "(none)"),
        module: Some(fields.module).filter(|text| !text.is_empty()),
        distribution: into.distribution(),
    });
    Package {
        kind: PackageType::Rpm,
        name: fields.name.to_owned(),
        purl,
        source_name: source.as_ref().map(|(name, _)| (*name).to_owned()).filter(|name| name != fields.name),
        source_version: source_version.filter(|source| *source != version),
        version,
        architecture: architecture.map(str::to_owned),
        licences: Some(fields.licence)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect(),
        location: file.location(),
        found: Found::OsDatabase,
    }
}

/// `openssl-1.1.1k-9.el8_7.src.rpm` → `openssl`, `1.1.1k-9.el8_7`.
pub(crate) fn source(file: &str) -> Option<(&str, String)> {
    let stem = file.strip_suffix(".rpm")?;
    let (stem, _architecture) = stem.rsplit_once('.')?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    (!name.is_empty()).then(|| (name, format!("{version}-{release}")))
}

#[cfg(test)]
mod tests {
    #[test]
    fn vendors() {
        use super::is_distributions;
        assert!(is_distributions("Fedora Project", "rhel") && is_distributions("Red Hat, Inc.", "rhel"));
        assert!(is_distributions("SUSE LLC <https://www.suse.com/>", "sles"));
        assert!(is_distributions("Microsoft Corporation", "azurelinux"));
        assert!(!is_distributions("Microsoft Corporation", "rhel") && !is_distributions("", "rhel"));
    }

    #[test]
    fn sources() {
        let source = |file| super::source(file).map(|(name, version)| format!("{name} {version}"));
        assert_eq!(source("openssl-1.1.1k-9.el8_7.src.rpm").as_deref(), Some("openssl 1.1.1k-9.el8_7"));
        assert_eq!(source("java-17-openjdk-17.0.9-1.nosrc.rpm").as_deref(), Some("java-17-openjdk 17.0.9-1"));
        for file in ["", "(none)", "x.src.rpm", "a-b.src.rpm", "-1-2.src.rpm"] {
            assert_eq!(source(file), None, "{file}");
        }
    }
}
