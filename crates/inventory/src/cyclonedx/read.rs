//! A CycloneDX document as an inventory: Seawall's own, and those of other tools as far as their purls tell.

use seawall_findings::{Distribution, Found, LayerRef, Location, Package, PackageType};
use serde::Deserialize;
use serde_json::Value;

use super::{licences, property};
use crate::{Inventory, InventoryError, purl};

const MAX_COMPONENTS: usize = 1_000_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    bom_format: String,
    #[serde(default)]
    spec_version: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Default, Deserialize)]
struct Metadata {
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
    licenses: Value,
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

/// Reads CycloneDX JSON 1.2 to 1.7. Components of other kinds than this version knows are told in
/// [`problems`](Inventory::problems), by type and number.
pub fn read(bytes: &[u8]) -> Result<Inventory, InventoryError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let document: Document =
        serde_json::from_slice(bytes).map_err(|source| InventoryError::NotCycloneDx { source })?;
    if document.bom_format != "CycloneDX" {
        return Err(InventoryError::OtherFormat { found: document.bom_format });
    }
    if !["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"].contains(&document.spec_version.as_str()) {
        return Err(InventoryError::OtherVersion { found: document.spec_version });
    }
    let mut inventory = Inventory::default();
    let problems = document.metadata.properties.into_iter().filter(|item| item.name == property::PROBLEM);
    inventory.problems = problems.map(|item| item.value).collect();
    let mut unknown = std::collections::BTreeMap::<String, usize>::new();
    let mut named_by_purl = None;
    let mut pending: Vec<Component> = document.components.into_iter().rev().collect();
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
            inventory.packages.push(package(&component, named));
        } else if !component.purl.is_empty() {
            let kind =
                component.purl.strip_prefix("pkg:").and_then(|rest| rest.split('/').next()).unwrap_or("?");
            *unknown.entry(kind.chars().take(32).collect()).or_default() += 1;
        }
    }
    if inventory.distribution.is_none() {
        inventory.distribution = named_by_purl.map(|(id, distro)| from_purl(id, &distro));
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
    Distribution { id: component.name.to_lowercase(), version: component.version.clone(), pretty_name }
}

/// `debian-12` of the `distro` qualifier, or Trivy's bare `3.19.1` for Alpine.
fn from_purl(id: String, distro: &str) -> Distribution {
    let version =
        distro.strip_prefix(&id).map_or(distro, |rest| rest.strip_prefix('-').unwrap_or(rest)).to_owned();
    let pretty_name = format!("{id} {version}").trim_end().to_owned();
    Distribution { id, version, pretty_name }
}

fn package(component: &Component, named: purl::Named) -> Package {
    let property = |name: &str| {
        component
            .properties
            .iter()
            .find(|item| item.name == name)
            .map(|item| item.value.clone())
            .filter(|v| !v.is_empty())
    };
    let (upstream_name, upstream_version) =
        match named.upstream.as_deref().map(|text| text.split_once('@').unwrap_or((text, ""))) {
            Some((name, version)) => {
                (Some(name.to_owned()), Some(version.to_owned()).filter(|v| !v.is_empty()))
            }
            None => (None, None),
        };
    let layer =
        property(property::LAYER_DIFF_ID).and_then(|text| text.parse().ok()).map(|diff_id| LayerRef {
            index: property(property::LAYER_INDEX).and_then(|text| text.parse().ok()).unwrap_or_default(),
            diff_id,
            created_by: property(property::LAYER_CREATED_BY),
            base: false,
        });
    // The component's own fields keep what a purl's normal form loses (capital letters of old npm names).
    let name = match (component.group.as_str(), component.name.as_str()) {
        (_, "") => named.name,
        (group, name) if !group.is_empty() && named.kind == PackageType::Maven => format!("{group}:{name}"),
        (group, name) if !group.is_empty() && !named.kind.is_os() && !name.contains('/') => {
            format!("{group}/{name}")
        }
        (_, name) => name.to_owned(),
    };
    let version = if named.version.is_empty() { component.version.clone() } else { named.version };
    let found = match property(property::FOUND).as_deref() {
        Some("lockfile") => Found::Lockfile,
        Some("installed") => Found::Installed,
        Some("build-info") => Found::BuildInfo,
        Some("version-string") => Found::VersionString,
        Some("sbom") => Found::Sbom,
        Some("os-database") => Found::OsDatabase,
        _ if named.kind.is_os() => Found::OsDatabase,
        _ => Found::Installed,
    };
    let source_name = property(property::SOURCE_NAME)
        .or_else(|| property("aquasecurity:trivy:SrcName"))
        .or(upstream_name)
        .filter(|source| *source != name);
    let source_version =
        property(property::SOURCE_VERSION).or_else(|| trivy_source_version(&property)).or(upstream_version);
    Package {
        kind: named.kind,
        purl: component.purl.clone(),
        source_name,
        source_version: source_version.filter(|source| *source != version),
        name,
        version,
        architecture: property(property::ARCHITECTURE).or(named.architecture),
        licences: licences::read(&component.licenses),
        location: Location {
            path: property(property::PATH)
                .or_else(|| property("aquasecurity:trivy:FilePath"))
                .unwrap_or_default(),
            layer,
        },
        found,
    }
}

/// Trivy splits the source's version into three properties.
fn trivy_source_version(property: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut version = property("aquasecurity:trivy:SrcVersion")?;
    if let Some(release) = property("aquasecurity:trivy:SrcRelease") {
        version = format!("{version}-{release}");
    }
    if let Some(epoch) = property("aquasecurity:trivy:SrcEpoch").filter(|epoch| epoch != "0") {
        version = format!("{epoch}:{version}");
    }
    Some(version)
}
