//! Java: archives (jar, war, ear), `pom.xml`, Gradle's and sbt's lockfiles. Names are `group:artifact`.

mod archive;
mod group;
mod manifest;
mod pom;
mod sbt;

pub(crate) use archive::archive;
pub(crate) use pom::pom;
pub(crate) use sbt::sbt;

use seawall_findings::PackageType;

use crate::File;
use crate::collector::Collector;
use crate::language::{self, Item};

/// `gradle.lockfile`: `group:artifact:version=configuration,…`; what only test configurations need is left out.
pub(crate) fn gradle(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(text) = language::text(file, "a Gradle lockfile", into) else { return };
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((coordinates, configurations)) = line.split_once('=') else { continue };
        let is_test = |name: &str| name.trim().to_ascii_lowercase().contains("test");
        if configurations.split(',').all(is_test) {
            continue;
        }
        if let Some((name, version)) = coordinates.rsplit_once(':')
            && name.contains(':')
        {
            into.language(file, Item::locked(PackageType::Maven, name, version));
        }
    }
}
