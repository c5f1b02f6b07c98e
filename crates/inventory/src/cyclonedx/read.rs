//! A CycloneDX document as an inventory: Seawall's own, and those of other tools as far as their purls tell.

use seawall_findings::{Distribution, Finding};
use serde::Deserialize;
use serde_json::Value;

use super::{check, licences};
use crate::sbom::{self, property};
use crate::{Inventory, InventoryError, purl};

const MAX_COMPONENTS: usize = 1_000_000;
/// Published versions of the specification.
const VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    component: Option<Component>,
    #[serde(default)]
    properties: Vec<Property>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    purl: String,
    #[serde(default)]
    licenses: Vec<licences::Choice>,
    #[serde(default)]
    properties: Vec<Property>,
    /// Components of components (CycloneDX, `components[].components`).
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Property {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: String,
}

/// Reads CycloneDX JSON 1.2 to 1.7. A document that breaks its specification is refused, with the place. Components of
/// other kinds than this version knows are told in [`problems`](Inventory::problems), by type and number.
pub fn read(bytes: &[u8]) -> Result<Inventory, InventoryError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    read_value(serde_json::from_slice(bytes).map_err(|source| InventoryError::NotCycloneDx { source })?)
}

/// The same of a document that is parsed already.
pub(crate) fn read_value(document: Value) -> Result<Inventory, InventoryError> {
    let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("bomFormat") != "CycloneDX" {
        return Err(InventoryError::OtherFormat { found: text("bomFormat").chars().take(80).collect() });
    }
    let Some(version) = VERSIONS.iter().position(|version| *version == text("specVersion")) else {
        return Err(InventoryError::OtherVersion { found: text("specVersion").chars().take(80).collect() });
    };
    check::document(&document, version as u8 + 2)?;
    let document: Document =
        serde_json::from_value(document).map_err(|source| InventoryError::NotCycloneDx { source })?;
    let mut inventory = Inventory::default();
    for item in document.metadata.properties {
        match item.name.as_str() {
            property::PROBLEM => inventory.problems.push(item.value),
            property::DAMAGED => inventory.damaged.extend(serde_json::from_str::<Finding>(&item.value).ok()),
            _ => {}
        }
    }
    let mut unknown = std::collections::BTreeMap::<String, usize>::new();
    let mut named_by_purl = None;
    let mut pending: Vec<Component> = document.components.into_iter().rev().collect();
    // Some tools nest what an image holds into the image's own component.
    pending.extend(document.metadata.component.into_iter().flat_map(|component| component.components));
    let mut seen = 0;
    while let Some(mut component) = pending.pop() {
        seen += 1;
        if seen > MAX_COMPONENTS {
            return Err(InventoryError::TooManyComponents { limit: MAX_COMPONENTS });
        }
        pending.extend(std::mem::take(&mut component.components).into_iter().rev());
        if component.kind == "operating-system" {
            inventory.distribution.get_or_insert_with(|| distribution(&component));
        } else if let Some(named) = purl::parse(&component.purl) {
            if named_by_purl.is_none() {
                named_by_purl.clone_from(&named.distribution);
            }
            inventory.packages.push(neutral(component).package(named));
        } else if !component.purl.is_empty() {
            let kind =
                component.purl.strip_prefix("pkg:").and_then(|rest| rest.split('/').next()).unwrap_or("?");
            *unknown.entry(kind.chars().take(32).collect()).or_default() += 1;
        }
    }
    if inventory.distribution.is_none() {
        inventory.distribution = named_by_purl.map(|(id, distro)| sbom::from_purl(&id, &distro));
    }
    for (kind, count) in unknown {
        inventory.problems.push(format!(
            "{count} components with purls of type `{kind}` are not matched: the type is not known"
        ));
    }
    Ok(inventory)
}

fn distribution(component: &Component) -> Distribution {
    let pretty_name = if component.description.is_empty() {
        format!("{} {}", component.name, component.version).trim_end().to_owned()
    } else {
        component.description.clone()
    };
    Distribution { id: sbom::family(&component.name), version: component.version.clone(), pretty_name }
}

fn neutral(component: Component) -> sbom::Component {
    sbom::Component {
        licences: licences::read(component.licenses),
        group: component.group,
        name: component.name,
        version: component.version,
        purl: component.purl,
        properties: component.properties.into_iter().map(|item| (item.name, item.value)).collect(),
    }
}
