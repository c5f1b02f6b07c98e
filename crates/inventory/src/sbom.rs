//! An SBOM of any form that is read, told by its content: CycloneDX (JSON, XML) and SPDX (JSON, tag-value).

mod component;
pub(crate) mod property;

pub(crate) use component::{Component, family, from_purl};

use memchr::memmem;

use crate::{Inventory, InventoryError, cyclonedx, spdx};

/// How much of a document is looked at to know its form.
const HEAD: usize = 64 << 10;

/// Reads an SBOM: CycloneDX 1.2 to 1.7 as JSON or XML, SPDX 2.2 and 2.3 as JSON or tag-value, also as the predicate of an
/// in-toto statement. What the document does not say of a package (how it was found) is
/// [`Found::Sbom`](seawall_findings::Found::Sbom).
pub fn read(bytes: &[u8]) -> Result<Inventory, InventoryError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len());
    let head = bytes.get(start..bytes.len().min(start + HEAD)).unwrap_or_default();
    match head.first() {
        None => Err(InventoryError::NoSbom { found: "nothing".to_owned() }),
        Some(b'{') => json(bytes, head),
        Some(b'<') => cyclonedx::read_xml(bytes),
        Some(_) if memmem::find(head, b"SPDXVersion:").is_some() => spdx::read_tag_value(bytes),
        Some(_) => {
            let text: String = String::from_utf8_lossy(head).chars().take(40).collect();
            Err(InventoryError::NoSbom {
                found: format!("a text that starts with `{}`", text.escape_debug()),
            })
        }
    }
}

fn json(bytes: &[u8], head: &[u8]) -> Result<Inventory, InventoryError> {
    let has = |name: &[u8]| memmem::find(head, name).is_some() || memmem::find(bytes, name).is_some();
    // A statement's predicate is a whole document.
    if memmem::find(head, b"\"predicateType\"").is_some() {
        let statement: serde_json::Value =
            serde_json::from_slice(bytes).map_err(|source| InventoryError::NotCycloneDx { source })?;
        if let Some(predicate @ serde_json::Value::Object(fields)) = statement.get("predicate") {
            return if fields.contains_key("spdxVersion") {
                spdx::read_json(predicate.clone())
            } else {
                cyclonedx::read_value(predicate.clone())
            };
        }
    }
    if has(b"\"bomFormat\"") {
        cyclonedx::read(bytes)
    } else if has(b"\"spdxVersion\"") {
        spdx::read(bytes)
    } else if has(b"spdx.org/rdf/3") || has(b"\"@context\"") {
        Err(InventoryError::NoSbom { found: "SPDX 3 or another JSON-LD document".to_owned() })
    } else {
        // A document that is damaged before it says what it is, or none at all: the parser tells where.
        cyclonedx::read(bytes)
    }
}
