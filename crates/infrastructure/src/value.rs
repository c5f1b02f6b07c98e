//! What an expression is: known, unknown, or partly known, and where it was written.

mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use text::HOLE;
pub(crate) use text::{from_json, number_text, parse_json, template_text, to_json};

use crate::At;

/// A value, where it was written, and the resource it was taken from.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// The expression that says so: through variables and modules, the first one that wrote it.
    pub at: At,
    /// The address of the resource or data source that it was read from last (`aws_s3_bucket.logs`).
    pub of: Option<Arc<str>>,
}

/// What a [`Value`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`, or not written.
    Null,
    /// Only the provider, or whoever runs it, knows: never to be taken for false.
    Unknown,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text. Where parts of it are unknown, [`HOLE`] stands for each.
    Text(Arc<str>),
    /// A list, set or tuple, or the blocks of one name.
    List(Arc<Vec<Value>>),
    /// A map, an object, or a block.
    Map(Arc<Map>),
}

/// The entries of a map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// By key.
    pub entries: BTreeMap<Arc<str>, Value>,
    /// True where the provider adds attributes that are not written: what is missing is then unknown.
    pub open: bool,
}

/// Longest text that an evaluation makes, in bytes.
pub(crate) const MAX_TEXT: usize = 1 << 20;

impl Value {
    /// A value without an origin in a resource.
    pub fn new(kind: Kind, at: At) -> Self {
        Self { kind, at, of: None }
    }

    /// `null` at a place.
    pub fn null(at: At) -> Self {
        Self::new(Kind::Null, at)
    }

    /// An unknown at a place.
    pub fn unknown(at: At) -> Self {
        Self::new(Kind::Unknown, at)
    }

    /// A text at a place; too long a text is unknown.
    pub fn text(text: impl AsRef<str>, at: At) -> Self {
        let text = text.as_ref();
        if text.len() > MAX_TEXT {
            return Self::unknown(at);
        }
        if text.chars().eq([HOLE]) {
            return Self::unknown(at);
        }
        Self::new(Kind::Text(text.into()), at)
    }

    /// A list at a place.
    pub fn list(items: Vec<Self>, at: At) -> Self {
        Self::new(Kind::List(Arc::new(items)), at)
    }

    /// A map at a place.
    pub fn map(entries: BTreeMap<Arc<str>, Self>, at: At) -> Self {
        Self::new(Kind::Map(Arc::new(Map { entries, open: false })), at)
    }

    /// True for what is not written.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// True for what nobody can say before it is applied.
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown)
    }

    /// The whole text, where all of it is known.
    pub fn as_str(&self) -> Option<&str> {
        self.pattern().filter(|text| !text.contains(HOLE))
    }

    /// The text, with [`HOLE`] for every unknown part.
    pub fn pattern(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value: `true`, `"true"`.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            Kind::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Kind::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The number: `7`, `"7"`.
    pub fn as_number(&self) -> Option<f64> {
        match &self.kind {
            Kind::Number(value) => Some(*value),
            Kind::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The items of a list, or the value itself where it is none; nothing of `null`.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// A field of a map (of the first map of a list of blocks): `null` where it is not written, unknown where that
    /// cannot be said.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        match &self.kind {
            Kind::Map(map) => match map.entries.get(name) {
                Some(value) => value.clone(),
                None if map.open => Self { kind: Kind::Unknown, at: self.at, of: self.of.clone() },
                None => Self::null(self.at),
            },
            Kind::List(items) => items.first().map_or_else(|| Self::null(self.at), |item| item.field(name)),
            Kind::Unknown => Self { kind: Kind::Unknown, at: self.at, of: self.of.clone() },
            _ => Self::null(self.at),
        }
    }

    /// The value at a dotted path, through the first of several blocks.
    #[must_use]
    pub fn get(&self, path: &str) -> Self {
        path.split('.').fold(self.clone(), |value, name| value.field(name))
    }

    /// The values at a dotted path, through all blocks and the items of lists; nothing where it is not written.
    pub fn all(&self, path: &str) -> Vec<Self> {
        let mut found: Vec<Self> = self.items().to_vec();
        for name in path.split('.') {
            found = found
                .iter()
                .map(|value| value.field(name))
                .flat_map(|value| value.items().to_vec())
                .collect();
        }
        found
    }

    /// True where it is written, and not as an empty text or list. Unknown counts as written: something is there.
    pub fn is_set(&self) -> bool {
        match &self.kind {
            Kind::Null => false,
            Kind::Text(text) => !text.is_empty(),
            Kind::List(items) => !items.is_empty(),
            Kind::Map(map) => !map.entries.is_empty() || map.open,
            Kind::Unknown | Kind::Bool(_) | Kind::Number(_) => true,
        }
    }

    /// Whether its text is this one, letter case aside: no answer where the unknown parts decide.
    pub fn equals(&self, other: &str) -> Option<bool> {
        match &self.kind {
            Kind::Unknown => None,
            Kind::Text(text) if text.contains(HOLE) => {
                may_match(text, other).then_some(()).map_or(Some(false), |()| None)
            }
            Kind::Text(text) => Some(text.eq_ignore_ascii_case(other)),
            Kind::Bool(value) => Some(other == if *value { "true" } else { "false" }),
            Kind::Number(value) => Some(other.parse() == Ok(*value)),
            Kind::Null | Kind::List(_) | Kind::Map(_) => Some(false),
        }
    }

    /// Whether some part of it is unknown.
    pub fn has_unknown(&self) -> bool {
        match &self.kind {
            Kind::Unknown => true,
            Kind::Text(text) => text.contains(HOLE),
            Kind::List(items) => items.iter().any(Self::has_unknown),
            Kind::Map(map) => map.open || map.entries.values().any(Self::has_unknown),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => false,
        }
    }

    /// One short line for people: never the whole of a long text.
    pub fn show(&self) -> String {
        match &self.kind {
            Kind::Null => "not set".into(),
            Kind::Unknown => "unknown".into(),
            Kind::Bool(value) => format!("`{value}`"),
            Kind::Number(value) => format!("`{}`", number_text(*value)),
            Kind::Text(text) => {
                let line: String = text
                    .chars()
                    .map(|c| {
                        if c == HOLE {
                            '…'
                        } else if c.is_control() {
                            ' '
                        } else {
                            c
                        }
                    })
                    .take(61)
                    .collect();
                if text.chars().count() > 60 {
                    format!("`{}…`", line.chars().take(60).collect::<String>())
                } else {
                    format!("`{line}`")
                }
            }
            Kind::List(items) if items.is_empty() => "an empty list".into(),
            Kind::List(items) => {
                let shown: Vec<String> = items.iter().take(3).map(Self::show).collect();
                format!("{}{}", shown.join(", "), if items.len() > 3 { ", …" } else { "" })
            }
            Kind::Map(_) => "a block".into(),
        }
    }
}

/// Whether a text with holes can turn out as `other`.
fn may_match(pattern: &str, other: &str) -> bool {
    let mut parts = pattern.split(HOLE);
    let first = parts.next().unwrap_or_default();
    let last = parts.next_back().unwrap_or_default();
    let lower = other.to_ascii_lowercase();
    let Some(mut rest) = lower.strip_prefix(&first.to_ascii_lowercase()) else { return false };
    let Some(middle) = rest.strip_suffix(&last.to_ascii_lowercase()) else { return false };
    rest = middle;
    for part in parts {
        let Some(index) = rest.find(&part.to_ascii_lowercase()) else { return false };
        rest = rest.get(index + part.len()..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partly_known_text_is_compared_by_what_is_known() {
        let at = At::default();
        let arn = Value::text(format!("arn:aws:iam::{HOLE}:root"), at);
        assert_eq!(arn.equals("*"), Some(false));
        assert_eq!(arn.equals("arn:aws:iam::1:root"), None);
        assert_eq!(Value::text(HOLE.to_string(), at).equals("x"), None);
        assert_eq!(Value::text("TLS", at).equals("tls"), Some(true));
    }
}
