//! JSON in the two ways that signatures need it: read strictly, written as Go writes it.
//!
//! Signed documents are read by several programs; a key that stands twice would let two of them see two different
//! documents under one signature. So duplicate keys are refused, at every depth.

use std::fmt::{self, Write as _};

use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::SigningError;

/// Reads one JSON document: nothing after it, no key twice, no deeper than serde_json's 128 levels.
pub(crate) fn read<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, SigningError> {
    let bad = |e: serde_json::Error| SigningError::Document { what, reason: e.to_string() };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict.deserialize(&mut reader).map_err(bad)?;
    reader.end().map_err(bad)?;
    T::deserialize(value).map_err(bad)
}

/// Writes as Go's `encoding/json` does: no spaces, and `<`, `>`, `&`, U+2028 and U+2029 escaped. These five appear
/// in JSON text only inside strings, so that replacing them afterwards is exact.
pub(crate) fn write(value: &impl Serialize) -> Result<Vec<u8>, SigningError> {
    let text = serde_json::to_string(value)
        .map_err(|e| SigningError::Document { what: "a document to sign", reason: e.to_string() })?;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Ok(out.into_bytes())
}

/// Builds a [`Value`], refusing duplicate keys.
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Number::from_f64(v).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }

    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(Value::String(v))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element_seed(Strict)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key `{key}` stands twice in one object")));
            }
            let value = access.next_value_seed(Strict)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_keys_and_trailing_bytes_are_refused() {
        assert_eq!(read::<Value>("x", br#"{"a":[1,-2,0.5,null,true,"t"]} "#).unwrap()["a"][2], 0.5);
        for bad in [r#"{"a":1,"a":2}"#, r#"{"x":{"a":1,"\u0061":2}}"#, "{} {}", "{}x", "", "{"] {
            assert!(read::<Value>("x", bad.as_bytes()).is_err(), "{bad}");
        }
        let deep = "[".repeat(100_000);
        assert!(read::<Value>("x", deep.as_bytes()).is_err());
    }

    #[test]
    fn written_as_go_writes() {
        let bytes = write(&serde_json::json!({"b": "<a&b>\u{2028}\u{2029}é"})).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), r#"{"b":"\u003ca\u0026b\u003e\u2028\u2029é"}"#);
    }
}
