//! The COSE envelope: a tagged COSE_Sign1 (RFC 9052, section 4.2).

use coset::cbor::value::Value;
use coset::iana::EnumI64 as _;
use coset::{
    CoseSign1, Header, Label, RegisteredLabel, RegisteredLabelWithPrivate, TaggedCborSerializable as _,
};
use jiff::Timestamp;

use super::attributes::{AUTHENTIC_TIME, COUNTERSIGNATURE, EXPIRY, SCHEME, TIME, Written};
use super::envelope::{Named, NotationEnvelope};

/// `x5chain`, RFC 9360, section 2.
const CHAIN: i64 = 33;

pub(super) fn read(bytes: &[u8]) -> Result<NotationEnvelope, String> {
    let envelope =
        CoseSign1::from_tagged_slice(bytes).map_err(|e| format!("it is no tagged COSE_Sign1: {e}"))?;
    let signed = envelope.tbs_data(&[]);
    let (header, unsigned) = (&envelope.protected.header, &envelope.unprotected);
    let algorithm = match header.alg.as_ref().ok_or("`alg` is missing")? {
        RegisteredLabelWithPrivate::Assigned(known) => Named::Cose(known.to_i64()),
        RegisteredLabelWithPrivate::PrivateUse(number) => Named::Cose(*number),
        RegisteredLabelWithPrivate::Text(text) => return Err(format!("`alg` is the text `{text}`")),
    };
    let written = Written {
        content_type: match &header.content_type {
            Some(RegisteredLabel::Text(text)) => Some(text.clone()),
            Some(RegisteredLabel::Assigned(number)) => Some(number.to_i64().to_string()),
            None => None,
        },
        scheme: text(header, SCHEME)?,
        time: time(header, TIME)?,
        authentic_time: time(header, AUTHENTIC_TIME)?,
        expiry: time(header, EXPIRY)?,
        critical: header.crit.iter().map(name).collect(),
    };
    let chain = match (find(header, &Label::Int(CHAIN))?, find(unsigned, &Label::Int(CHAIN))?) {
        (Some(_), Some(_)) => return Err("`x5chain` stands twice".to_owned()),
        (Some(chain), None) | (None, Some(chain)) => certificates(chain)?,
        (None, None) => Vec::new(),
    };
    let timestamp =
        find(unsigned, &Label::Text(COUNTERSIGNATURE.to_owned()))?.map(whole_bytes).transpose()?;
    Ok(NotationEnvelope {
        kind: "COSE",
        algorithm,
        attributes: written.check()?,
        signed,
        signature: envelope.signature,
        payload: envelope.payload.ok_or("its payload is elsewhere")?,
        chain,
        timestamp,
    })
}

/// The one value under that label.
fn find<'a>(header: &'a Header, label: &Label) -> Result<Option<&'a Value>, String> {
    let mut found = header.rest.iter().filter(|(known, _)| known == label).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(format!("the label {label:?} stands twice")),
        (one, None) => Ok(one),
    }
}

fn text(header: &Header, name: &str) -> Result<Option<String>, String> {
    match find(header, &Label::Text(name.to_owned()))? {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("`{name}` is no text")),
    }
}

/// Seconds since 1970 under tag 1 (RFC 8949, section 3.4.2), whole ones.
fn time(header: &Header, name: &str) -> Result<Option<Timestamp>, String> {
    let Some(value) = find(header, &Label::Text(name.to_owned()))? else { return Ok(None) };
    let seconds = match value {
        Value::Tag(1, inner) => inner.as_integer().and_then(|number| i64::try_from(number).ok()),
        _ => None,
    };
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map(Some).ok_or_else(|| format!("`{name}` is no time in whole seconds"))
}

/// One certificate, or a list.
fn certificates(value: &Value) -> Result<Vec<Vec<u8>>, String> {
    match value {
        Value::Array(all) => all.iter().map(whole_bytes).collect(),
        one => Ok(vec![whole_bytes(one)?]),
    }
}

fn whole_bytes(value: &Value) -> Result<Vec<u8>, String> {
    value.as_bytes().cloned().ok_or_else(|| "a certificate or timestamp is not bytes".to_owned())
}

fn name(label: &RegisteredLabelWithPrivate<coset::iana::HeaderParameter>) -> String {
    match label {
        RegisteredLabelWithPrivate::Text(text) => text.clone(),
        RegisteredLabelWithPrivate::Assigned(known) => known.to_i64().to_string(),
        RegisteredLabelWithPrivate::PrivateUse(number) => number.to_string(),
    }
}
