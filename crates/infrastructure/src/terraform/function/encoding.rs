//! Functions that write and read other formats.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Given;
use crate::value::{Value, parse_json, to_json};

pub(super) fn call(name: &str, given: &Given<'_>) -> Option<Value> {
    let unknown = || given.unknown();
    Some(match name {
        // YAML takes JSON.
        "jsonencode" | "yamlencode" => match given.get(0) {
            Some(value) if !value.is_unknown() => to_json(value).map_or_else(unknown, |text| given.say(text)),
            _ => unknown(),
        },
        "jsondecode" => given
            .get(0)
            .and_then(Value::pattern)
            .and_then(|text| parse_json(text, given.at))
            .unwrap_or_else(unknown),
        "yamldecode" => given
            .get(0)
            .and_then(Value::as_str)
            .and_then(|text| crate::document::load(0, text, "YAML").ok())
            .and_then(|documents| documents.into_iter().next())
            .and_then(|value| {
                Some(crate::value::from_json(&serde_json::from_str(&to_json(&value)?).ok()?, given.at))
            })
            .unwrap_or_else(unknown),
        "base64encode" => given.text(0).map_or_else(unknown, |text| given.say(STANDARD.encode(text))),
        "base64decode" => given
            .text(0)
            .and_then(|text| STANDARD.decode(text).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .map_or_else(unknown, |text| given.say(text)),
        "urlencode" => given.text(0).map_or_else(unknown, |text| {
            let encoded: String = text
                .bytes()
                .map(|byte| match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                        char::from(byte).to_string()
                    }
                    b' ' => "+".to_owned(),
                    byte => format!("%{byte:02X}"),
                })
                .collect();
            given.say(encoded)
        }),
        "csvdecode" => csv(given).unwrap_or_else(unknown),
        "basename" | "dirname" => given.text(0).map_or_else(unknown, |path| {
            let (folder, name_part) = path.rsplit_once('/').unwrap_or((".", &path));
            given.say(if name == "basename" { name_part } else { folder })
        }),
        _ => return None,
    })
}

/// Plain rows; quoted cells with separators in them are not taken apart, and make the result unknown.
fn csv(given: &Given<'_>) -> Option<Value> {
    let text = given.text(0)?;
    if text.contains('"') {
        return None;
    }
    let mut lines = text.lines().filter(|line| !line.is_empty());
    let names: Vec<&str> = lines.next()?.split(',').collect();
    let rows = lines.take(10_000).map(|line| {
        let cells = names
            .iter()
            .zip(line.split(','))
            .map(|(name, cell)| (std::sync::Arc::from(*name), given.say(cell)));
        Value::map(cells.collect(), given.at)
    });
    Some(Value::list(rows.collect(), given.at))
}
