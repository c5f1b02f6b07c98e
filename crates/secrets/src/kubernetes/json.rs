//! Secrets in JSON.

use serde_json::Value;

use super::{Manifest, entry};

/// The Secrets of a JSON document: the object itself, or the items of a List.
pub(super) fn read(text: &[u8]) -> Vec<Manifest> {
    let Ok(document) = serde_json::from_slice::<Value>(text) else { return Vec::new() };
    let items = document.get("items").and_then(Value::as_array).map(Vec::as_slice);
    let objects: Vec<&Value> = items.map_or_else(|| vec![&document], |items| items.iter().collect());
    let mut from = 0;
    objects
        .into_iter()
        .filter(|object| object.get("kind").and_then(Value::as_str) == Some("Secret"))
        .map(|object| {
            let mut manifest = Manifest {
                name: object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned(),
                at: memchr::memmem::find(text.get(from..).unwrap_or_default(), b"\"Secret\"")
                    .map_or(0, |at| from + at),
                sops: object.pointer("/sops/mac").is_some(),
                entries: Vec::new(),
            };
            for (field, encoded) in [("data", true), ("stringData", false)] {
                for (key, value) in object.get(field).and_then(Value::as_object).into_iter().flatten() {
                    let Some(value) = value.as_str() else { continue };
                    let quoted = Value::String(value.to_owned()).to_string();
                    let at = memchr::memmem::find(text.get(from..).unwrap_or_default(), quoted.as_bytes());
                    let start = at.map_or(manifest.at, |at| from + at + 1);
                    let length = if at.is_some() { quoted.len() - 2 } else { 0 };
                    manifest.entries.extend(entry(key, value.as_bytes(), (start, start + length), encoded));
                }
            }
            from = manifest.at + 1;
            manifest
        })
        .collect()
}
