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
    /// See [`Type::Address`]; several for fields like `fd.ip` that mean either side.
    Address(IpAddr),
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

pub(super) fn text<'a>(text: impl Into<Cow<'a, str>>) -> Option<Value<'a>> {
    Some(Value::Text(text.into()))
}

pub(super) fn number(number: impl TryInto<i64>) -> Option<Value<'static>> {
    Some(Value::Number(number.try_into().unwrap_or(i64::MAX)))
}

pub(super) fn truth(value: bool) -> Option<Value<'static>> {
    Some(Value::Bool(value))
}
