//! YAML (and JSON, which is YAML 1.2) as values that know where they stand.
//!
//! Plain words resolve as Kubernetes' own reader does it (YAML 1.1 booleans: `privileged: yes` is true), because a check
//! that reads a manifest otherwise than the API server can be walked past.

mod load;
mod scalar;

use seawall_findings::Position;
use serde_json::{Map, Number, Value};

pub use load::{MAX_DEPTH, MAX_EXPANDED, MAX_TEXT, load};

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub data: Data,
    /// Where it begins.
    pub position: Position,
}

/// The value of a [`Node`]: JSON's model, mappings in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    String(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values.
    Mapping(Vec<(Key, Node)>),
}

/// A key of a mapping and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key as text.
    pub name: String,
    /// Where it begins.
    pub position: Position,
}

impl Node {
    /// The plain JSON value.
    pub fn to_value(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(value) => Value::Bool(*value),
            Data::Number(value) => Value::Number(value.clone()),
            Data::String(value) => Value::String(value.clone()),
            Data::Sequence(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Data::Mapping(entries) => Value::Object(
                entries.iter().map(|(key, node)| (key.name.clone(), node.to_value())).collect::<Map<_, _>>(),
            ),
        }
    }

    /// The value of a key, where this is a mapping that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match &self.data {
            Data::Mapping(entries) => entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The text, where this is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, in words for an error.
    pub fn describe(&self) -> &'static str {
        match &self.data {
            Data::Null => "nothing",
            Data::Bool(_) => "true or false",
            Data::Number(_) => "a number",
            Data::String(_) => "a text",
            Data::Sequence(_) => "a list",
            Data::Mapping(_) => "a mapping",
        }
    }

    /// Where the value of a JSON pointer (RFC 6901) stands: its key in a mapping, itself in a list. Where the pointer
    /// leads out of the document, the place of the last part that exists.
    pub fn locate(&self, pointer: &str) -> Position {
        let mut node = self;
        let mut position = self.position;
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            match &node.data {
                Data::Mapping(entries) => {
                    let Some((key, next)) = entries.iter().find(|(key, _)| key.name == part) else { break };
                    (position, node) = (key.position, next);
                }
                Data::Sequence(items) => {
                    let Some(next) = part.parse::<usize>().ok().and_then(|index| items.get(index)) else {
                        break;
                    };
                    (position, node) = (next.position, next);
                }
                _ => break,
            }
        }
        position
    }
}
