//! Which form it is.

use serde_json::Value;

use crate::document::Document;
use crate::error::VexError;
use crate::{csaf, cyclonedx, openvex};

/// The largest document, in bytes. Red Hat's largest are a few megabytes.
const MAX_BYTES: usize = 128 << 20;
/// The most statements of one document, and the most products of all of them together.
const MAX_STATEMENTS: usize = 200_000;
const MAX_PRODUCTS: usize = 2_000_000;

/// Reads a document of any of the three forms. `name` stands for it in messages.
pub fn read(bytes: &[u8], name: &str) -> Result<Document, VexError> {
    if bytes.len() > MAX_BYTES {
        return Err(VexError::Limit { name: name.into(), what: "its size", limit: MAX_BYTES });
    }
    // A byte order mark is no JSON, and Windows writes one.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|source| VexError::Json {
        name: name.into(),
        form: "JSON",
        source,
    })?;
    // An attestation carries the document as its predicate.
    let value = match value.get("predicate") {
        Some(predicate) if value.get("predicateType").is_some() => predicate.clone(),
        _ => value,
    };
    let document = if value.get("@context").is_some() {
        openvex::document(parse(value, name, "OpenVEX")?, name)?
    } else if value.get("bomFormat").is_some() {
        cyclonedx::document(parse(value, name, "CycloneDX")?, name)?
    } else if value.get("document").is_some() {
        csaf::document(parse(value, name, "CSAF")?, name)?
    } else {
        return Err(VexError::Unknown { name: name.into() });
    };
    let products: usize = document.statements.iter().map(|statement| statement.products.len()).sum();
    if document.statements.len() > MAX_STATEMENTS {
        return Err(VexError::Limit { name: name.into(), what: "its statements", limit: MAX_STATEMENTS });
    }
    if products > MAX_PRODUCTS {
        return Err(VexError::Limit { name: name.into(), what: "their products", limit: MAX_PRODUCTS });
    }
    Ok(document)
}

fn parse<T: serde::de::DeserializeOwned>(
    value: Value,
    name: &str,
    form: &'static str,
) -> Result<T, VexError> {
    T::deserialize(value).map_err(|source| VexError::Json { name: name.into(), form, source })
}

/// RFC 3339; a time that is none is none.
pub(crate) fn time(text: Option<&str>) -> Option<jiff::Timestamp> {
    text?.parse().ok()
}
