//! The JWS envelope: flattened JSON (RFC 7515, section 7.2.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::attributes::{AUTHENTIC_TIME, COUNTERSIGNATURE, EXPIRY, SCHEME, TIME, Written};
use super::envelope::{Named, NotationEnvelope};
use crate::{SigningError, base64 as standard, json};

const WHAT: &str = "the JWS envelope";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    payload: String,
    protected: String,
    header: Map<String, Value>,
    signature: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<NotationEnvelope, SigningError> {
    let envelope: Envelope = json::read(WHAT, bytes)?;
    let protected = decode("protected", &envelope.protected)?;
    let mut header: Map<String, Value> = json::read("the protected header of the JWS envelope", &protected)?;
    let algorithm = text(&mut header, "alg")?.ok_or_else(|| bad("`alg` is missing"))?;
    let written = Written {
        content_type: text(&mut header, "cty")?,
        scheme: text(&mut header, SCHEME)?,
        time: time(&mut header, TIME)?,
        authentic_time: time(&mut header, AUTHENTIC_TIME)?,
        expiry: time(&mut header, EXPIRY)?,
        critical: texts(header.remove("crit"), "crit")?,
    };
    let mut unsigned = envelope.header;
    let chain = texts(unsigned.remove("x5c"), "x5c")?;
    let chain = chain.iter().map(|one| standard::decode("a certificate of the JWS envelope", one));
    let timestamp = text(&mut unsigned, COUNTERSIGNATURE)?;
    Ok(NotationEnvelope {
        kind: "JWS",
        algorithm: Named::Jose(algorithm),
        attributes: written.check().map_err(bad)?,
        signed: format!("{}.{}", envelope.protected, envelope.payload).into_bytes(),
        signature: decode("signature", &envelope.signature)?,
        payload: decode("payload", &envelope.payload)?,
        chain: chain.collect::<Result<_, _>>()?,
        timestamp: timestamp
            .map(|token| standard::decode("the timestamp of the JWS envelope", &token))
            .transpose()?,
    })
}

/// Base64 in JWS's own form: URL-safe, never padded. Nothing else is accepted, so that nothing has two forms.
fn decode(name: &str, encoded: &str) -> Result<Vec<u8>, SigningError> {
    URL_SAFE_NO_PAD.decode(encoded).map_err(|e| bad(format!("`{name}` is not base64url: {e}")))
}

fn text(header: &mut Map<String, Value>, name: &str) -> Result<Option<String>, SigningError> {
    match header.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad(format!("`{name}` is no text"))),
    }
}

fn time(header: &mut Map<String, Value>, name: &str) -> Result<Option<Timestamp>, SigningError> {
    let parse = |text: String| text.parse().map_err(|e| bad(format!("`{name}`: `{text}` is no time: {e}")));
    text(header, name)?.map(parse).transpose()
}

fn texts(value: Option<Value>, name: &str) -> Result<Vec<String>, SigningError> {
    let Some(Value::Array(all)) = value else { return Err(bad(format!("`{name}` is no list"))) };
    all.into_iter()
        .map(|one| match one {
            Value::String(text) => Ok(text),
            _ => Err(bad(format!("`{name}` holds something that is no text"))),
        })
        .collect()
}

fn bad(reason: impl Into<String>) -> SigningError {
    SigningError::Document { what: WHAT, reason: reason.into() }
}
