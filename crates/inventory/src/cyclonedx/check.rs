//! Whether a document keeps the rules of its specification, as far as an inventory rests on them: the fields that must be
//! there, the words that are allowed, the forms of hashes, licences and times. Fields that this version does not know pass,
//! but for where the specification's own cases refuse them.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::shapes::{DOCUMENT, Is, Shape};
use crate::InventoryError;

/// Components of one name and version that are compared with each other.
const MAX_ALIKE: usize = 64;

/// Checks a whole document. `version`: 2 to 7, of 1.2 to 1.7.
pub(super) fn document(document: &Value, version: u8) -> Result<(), InventoryError> {
    let mut path = Path(Vec::new());
    shape(document, &DOCUMENT, version, &mut path)
        .map_err(|why| InventoryError::Invalid { at: path.told(), why })
}

/// Fields and places on the way to where it is looked.
struct Path<'v>(Vec<Step<'v>>);

enum Step<'v> {
    Field(&'v str),
    Item(usize),
}

impl Path<'_> {
    fn told(&self) -> String {
        let mut text = String::new();
        for step in &self.0 {
            match step {
                Step::Field(name) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.extend(name.chars().take(64));
                }
                Step::Item(index) => drop(write!(text, "[{index}]")),
            }
        }
        if text.is_empty() { "the document".to_owned() } else { text }
    }
}

/// The path is left where the error is.
fn shape<'v>(value: &'v Value, shape: &Shape, version: u8, path: &mut Path<'v>) -> Result<(), String> {
    let Value::Object(fields) = value else { return Err("is no object".to_owned()) };
    for required in shape.required {
        if !fields.contains_key(*required) {
            return Err(format!("has no `{required}`"));
        }
    }
    if let Some(known) = shape.closed
        && let Some(other) = fields.keys().find(|name| !known.contains(&name.as_str()))
    {
        return Err(format!("has a field `{}` that the specification does not know", other.escape_debug()));
    }
    (shape.also)(fields, version)?;
    for (name, is) in shape.fields {
        if let Some((name, value)) = fields.get_key_value(*name) {
            path.0.push(Step::Field(name));
            one(value, is, version, path)?;
            path.0.pop();
        }
    }
    Ok(())
}

fn one<'v>(value: &'v Value, is: &Is, version: u8, path: &mut Path<'v>) -> Result<(), String> {
    match is {
        Is::Text => value.as_str().map(drop).ok_or_else(|| "is no text".to_owned()),
        Is::Reference => match value.as_str() {
            Some("") => Err("is empty".to_owned()),
            Some(_) => Ok(()),
            None => Err("is no text".to_owned()),
        },
        Is::Truth => value.as_bool().map(drop).ok_or_else(|| "is neither true nor false".to_owned()),
        Is::Count => match value.as_u64() {
            Some(1..) => Ok(()),
            _ => Err("is no whole number from 1".to_owned()),
        },
        Is::Form(what, fits) => match value.as_str() {
            Some(text) if fits(text) => Ok(()),
            _ => Err(format!("is no {what}")),
        },
        Is::Word(words) => match value.as_str() {
            Some(text) if words.contains(&text) => Ok(()),
            Some(text) => {
                Err(format!("is `{}`, none of its words", text.chars().take(40).collect::<String>()))
            }
            None => Err("is no text".to_owned()),
        },
        Is::List(item) => {
            let Value::Array(items) = value else { return Err("is no list".to_owned()) };
            for (index, value) in items.iter().enumerate() {
                path.0.push(Step::Item(index));
                one(value, item, version, path)?;
                path.0.pop();
            }
            Ok(())
        }
        Is::Components => {
            let Value::Array(items) = value else { return Err("is no list".to_owned()) };
            unique(items)?;
            one(value, &super::shapes::ALL_COMPONENTS, version, path)
        }
        Is::Object(inner) => shape(value, inner, version, path),
        Is::Licences => licences(value, version, path),
        Is::Tools => match value {
            // From 1.5 on an object of components and services.
            Value::Object(_) => shape(value, &super::shapes::TOOLS, version, path),
            _ => one(value, &super::shapes::OLD_TOOLS, version, path),
        },
    }
}

/// None of the components is there twice, to the last field (the schemas' `uniqueItems`).
fn unique(items: &[Value]) -> Result<(), String> {
    let mut seen: HashMap<[Option<&str>; 4], Vec<&Value>> = HashMap::new();
    for item in items {
        let key = ["bom-ref", "name", "version", "purl"].map(|name| item.get(name).and_then(Value::as_str));
        let alike = seen.entry(key).or_default();
        if alike.contains(&item) {
            let name = key[1].unwrap_or_default().chars().take(80).collect::<String>();
            return Err(format!("has `{}` twice", name.escape_debug()));
        }
        // Many that differ in little only are a document made to exhaust.
        if alike.len() < MAX_ALIKE {
            alike.push(item);
        }
    }
    Ok(())
}

/// A list of licences, each an id or a name; or of expressions, of which 1.5 and 1.6 allow a single one, alone.
fn licences<'v>(value: &'v Value, version: u8, path: &mut Path<'v>) -> Result<(), String> {
    let Value::Array(items) = value else { return Err("is no list".to_owned()) };
    let expressions = items.iter().filter(|item| item.get("expression").is_some()).count();
    if matches!(version, 5 | 6) && expressions > 0 && items.len() > 1 {
        return Err("has an expression beside other licences".to_owned());
    }
    for (index, item) in items.iter().enumerate() {
        path.0.push(Step::Item(index));
        shape(item, &super::shapes::LICENCE_CHOICE, version, path)?;
        path.0.pop();
    }
    Ok(())
}

/// Exactly one of two fields.
pub(super) fn one_of(fields: &Map<String, Value>, first: &str, second: &str) -> Result<(), String> {
    match (fields.contains_key(first), fields.contains_key(second)) {
        (true, true) => Err(format!("has both `{first}` and `{second}`")),
        (false, false) => Err(format!("has neither `{first}` nor `{second}`")),
        _ => Ok(()),
    }
}
