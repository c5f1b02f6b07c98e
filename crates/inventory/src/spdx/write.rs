//! An inventory as an SPDX 2.3 document, with what NTIA's minimum elements ask for: who made it and when, and of every
//! package its name, version, supplier (as far as it is known), unique id and relationship.

use std::collections::{BTreeMap, HashSet};

use seawall_findings::{Package, PackageType, Subject};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::cyclonedx::split_reference;
use crate::sbom::property;
use crate::{Inventory, purl};

/// As [`crate::cyclonedx`] makes serial numbers: the name `seawall.dev` in the DNS namespace.
const NAMESPACE: &[u8] = b"seawall.dev";
const SUBJECT: &str = "SPDXRef-Subject";
/// SPDX wants a time; without one the same inventory gives the same bytes.
const NO_TIME: &str = "1970-01-01T00:00:00Z";

/// The document. `timestamp` is RFC 3339 (SPDX itself keeps whole seconds in UTC: a fraction is cut off); an empty one is
/// written as the beginning of 1970.
pub fn write(subject: &Subject, inventory: &Inventory, timestamp: &str) -> Value {
    let created = whole_seconds(timestamp);
    let annotate = |name: &str, value: &str| {
        json!({
            "annotator": format!("Tool: {}", tool()),
            "annotationDate": created,
            "annotationType": "OTHER",
            "comment": format!("{name}={value}"),
        })
    };
    let mut extracted = BTreeMap::new();
    let mut packages = vec![subject_package(subject)];
    let mut relationships = vec![relationship("SPDXRef-DOCUMENT", "DESCRIBES", SUBJECT)];
    if let Some(distribution) = &inventory.distribution {
        let id = "SPDXRef-OperatingSystem";
        let mut package = bare(id, &distribution.id, "OPERATING-SYSTEM");
        if !distribution.version.is_empty() {
            package.insert("versionInfo".to_owned(), json!(distribution.version));
        }
        package.insert("description".to_owned(), json!(distribution.pretty_name));
        packages.push(Value::Object(package));
        relationships.push(relationship(SUBJECT, "CONTAINS", id));
    }
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_DNS, NAMESPACE);
    let mut ids = HashSet::new();
    for found in &inventory.packages {
        let place = format!("{}\n{}", found.purl, found.location.path);
        let hash = Uuid::new_v5(&namespace, place.as_bytes()).simple().to_string();
        let mut id = format!("SPDXRef-Package-{}", hash.get(..16).unwrap_or(&hash));
        let mut copy = 1;
        while !ids.insert(id.clone()) {
            copy += 1;
            id = format!("SPDXRef-Package-{}-{copy}", hash.get(..16).unwrap_or(&hash));
        }
        let mut package = package(&id, found, &mut extracted);
        let mut notes: Vec<Value> = property::of(found).map(|(name, value)| annotate(name, &value)).collect();
        if licence_expression(&found.licences).as_deref() != found.licences.first().map(String::as_str) {
            notes.extend(found.licences.iter().map(|licence| annotate(property::LICENCE, licence)));
        }
        package.insert("annotations".to_owned(), Value::Array(notes));
        packages.push(Value::Object(package));
        relationships.push(relationship(SUBJECT, "CONTAINS", &id));
    }
    let damaged = inventory.damaged.iter().filter_map(|finding| serde_json::to_string(finding).ok());
    let notes: Vec<Value> = damaged
        .map(|text| annotate(property::DAMAGED, &text))
        .chain(inventory.problems.iter().map(|text| annotate(property::PROBLEM, text)))
        .collect();

    let mut document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name(subject),
        "creationInfo": { "created": created, "creators": [format!("Tool: {}", tool())] },
        "packages": packages,
        "relationships": relationships,
    });
    if !notes.is_empty() {
        document["annotations"] = Value::Array(notes);
    }
    if !extracted.is_empty() {
        document["hasExtractedLicensingInfos"] = extracted
            .into_iter()
            .map(|(id, text)| json!({ "licenseId": id, "name": text, "extractedText": text }))
            .collect();
    }
    // The namespace names this content: it is made before it is part of it.
    let unique = Uuid::new_v5(&namespace, document.to_string().as_bytes());
    document["documentNamespace"] = json!(format!("https://seawall.dev/spdx/{unique}"));
    document
}

fn tool() -> String {
    format!("seawall-{}", env!("CARGO_PKG_VERSION"))
}

/// `2026-11-24T12:00:00.5Z` → `2026-11-24T12:00:00Z`.
fn whole_seconds(timestamp: &str) -> String {
    match timestamp.get(..19) {
        Some(seconds) if timestamp.ends_with('Z') => format!("{seconds}Z"),
        _ if timestamp.is_empty() => NO_TIME.to_owned(),
        _ => timestamp.to_owned(),
    }
}

fn relationship(from: &str, kind: &str, to: &str) -> Value {
    json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to })
}

/// What every package has.
fn bare(id: &str, name: &str, purpose: &str) -> Map<String, Value> {
    let fields = [
        ("SPDXID", json!(id)),
        ("name", json!(name)),
        ("downloadLocation", json!("NOASSERTION")),
        ("filesAnalyzed", json!(false)),
        ("supplier", json!("NOASSERTION")),
        ("licenseConcluded", json!("NOASSERTION")),
        ("licenseDeclared", json!("NOASSERTION")),
        ("copyrightText", json!("NOASSERTION")),
        ("primaryPackagePurpose", json!(purpose)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn purl_reference(purl: &str) -> Value {
    json!([{ "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl }])
}

fn name(subject: &Subject) -> String {
    match subject {
        Subject::Image { reference, .. } => reference.clone(),
        Subject::Directory { path } | Subject::Manifest { path } | Subject::Sbom { path } => path.clone(),
        Subject::Repository { url, .. } => url.clone(),
        Subject::Workload { namespace, kind, name } => format!("{kind} {namespace}/{name}"),
    }
}

fn subject_package(subject: &Subject) -> Value {
    let purpose = match subject {
        Subject::Image { .. } => "CONTAINER",
        Subject::Directory { .. } | Subject::Repository { .. } => "SOURCE",
        _ => "APPLICATION",
    };
    let mut package = bare(SUBJECT, &name(subject), purpose);
    match subject {
        Subject::Image { reference, digest, platform, .. } => {
            let (repository, tag) = split_reference(reference);
            let architecture = platform.as_deref().and_then(|platform| platform.split('/').nth(1));
            let purl = purl::oci(repository, digest.as_str(), architecture, tag);
            package.insert("versionInfo".to_owned(), json!(digest));
            package.insert("externalRefs".to_owned(), purl_reference(&purl));
        }
        Subject::Repository { commit, .. } => {
            package.insert("versionInfo".to_owned(), json!(commit));
        }
        _ => {}
    }
    Value::Object(package)
}

fn package(id: &str, found: &Package, extracted: &mut BTreeMap<String, String>) -> Map<String, Value> {
    let purpose = if found.kind == PackageType::Generic { "APPLICATION" } else { "LIBRARY" };
    let mut package = bare(id, &found.name, purpose);
    package.insert("versionInfo".to_owned(), json!(found.version));
    package.insert("externalRefs".to_owned(), purl_reference(&found.purl));
    if !found.licences.is_empty() {
        let declared = licence_expression(&found.licences).unwrap_or_else(|| {
            let parts = found.licences.iter().map(|licence| part(licence, extracted));
            parts.collect::<Vec<_>>().join(" AND ")
        });
        package.insert("licenseDeclared".to_owned(), json!(declared));
    }
    let source = match (&found.source_name, &found.source_version) {
        (None, None) => format!("package found in: {}", found.location.path),
        (name, version) => format!(
            "built package from: {} {}",
            name.as_deref().unwrap_or(&found.name),
            version.as_deref().unwrap_or(&found.version)
        ),
    };
    package.insert("sourceInfo".to_owned(), json!(source));
    package
}

/// One licence that is an expression of SPDX as it stands.
fn licence_expression(licences: &[String]) -> Option<String> {
    match licences {
        [one] if spdx::Expression::parse(one).is_ok() => Some(one.clone()),
        _ => None,
    }
}

/// One of several licences, or a text that is none of SPDX's: a reference to it.
fn part(licence: &str, extracted: &mut BTreeMap<String, String>) -> String {
    if spdx::Expression::parse(licence).is_ok() {
        return if licence.contains(' ') { format!("({licence})") } else { licence.to_owned() };
    }
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_DNS, NAMESPACE);
    let hash = Uuid::new_v5(&namespace, licence.as_bytes()).simple().to_string();
    let id = format!("LicenseRef-{}", hash.get(..16).unwrap_or(&hash));
    extracted.insert(id.clone(), licence.to_owned());
    id
}
