//! An inventory as a CycloneDX 1.6 document.

use std::collections::HashSet;

use seawall_findings::{Package, PackageType, Subject};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::licences;
use crate::sbom::property;
use crate::{Inventory, purl};

/// The namespace of serial numbers (RFC 9562, name-based version 5): made from the name `seawall.dev` in the DNS
/// namespace.
const NAMESPACE: &[u8] = b"seawall.dev";

/// The document. `timestamp` is RFC 3339; an empty one is left out, and then the same inventory gives the same bytes.
pub fn write(subject: &Subject, inventory: &Inventory, timestamp: &str) -> Value {
    let mut metadata = Map::new();
    if !timestamp.is_empty() {
        metadata.insert("timestamp".to_owned(), json!(timestamp));
    }
    let tool = json!({ "type": "application", "name": "seawall", "version": env!("CARGO_PKG_VERSION") });
    metadata.insert("tools".to_owned(), json!({ "components": [tool] }));
    metadata.insert("component".to_owned(), subject_component(subject));
    // Plain texts and numbers always serialise.
    let damaged = inventory.damaged.iter().filter_map(|finding| serde_json::to_string(finding).ok());
    let damaged = damaged.map(|text| json!({ "name": property::DAMAGED, "value": text }));
    let problems = inventory.problems.iter().map(|text| json!({ "name": property::PROBLEM, "value": text }));
    let properties: Vec<Value> = damaged.chain(problems).collect();
    if !properties.is_empty() {
        metadata.insert("properties".to_owned(), Value::Array(properties));
    }

    let mut components = Vec::with_capacity(inventory.packages.len() + 1);
    if let Some(distribution) = &inventory.distribution {
        let mut component = json!({
            "bom-ref": format!("os:{}", distribution.id),
            "type": "operating-system",
            "name": distribution.id,
            "description": distribution.pretty_name,
        });
        if !distribution.version.is_empty() {
            component["version"] = json!(distribution.version);
        }
        components.push(component);
    }
    let mut references = HashSet::new();
    components.extend(inventory.packages.iter().map(|package| component(package, &mut references)));

    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": metadata,
        "components": components,
    });
    // The serial number names this content: it is made before it is part of it.
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_DNS, NAMESPACE);
    let serial = Uuid::new_v5(&namespace, document.to_string().as_bytes());
    document["serialNumber"] = json!(serial.urn().to_string());
    document
}

fn subject_component(subject: &Subject) -> Value {
    match subject {
        Subject::Image { reference, digest, platform, .. } => {
            let (repository, tag) = split_reference(reference);
            let architecture = platform.as_deref().and_then(|platform| platform.split('/').nth(1));
            let purl = purl::oci(repository, digest.as_str(), architecture, tag);
            json!({ "bom-ref": purl, "type": "container", "name": reference, "version": digest, "purl": purl })
        }
        Subject::Directory { path } | Subject::Manifest { path } | Subject::Sbom { path } => {
            json!({ "bom-ref": format!("file:{path}"), "type": "application", "name": path })
        }
        Subject::Repository { url, commit } => {
            json!({ "bom-ref": format!("git:{url}@{commit}"), "type": "application", "name": url, "version": commit })
        }
        Subject::Workload { namespace, kind, name } => {
            let name = format!("{kind} {namespace}/{name}");
            json!({ "bom-ref": format!("workload:{name}"), "type": "application", "name": name })
        }
    }
}

/// `registry.example.com:5000/shop:1.0@sha256:…` → repository and tag.
pub(crate) fn split_reference(reference: &str) -> (&str, Option<&str>) {
    let reference = reference.split('@').next().unwrap_or(reference);
    match reference.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (reference, None),
    }
}

fn component(package: &Package, references: &mut HashSet<String>) -> Value {
    let mut fields = Map::new();
    // One purl can stand in several folders of an image; a bom-ref must be unique.
    let mut reference = package.purl.clone();
    let mut copy = 1;
    while !references.insert(reference.clone()) {
        copy += 1;
        reference = format!("{}#{copy}:{}", package.purl, package.location.path);
    }
    fields.insert("bom-ref".to_owned(), json!(reference));
    fields.insert("type".to_owned(), json!("library"));
    let parts = match package.kind {
        PackageType::Npm | PackageType::Composer => package.name.split_once('/'),
        PackageType::Maven => package.name.split_once(':'),
        _ => None,
    };
    match parts {
        Some((group, name)) => {
            fields.insert("group".to_owned(), json!(group));
            fields.insert("name".to_owned(), json!(name));
        }
        None => {
            fields.insert("name".to_owned(), json!(package.name));
        }
    }
    fields.insert("version".to_owned(), json!(package.version));
    if let Some(licences) = licences::write(&package.licences) {
        fields.insert("licenses".to_owned(), licences);
    }
    fields.insert("purl".to_owned(), json!(package.purl));
    fields.insert("properties".to_owned(), properties(package));
    Value::Object(fields)
}

fn properties(package: &Package) -> Value {
    property::of(package).map(|(name, value)| json!({ "name": name, "value": value })).collect()
}
