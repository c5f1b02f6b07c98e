//! CycloneDX's `vulnerabilities` with their `analysis`, in a BOM or apart from it (BOM-Link).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::document::{Document, Format, Product, Statement, Verdict};
use crate::error::VexError;
use crate::read::time;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Raw {
    #[serde(default)]
    serial_number: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Component>,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    timestamp: Option<String>,
    #[serde(default)]
    component: Option<Component>,
    #[serde(default)]
    supplier: Value,
    #[serde(default)]
    manufacturer: Value,
    #[serde(default)]
    authors: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    #[serde(rename = "bom-ref", default)]
    bom_ref: Option<String>,
    #[serde(default)]
    purl: Option<String>,
    #[serde(default)]
    hashes: Vec<Hash>,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Hash {
    alg: String,
    content: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    references: Vec<Reference>,
    #[serde(default)]
    analysis: Option<Analysis>,
    #[serde(default)]
    affects: Vec<Affects>,
    #[serde(default)]
    updated: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    justification: Option<String>,
    #[serde(default)]
    response: Vec<String>,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    last_updated: Option<String>,
}

#[derive(Deserialize)]
struct Affects {
    #[serde(rename = "ref")]
    reference: String,
}

pub(crate) fn document(raw: Raw, name: &str) -> Result<Document, VexError> {
    let mut known: BTreeMap<String, Product> = BTreeMap::new();
    // A stack, as components hold components.
    let mut left: Vec<Component> = raw.metadata.component.into_iter().chain(raw.components).collect();
    while let Some(component) = left.pop() {
        let mut product = Product::default();
        if let Some(purl) = &component.purl {
            product.identify(purl);
        }
        for hash in component.hashes.iter().filter(|hash| hash.alg == "SHA-256") {
            product.sha256(&hash.content);
        }
        if let Some(bom_ref) = component.bom_ref {
            known.insert(bom_ref, product);
        }
        left.extend(component.components);
    }
    let mut statements = vec![];
    for vulnerability in raw.vulnerabilities {
        let Some((id, analysis)) = vulnerability.id.zip(vulnerability.analysis) else { continue };
        let verdict = match analysis.state.as_deref() {
            Some("resolved" | "resolved_with_pedigree") => Verdict::Fixed,
            Some("exploitable") => Verdict::Affected,
            Some("in_triage") => Verdict::UnderInvestigation,
            Some("not_affected" | "false_positive") => Verdict::NotAffected,
            None => continue,
            Some(other) => {
                return Err(VexError::Invalid {
                    name: name.into(),
                    what: format!("{id}: `{other}` is no state of an analysis"),
                });
            }
        };
        let will_not_fix = analysis.response.iter().any(|response| response == "will_not_fix");
        let other_names = vulnerability.references.into_iter().filter_map(|reference| reference.id);
        let when = analysis.last_updated.or(vulnerability.updated);
        statements.push(Statement {
            vulnerability: std::iter::once(id).chain(other_names).collect(),
            products: vulnerability
                .affects
                .iter()
                .map(|affects| product(&known, &affects.reference))
                .collect(),
            verdict,
            justification: analysis
                .justification
                .or_else(|| analysis.state.filter(|state| state == "false_positive")),
            note: analysis.detail,
            fix: will_not_fix.then_some(seawall_findings::Status::WillNotFix),
            time: time(when.as_deref().or(raw.metadata.timestamp.as_deref())),
        });
    }
    let said_by = [
        &raw.metadata.supplier["name"],
        &raw.metadata.manufacturer["name"],
        &raw.metadata.authors[0]["name"],
    ];
    Ok(Document {
        id: raw.serial_number.unwrap_or_else(|| name.to_owned()),
        author: said_by.into_iter().find_map(Value::as_str).unwrap_or_default().to_owned(),
        format: Format::CycloneDx,
        statements,
        attached: false,
    })
}

/// A component of this document, a purl in place of a reference, or a BOM-Link (`urn:cdx:<serial>/<version>#<ref>`) into
/// another document, whose references are purls in most tools' documents.
fn product(known: &BTreeMap<String, Product>, reference: &str) -> Product {
    if let Some(product) = known.get(reference).filter(|product| !product.is_unknown()) {
        return product.clone();
    }
    let target = match reference.strip_prefix("urn:cdx:") {
        Some(link) => link.split_once('#').map_or("", |(_, target)| target),
        None => reference,
    };
    let mut product = Product::default();
    if target.starts_with("pkg:") {
        product.identify(target);
    } else if let Some(plain) = unescape(target).filter(|plain| plain.starts_with("pkg:")) {
        product.identify(&plain);
    }
    product
}

/// A fragment of an address, without its percent signs.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let value = digit(rest.next())? * 16 + digit(rest.next())?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}
