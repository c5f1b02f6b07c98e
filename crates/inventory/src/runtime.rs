//! Runtimes that are unpacked from an archive, and say their version in a file of their own: Java, Go, Python.

use seawall_findings::{Found, PackageType};

use crate::File;
use crate::collector::Collector;
use crate::language::Item;

/// Bytes that are looked at: the files have a few kilobytes.
const HEAD: usize = 64 << 10;

fn text<'a>(file: &File<'a>) -> std::borrow::Cow<'a, str> {
    String::from_utf8_lossy(file.bytes.get(..file.bytes.len().min(HEAD)).unwrap_or_default())
}

fn tell(file: &File<'_>, into: &mut Collector<'_>, kind: PackageType, name: &str, version: &str) {
    into.language(file, Item { found: Found::VersionString, ..Item::installed(kind, name, version) });
}

/// A Java runtime's `release`: `JAVA_VERSION="17.0.9"`, and who made it. Other files of that name say no such thing.
pub(crate) fn java(file: &File<'_>, into: &mut Collector<'_>) {
    let text = text(file);
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        Some(line.trim().trim_matches('"')).filter(|value| !value.is_empty())
    };
    let Some(version) = field("JAVA_VERSION") else { return };
    let maker = field("IMPLEMENTOR").unwrap_or_default().to_ascii_lowercase();
    let name = if maker.contains("oracle") && field("BUILD_TYPE") == Some("commercial") {
        "oracle-jdk"
    } else if maker.contains("graalvm") || field("GRAALVM_VERSION").is_some() {
        "graalvm"
    } else {
        "openjdk"
    };
    tell(file, into, PackageType::Generic, name, version);
}

/// A Go toolchain's `VERSION`: `go1.21.5`. Advisories name it `toolchain`; its library is told by every program it made.
pub(crate) fn golang(file: &File<'_>, into: &mut Collector<'_>) {
    let text = text(file);
    let first = text.lines().next().unwrap_or_default().trim();
    if let Some(version) =
        first.strip_prefix("go").filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))
    {
        tell(file, into, PackageType::Golang, "toolchain", version);
    }
}

/// Python's `patchlevel.h`: `#define PY_VERSION "3.12.1"`.
pub(crate) fn python(file: &File<'_>, into: &mut Collector<'_>) {
    let text = text(file);
    let line = text.lines().find_map(|line| line.trim().strip_prefix("#define PY_VERSION"));
    if let Some(version) = line.filter(|rest| rest.starts_with([' ', '\t'])) {
        tell(
            file,
            into,
            PackageType::Generic,
            "python",
            version.trim().trim_matches('"').trim_end_matches('+'),
        );
    }
}
