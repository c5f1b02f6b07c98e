//! An SPDX 2 document as an inventory.

use std::collections::BTreeMap;

use seawall_findings::{Distribution, Finding};
use serde::Deserialize;
use serde_json::Value;

use crate::sbom::{self, property};
use crate::{Inventory, InventoryError, purl};

const MAX_PACKAGES: usize = 1_000_000;

/// The parts of a document that an inventory needs; tag-value is brought into the same form.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    #[serde(default)]
    pub(super) spdx_version: String,
    #[serde(default)]
    pub(super) packages: Vec<Package>,
    #[serde(default)]
    pub(super) annotations: Vec<Annotation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Package {
    #[serde(rename = "SPDXID", default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) version_info: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) source_info: String,
    #[serde(default)]
    pub(super) license_declared: String,
    #[serde(default)]
    pub(super) license_concluded: String,
    #[serde(default)]
    pub(super) primary_package_purpose: String,
    #[serde(default)]
    pub(super) external_refs: Vec<Reference>,
    #[serde(default)]
    pub(super) annotations: Vec<Annotation>,
    #[serde(default)]
    pub(super) attribution_texts: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference {
    #[serde(default)]
    pub(super) reference_type: String,
    #[serde(default)]
    pub(super) reference_locator: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Annotation {
    #[serde(default)]
    pub(super) comment: String,
}

impl Annotation {
    /// `seawall:path=app/x`.
    fn pair(&self) -> Option<(String, String)> {
        let (name, value) = self.comment.split_once('=').filter(|(name, _)| name.starts_with("seawall:"))?;
        Some((name.to_owned(), value.to_owned()))
    }
}

/// Reads SPDX JSON 2.2 and 2.3.
pub fn read(bytes: &[u8]) -> Result<Inventory, InventoryError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let document = serde_json::from_slice(bytes);
    inventory(document.map_err(|error| InventoryError::NotSpdx { why: error.to_string() })?)
}

/// The same of a document that is parsed already.
pub(crate) fn json(document: Value) -> Result<Inventory, InventoryError> {
    let document = serde_json::from_value(document);
    inventory(document.map_err(|error| InventoryError::NotSpdx { why: error.to_string() })?)
}

pub(super) fn inventory(document: Document) -> Result<Inventory, InventoryError> {
    if !matches!(document.spdx_version.as_str(), "SPDX-2.1" | "SPDX-2.2" | "SPDX-2.3") {
        let found: String = document.spdx_version.chars().take(80).collect();
        return Err(InventoryError::NotSpdx { why: format!("its version is `{}`", found.escape_debug()) });
    }
    if document.packages.len() > MAX_PACKAGES {
        return Err(InventoryError::TooManyComponents { limit: MAX_PACKAGES });
    }
    let mut inventory = Inventory::default();
    for (name, value) in document.annotations.iter().filter_map(Annotation::pair) {
        match name.as_str() {
            property::PROBLEM => inventory.problems.push(value),
            property::DAMAGED => inventory.damaged.extend(serde_json::from_str::<Finding>(&value).ok()),
            _ => {}
        }
    }
    let mut unknown = BTreeMap::<String, usize>::new();
    let mut named_by_purl = None;
    for package in document.packages {
        let locator = package.external_refs.iter().find(|reference| reference.reference_type == "purl");
        let locator = locator.map(|reference| reference.reference_locator.clone()).unwrap_or_default();
        if package.primary_package_purpose.eq_ignore_ascii_case("OPERATING-SYSTEM")
            || package.primary_package_purpose.eq_ignore_ascii_case("OPERATING_SYSTEM")
            || package.id.starts_with("SPDXRef-OperatingSystem")
        {
            inventory.distribution.get_or_insert_with(|| distribution(&package));
        } else if let Some(named) = purl::parse(&locator) {
            if named_by_purl.is_none() {
                named_by_purl.clone_from(&named.distribution);
            }
            inventory.packages.push(neutral(package, locator).package(named));
        } else if let Some(rest) = locator.strip_prefix("pkg:") {
            let kind = rest.split('/').next().unwrap_or("?");
            // The image that the document is about.
            if kind != "oci" && kind != "docker" {
                *unknown.entry(kind.chars().take(32).collect()).or_default() += 1;
            }
        }
    }
    if inventory.distribution.is_none() {
        inventory.distribution = named_by_purl.map(|(id, distro)| sbom::from_purl(&id, &distro));
    }
    for (kind, count) in unknown {
        inventory.problems.push(format!(
            "{count} packages with purls of type `{kind}` are not matched: the type is not known"
        ));
    }
    Ok(inventory)
}

fn distribution(package: &Package) -> Distribution {
    let version = package.version_info.clone();
    let pretty_name = if package.description.is_empty() {
        format!("{} {version}", package.name).trim_end().to_owned()
    } else {
        package.description.clone()
    };
    Distribution { id: sbom::family(&package.name), version, pretty_name }
}

fn neutral(package: Package, purl: String) -> sbom::Component {
    let mut properties: Vec<(String, String)> =
        package.annotations.iter().filter_map(Annotation::pair).collect();
    // Trivy's words.
    if let Some(path) = package.source_info.strip_prefix("package found in: ") {
        properties.push((property::PATH.to_owned(), path.to_owned()));
    }
    let built =
        package.source_info.strip_prefix("built package from: ").and_then(|rest| rest.split_once(' '));
    if let Some((name, version)) = built {
        properties.push((property::SOURCE_NAME.to_owned(), name.to_owned()));
        properties.push((property::SOURCE_VERSION.to_owned(), version.to_owned()));
    }
    let texts =
        package.annotations.iter().map(|annotation| &annotation.comment).chain(&package.attribution_texts);
    for text in texts {
        if let Some(digest) = text.strip_prefix("LayerDiffID: ") {
            properties.push((property::LAYER_DIFF_ID.to_owned(), digest.to_owned()));
        }
    }
    let several: Vec<String> = properties
        .iter()
        .filter(|(name, _)| name == property::LICENCE)
        .map(|(_, value)| value.clone())
        .collect();
    let licence = [&package.license_declared, &package.license_concluded]
        .into_iter()
        .find(|text| !matches!(text.as_str(), "" | "NOASSERTION" | "NONE"));
    sbom::Component {
        group: String::new(),
        name: package.name,
        version: package.version_info,
        purl,
        licences: if several.is_empty() { licence.cloned().into_iter().collect() } else { several },
        properties,
    }
}
