//! Values as text and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::{Kind, MAX_TEXT, Value};
use crate::At;

/// Stands for an unknown part of a text (a private-use character, which configurations do not contain).
pub const HOLE: char = '\u{F8FE}';

/// A number as Terraform writes it.
pub(crate) fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

/// The value as a text in a template; none where it is a list or a map.
pub(crate) fn template_text(value: &Value) -> Option<String> {
    Some(match &value.kind {
        Kind::Null => String::new(),
        Kind::Unknown => HOLE.to_string(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(value) => number_text(*value),
        Kind::Text(text) => text.to_string(),
        Kind::List(_) | Kind::Map(_) => return None,
    })
}

/// The value as JSON, unknown parts as holes. None where it is too long.
pub(crate) fn to_json(value: &Value) -> Option<String> {
    let mut out = String::new();
    write_json(value, &mut out)?;
    Some(out)
}

fn write_json(value: &Value, out: &mut String) -> Option<()> {
    if out.len() > MAX_TEXT {
        return None;
    }
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Unknown => {
            let _ = write!(out, "\"{HOLE}\"");
        }
        Kind::Bool(value) => {
            let _ = write!(out, "{value}");
        }
        Kind::Number(value) => out.push_str(&number_text(*value)),
        Kind::Text(text) => out.push_str(&serde_json::Value::from(text.as_ref()).to_string()),
        Kind::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json(item, out)?;
            }
            out.push(']');
        }
        Kind::Map(map) => {
            out.push('{');
            for (index, (key, item)) in map.entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::Value::from(key.as_ref()).to_string());
                out.push(':');
                write_json(item, out)?;
            }
            out.push('}');
        }
    }
    Some(())
}

/// A JSON text as a value, every part of it at one place. None where it is no JSON.
pub(crate) fn parse_json(text: &str, at: At) -> Option<Value> {
    let parsed = serde_json::from_str(text).ok().or_else(|| {
        // A hole without quotes (`"port": ${var.port}`) is no JSON; with quotes it reads as unknown all the same.
        text.contains(HOLE).then(|| serde_json::from_str(&quote_holes(text)).ok()).flatten()
    })?;
    Some(from_json(&parsed, at))
}

fn quote_holes(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let (mut inside, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            '"' if !escaped => inside = !inside,
            HOLE if !inside => {
                out.push('"');
                out.push(HOLE);
                out.push('"');
                continue;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

/// A JSON value, every part of it at one place.
pub(crate) fn from_json(json: &serde_json::Value, at: At) -> Value {
    match json {
        serde_json::Value::Null => Value::null(at),
        serde_json::Value::Bool(value) => Value::new(Kind::Bool(*value), at),
        serde_json::Value::Number(value) => Value::new(Kind::Number(value.as_f64().unwrap_or(0.0)), at),
        serde_json::Value::String(text) => Value::text(text, at),
        serde_json::Value::Array(items) => {
            Value::list(items.iter().map(|item| from_json(item, at)).collect(), at)
        }
        serde_json::Value::Object(fields) => {
            let entries: BTreeMap<Arc<str>, Value> =
                fields.iter().map(|(key, item)| (Arc::from(key.as_str()), from_json(item, at))).collect();
            Value::map(entries, at)
        }
    }
}
