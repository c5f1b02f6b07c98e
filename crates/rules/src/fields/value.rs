//! What a field's value can be.

#![allow(clippy::unnecessary_wraps, reason = "extractors return options, and end with these")]

use std::borrow::Cow;
use std::net::IpAddr;

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A text.
    Text,
    /// Several texts: a check holds when it holds for one of them.
    Texts,
    /// A list of texts: `in` asks that all are in the set, `intersects` that one is; every other operator looks at the
    /// texts one by one, or for the arguments and variables of a process at all of them joined by blanks.
    List,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Bool,
    /// An address; compared with addresses and networks.
    Address,
}

/// A field's value in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// See [`Type::Text`].
    Text(Cow<'a, str>),
    /// See [`Type::Texts`].
    Texts(Vec<Cow<'a, str>>),
    /// See [`Type::Number`].
    Number(i64),
    /// See [`Type::Bool`].
    Bool(bool),
    /// See [`Type::Address`].
    Address(IpAddr),
    /// Several addresses, for fields like `fd.ip` that mean either side.
    Addresses(Vec<IpAddr>),
    /// Several numbers, for fields like `fd.port` that mean either side.
    Numbers(Vec<i64>),
    /// A list that is written and compared as one text, joined by blanks.
    Joined(&'a [String]),
}

impl<'a> Value<'a> {
    /// The texts of a list, or the one text of anything else.
    pub(crate) fn texts(self) -> Vec<Cow<'a, str>> {
        match self {
            Self::Text(text) => vec![text],
            Self::Texts(texts) => texts,
            Self::Joined(texts) => texts.iter().map(|text| Cow::Borrowed(text.as_str())).collect(),
            Self::Numbers(numbers) => numbers.iter().map(|number| number.to_string().into()).collect(),
            Self::Addresses(addresses) => addresses.iter().map(|one| one.to_string().into()).collect(),
            other => vec![Cow::Owned(other.text().into_owned())],
        }
    }
}

impl Value<'_> {
    /// As outputs write it.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Texts(texts) => Cow::Owned(format!("({})", texts.join(","))),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Address(address) => Cow::Owned(address.to_string()),
            Self::Addresses(addresses) => Cow::Owned(list(addresses)),
            Self::Numbers(numbers) => Cow::Owned(list(numbers)),
            Self::Joined(texts) => Cow::Owned(texts.join(" ")),
        }
    }

    /// As alerts carry it.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Bool(value) => (*value).into(),
            Self::Texts(texts) => texts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().into(),
            other => other.text().into(),
        }
    }
}

fn list<T: ToString>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    format!("({})", items.join(","))
}

pub(super) fn text<'a>(text: impl Into<Cow<'a, str>>) -> Option<Value<'a>> {
    Some(Value::Text(text.into()))
}

pub(super) fn number(number: impl TryInto<i64>) -> Option<Value<'static>> {
    Some(Value::Number(number.try_into().unwrap_or(i64::MAX)))
}

pub(super) fn truth(value: bool) -> Option<Value<'static>> {
    Some(Value::Bool(value))
}
