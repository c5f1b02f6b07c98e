//! SPDX's tag-value form: `Tag: value` a line, longer values between `<text>` and `</text>`.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::read::{Annotation, Document, Package, Reference, inventory};
use crate::{Inventory, InventoryError};

/// Reads SPDX tag-value 2.2 and 2.3.
pub fn read(bytes: &[u8]) -> Result<Inventory, InventoryError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| InventoryError::NotSpdx { why: format!("not UTF-8: {error}") })?;
    let mut document = Document::default();
    // What a line belongs to: a package, or something that is not read.
    let mut package: Option<Package> = None;
    let mut is_other = false;
    let mut about = String::new();
    let mut notes: Vec<(String, String)> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((tag, value)) = line.split_once(':') else {
            let why = format!("line {} is no `Tag: value`", index + 1);
            return Err(InventoryError::NotSpdx { why });
        };
        let mut value = value.trim().to_owned();
        if let Some(start) = value.strip_prefix("<text>") {
            let start = start.to_owned();
            let mut is_open = !start.contains("</text>");
            value = start;
            while is_open {
                let Some((_, line)) = lines.next() else {
                    let why = format!("the text that line {} begins does not end", index + 1);
                    return Err(InventoryError::NotSpdx { why });
                };
                value.push('\n');
                value.push_str(line);
                is_open = !line.contains("</text>");
            }
            value.truncate(value.find("</text>").unwrap_or(value.len()));
        }
        match tag.trim() {
            "SPDXVersion" => document.spdx_version = value,
            "PackageName" => {
                document.packages.extend(package.take());
                is_other = false;
                package = Some(Package { name: value, ..Package::default() });
            }
            "FileName" | "SnippetSPDXID" | "LicenseID" => {
                document.packages.extend(package.take());
                is_other = true;
            }
            "SPDXREF" => about = value,
            "AnnotationComment" => notes.push((std::mem::take(&mut about), value)),
            tag => {
                if let Some(package) = package.as_mut().filter(|_| !is_other) {
                    field(package, tag, value);
                }
            }
        }
    }
    document.packages.extend(package);
    let places: HashMap<String, usize> =
        document.packages.iter().enumerate().map(|(index, package)| (package.id.clone(), index)).collect();
    for (about, comment) in notes {
        match places.get(&about).and_then(|index| document.packages.get_mut(*index)) {
            Some(package) => package.annotations.push(Annotation { comment }),
            None => document.annotations.push(Annotation { comment }),
        }
    }
    inventory(document)
}

fn field(package: &mut Package, tag: &str, value: String) {
    match tag {
        "SPDXID" => package.id = value,
        "PackageVersion" => package.version_info = value,
        "PackageDescription" => package.description = value,
        "PackageSourceInfo" => package.source_info = value,
        "PackageLicenseDeclared" => package.license_declared = value,
        "PackageLicenseConcluded" => package.license_concluded = value,
        "PrimaryPackagePurpose" => package.primary_package_purpose = value,
        "PackageAttributionText" => package.attribution_texts.push(value),
        "ExternalRef" => {
            let mut words = value.split_whitespace();
            if let (Some(_), Some(kind), Some(locator)) = (words.next(), words.next(), words.next()) {
                package.external_refs.push(Reference {
                    reference_type: kind.to_owned(),
                    reference_locator: locator.to_owned(),
                });
            }
        }
        _ => {}
    }
}

/// A document of [`write`](super::write()) in tag-value.
pub fn write(document: &Value) -> String {
    let mut out = String::new();
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let mut put = |tag: &str, value: &str| {
        if value.is_empty() {
            return;
        }
        // A text must not end where its content says so.
        let value = value.replace("</text>", "</ text>");
        let is_long = value.contains('\n') || value.starts_with("<text>");
        let _ = if is_long {
            writeln!(out, "{tag}: <text>{value}</text>")
        } else {
            writeln!(out, "{tag}: {value}")
        };
    };
    put("SPDXVersion", &text(document, "spdxVersion"));
    put("DataLicense", &text(document, "dataLicense"));
    put("SPDXID", &text(document, "SPDXID"));
    put("DocumentName", &text(document, "name"));
    put("DocumentNamespace", &text(document, "documentNamespace"));
    for creator in list(&document["creationInfo"]["creators"]) {
        put("Creator", creator.as_str().unwrap_or_default());
    }
    put("Created", &text(&document["creationInfo"], "created"));
    let mut notes: Vec<(String, &Value)> =
        list(&document["annotations"]).iter().map(|note| ("SPDXRef-DOCUMENT".to_owned(), note)).collect();
    for package in list(&document["packages"]) {
        put("PackageName", &text(package, "name"));
        for (tag, name) in [
            ("SPDXID", "SPDXID"),
            ("PackageVersion", "versionInfo"),
            ("PackageSupplier", "supplier"),
            ("PackageDownloadLocation", "downloadLocation"),
        ] {
            put(tag, &text(package, name));
        }
        put("FilesAnalyzed", "false");
        for (tag, name) in [
            ("PackageSourceInfo", "sourceInfo"),
            ("PackageLicenseConcluded", "licenseConcluded"),
            ("PackageLicenseDeclared", "licenseDeclared"),
            ("PackageCopyrightText", "copyrightText"),
            ("PackageDescription", "description"),
            ("PrimaryPackagePurpose", "primaryPackagePurpose"),
        ] {
            put(tag, &text(package, name));
        }
        for reference in list(&package["externalRefs"]) {
            let category = text(reference, "referenceCategory");
            let (kind, locator) = (text(reference, "referenceType"), text(reference, "referenceLocator"));
            put("ExternalRef", &format!("{category} {kind} {locator}"));
        }
        let id = text(package, "SPDXID");
        notes.extend(list(&package["annotations"]).iter().map(|note| (id.clone(), note)));
    }
    for licence in list(&document["hasExtractedLicensingInfos"]) {
        put("LicenseID", &text(licence, "licenseId"));
        put("ExtractedText", &text(licence, "extractedText"));
        put("LicenseName", &text(licence, "name"));
    }
    for relation in list(&document["relationships"]) {
        let (from, to) = (text(relation, "spdxElementId"), text(relation, "relatedSpdxElement"));
        put("Relationship", &format!("{from} {} {to}", text(relation, "relationshipType")));
    }
    for (about, note) in notes {
        put("Annotator", &text(note, "annotator"));
        put("AnnotationDate", &text(note, "annotationDate"));
        put("AnnotationType", &text(note, "annotationType"));
        put("SPDXREF", &about);
        put("AnnotationComment", &text(note, "comment"));
    }
    out
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
