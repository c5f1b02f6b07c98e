//! dpkg's database: `var/lib/dpkg/status`, and the single paragraphs of distroless images in `status.d`.

use seawall_findings::{Found, Package, PackageType};

use crate::collector::Collector;
use crate::paragraphs::{self, Paragraph};
use crate::{File, ownership, purl};

const FIELDS: [&str; 10] = [
    "Package",
    "Status",
    "Source",
    "Version",
    "Architecture",
    "Maintainer",
    "Vendor",
    "License",
    "Built-Using",
    "Static-Built-Using",
];

pub(crate) fn read(file: &File<'_>, text: &str, into: &mut Collector<'_>) {
    let mut bad_lines = Vec::new();
    paragraphs::split(
        text,
        |key| FIELDS.contains(&key),
        |paragraph| {
            if let Some(package) = package(file, paragraph, into) {
                into.push(package);
            }
        },
        |line| bad_lines.push(line),
    );
    into.bad_lines(file, &bad_lines, "is no `Field: value`");
}

fn package(file: &File<'_>, paragraph: &Paragraph<'_>, into: &mut Collector<'_>) -> Option<Package> {
    // status.d has no Status field: what is listed there is in the image.
    if !paragraph.get("Status").is_none_or(files_are_there) {
        return None;
    }
    let Some(name) = paragraph.get("Package").filter(|name| !name.is_empty()) else {
        if paragraph.fields().next().is_some() {
            into.problem(file, paragraph.line, "a paragraph without a `Package` field");
        }
        return None;
    };
    let Some(version) = paragraph.get("Version").filter(|version| !version.is_empty()) else {
        into.problem(file, paragraph.line, &format!("package {name} has no `Version` field"));
        return None;
    };
    // Debian's packages have neither field; those of packaging tools such as fpm do.
    if paragraph.get("Vendor").or_else(|| paragraph.get("License")).is_some()
        || paragraph.get("Maintainer").is_some_and(ownership::is_vendor)
    {
        into.ownership.is_foreign(name);
    }
    if paragraph.get("Built-Using").or_else(|| paragraph.get("Static-Built-Using")).is_some() {
        into.ownership.is_linked(name);
    }
    let (source_name, source_version) = source(paragraph.get("Source"), name, version);
    let architecture = paragraph.get("Architecture").map(str::to_owned);
    Some(Package {
        kind: PackageType::Deb,
        name: name.to_owned(),
        version: version.to_owned(),
        purl: purl::deb(name, version, architecture.as_deref(), into.distribution()),
        source_name,
        source_version,
        architecture,
        licences: Vec::new(),
        location: file.location(),
        found: Found::OsDatabase,
    })
}

/// Whether the package's files are unpacked: the third word of `Status` (dpkg(1), "Package states"). A package that
/// was removed but keeps its configuration (`config-files`) has no code left that could be vulnerable.
fn files_are_there(status: &str) -> bool {
    match status.split_whitespace().nth(2) {
        Some("not-installed" | "config-files" | "half-installed") => false,
        // An unknown or missing word: rather reported than lost.
        _ => true,
    }
}

/// `Source: name (version)`; both only where they differ from the binary package's.
fn source(field: Option<&str>, name: &str, version: &str) -> (Option<String>, Option<String>) {
    let Some(field) = field else { return (None, None) };
    let (source, rest) = field.split_once(char::is_whitespace).unwrap_or((field, ""));
    let source_version = rest.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).map(str::trim);
    (
        Some(source).filter(|source| !source.is_empty() && *source != name).map(str::to_owned),
        source_version.filter(|text| !text.is_empty() && *text != version).map(str::to_owned),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_states() {
        let source = |field, name, version| {
            let (a, b) = super::source(field, name, version);
            (a.unwrap_or_default(), b.unwrap_or_default())
        };
        assert_eq!(
            source(Some("util-linux (2.38.1-5)"), "bsdutils", "1:2.38.1-5+b1"),
            ("util-linux".into(), "2.38.1-5".into())
        );
        assert_eq!(source(Some("openssl"), "libssl3", "3.0.1"), ("openssl".into(), String::new()));
        assert_eq!(source(Some("tar (1.0)"), "tar", "1.0"), (String::new(), String::new()));
        assert_eq!(source(Some("tar ("), "tar", "1.0"), (String::new(), String::new()));
        assert_eq!(source(None, "tar", "1.0"), (String::new(), String::new()));
        assert!(files_are_there("install ok installed"));
        assert!(files_are_there("hold ok half-configured"));
        assert!(!files_are_there("deinstall ok config-files"));
        assert!(!files_are_there("purge ok not-installed"));
    }
}
