//! Bottlerocket's list of what its images are made of: `application-inventory.json`. The system has no rpm database.

use seawall_findings::{Found, Package, PackageType};
use serde::Deserialize;

use crate::collector::Collector;
use crate::{File, language, purl};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    #[serde(default)]
    content: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    name: String,
    version: String,
    #[serde(default)]
    release: String,
    #[serde(default)]
    epoch: String,
    #[serde(default)]
    architecture: String,
}

pub(crate) fn read(file: &File<'_>, into: &mut Collector<'_>) {
    let Some(content) = language::json::<Content>(file, "Bottlerocket's list of packages", into) else {
        return;
    };
    for entry in content.content {
        let bare = if entry.release.is_empty() {
            entry.version.clone()
        } else {
            format!("{}-{}", entry.version, entry.release)
        };
        let epoch: Option<u32> = entry.epoch.parse().ok().filter(|epoch| *epoch != 0);
        let architecture = Some(entry.architecture).filter(|text| !text.is_empty());
        let purl = purl::rpm(&purl::Rpm {
            name: &entry.name,
            version: &bare,
            epoch,
            architecture: architecture.as_deref(),
            source: None,
            module: None,
            distribution: into.distribution(),
        });
        into.push(Package {
            kind: PackageType::Rpm,
            name: entry.name,
            version: epoch.map_or(bare.clone(), |epoch| format!("{epoch}:{bare}")),
            purl,
            source_name: None,
            source_version: None,
            architecture,
            licences: Vec::new(),
            location: file.location(),
            found: Found::OsDatabase,
        });
    }
}
