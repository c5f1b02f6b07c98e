//! One check of a compiled condition: a field, what is done to it, and what it is compared with.

mod combine;

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::IpAddr;

use base64::Engine as _;
use globset::GlobMatcher;
use ipnet::IpNet;
use regex::Regex;
use seawall_events::Event;

use crate::condition::{Combine, Function, Op};
use crate::fields::{Argument, Field, Value};

/// What a check looks at: a field or a combination of values, and what is done to it, innermost first.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) base: Base,
    pub(crate) functions: Vec<Function>,
}

#[derive(Debug)]
pub(crate) enum Base {
    Field(&'static Field, Argument),
    Text(String),
    List(Vec<Source>),
    Combine(Combine, Vec<Source>, Option<char>),
}

impl Source {
    pub(crate) fn value<'a>(&'a self, event: &'a Event) -> Option<Value<'a>> {
        let mut value = match &self.base {
            Base::Field(field, argument) => (field.extract?)(event, argument)?,
            Base::Text(text) => Value::Text(text.as_str().into()),
            Base::List(items) => {
                let mut texts = Vec::new();
                for item in items {
                    texts.extend(item.value(event)?.texts());
                }
                Value::Texts(texts)
            }
            Base::Combine(function, of, selector) => combine::combined(*function, of, *selector, event)?,
        };
        for function in &self.functions {
            value = apply(*function, value)?;
        }
        Some(value)
    }

    /// The field, where it is one and nothing is done to it.
    pub(crate) fn plain(&self) -> Option<&'static Field> {
        match &self.base {
            Base::Field(field, _) if self.functions.is_empty() => Some(field),
            _ => None,
        }
    }

    /// Calls `each` for every field.
    pub(crate) fn fields(&self, each: &mut impl FnMut(&'static Field)) {
        match &self.base {
            Base::Field(field, _) => each(field),
            Base::Text(_) => {}
            Base::List(of) | Base::Combine(_, of, _) => of.iter().for_each(|one| one.fields(each)),
        }
    }
}

fn apply(function: Function, value: Value<'_>) -> Option<Value<'_>> {
    fn each(value: Value<'_>, change: impl Fn(&str) -> Option<String>) -> Option<Value<'_>> {
        Some(match value {
            Value::Texts(texts) => {
                Value::Texts(texts.iter().filter_map(|text| change(text).map(Cow::Owned)).collect())
            }
            other => Value::Text(Cow::Owned(change(&other.text())?)),
        })
    }
    match function {
        Function::ToLower => each(value, |text| Some(text.to_lowercase())),
        Function::ToUpper => each(value, |text| Some(text.to_uppercase())),
        Function::Basename => {
            each(value, |text| Some(text.rsplit_once('/').map_or(text, |(_, name)| name).to_owned()))
        }
        Function::Base64 => each(value, |text| {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }),
        Function::Len => Some(Value::Number(match value {
            Value::Texts(texts) => texts.len().try_into().unwrap_or(i64::MAX),
            Value::Joined(texts) => texts.len().try_into().unwrap_or(i64::MAX),
            other => other.text().len().try_into().unwrap_or(i64::MAX),
        })),
        Function::Storage | Function::Val => Some(value),
    }
}

/// What a field is compared with.
#[derive(Debug)]
pub(crate) enum Matcher {
    /// The field is there.
    Exists,
    Text(TextMatcher),
    /// `in` for a list: all of it must be in the set.
    AllIn(HashSet<String>),
    /// `=` and `in`, or negated `!=`.
    Numbers {
        set: HashSet<i64>,
        negated: bool,
    },
    Order(Op, i64),
    Bool(bool),
    Networks {
        networks: Vec<IpNet>,
        negated: bool,
    },
    /// Another field of the same event.
    Field(Op, Source),
}

#[derive(Debug)]
pub(crate) enum TextMatcher {
    Is(String),
    IsNot(String),
    In(HashSet<String>),
    Contains(String),
    /// Lower-case.
    IContains(String),
    StartsWith(String),
    EndsWith(String),
    /// Of the bytes.
    BContains(Vec<u8>),
    BStartsWith(Vec<u8>),
    Glob(GlobMatcher),
    Regex(Regex),
    /// Paths, each standing for all below it, and patterns.
    Prefixes(HashSet<String>, Vec<GlobMatcher>),
    /// `<`, `<=`, `>`, `>=` on texts.
    Order(Op, String),
}

impl Matcher {
    /// Whether the check holds. A missing field fails every check, `!=` included, as in Falco.
    pub(crate) fn matches(&self, source: &Source, event: &Event) -> bool {
        let Some(value) = source.value(event) else { return false };
        match (self, &value) {
            (Self::Exists, Value::Texts(texts)) => !texts.is_empty(),
            (Self::Exists, _) => true,
            (Self::AllIn(set), Value::Texts(texts)) => {
                !texts.is_empty() && texts.iter().all(|text| set.contains(text.as_ref()))
            }
            (Self::AllIn(set), value) => set.contains(value.text().as_ref()),
            (Self::Text(matcher), Value::Texts(texts)) => texts.iter().any(|text| matcher.matches(text)),
            (Self::Text(matcher), value) => matcher.matches(&value.text()),
            (Self::Numbers { set, negated }, Value::Number(number)) => set.contains(number) != *negated,
            (Self::Numbers { set, negated }, Value::Numbers(numbers)) => {
                numbers.iter().any(|number| set.contains(number)) != *negated
            }
            (Self::Order(op, limit), Value::Number(number)) => ordered(*op, number.cmp(limit)),
            (Self::Order(op, limit), Value::Numbers(numbers)) => {
                numbers.iter().any(|number| ordered(*op, number.cmp(limit)))
            }
            (Self::Bool(wanted), Value::Bool(found)) => wanted == found,
            (Self::Networks { networks, negated }, Value::Address(address)) => {
                contains(networks, *address) != *negated
            }
            (Self::Networks { networks, negated }, Value::Addresses(addresses)) => {
                addresses.iter().any(|address| contains(networks, *address)) != *negated
            }
            (Self::Field(op, other), _) => {
                other.value(event).is_some_and(|other| compare(*op, value.clone(), other))
            }
            _ => false,
        }
    }
}

fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

fn ordered(op: Op, order: std::cmp::Ordering) -> bool {
    match op {
        Op::Eq | Op::Same => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        _ => false,
    }
}

/// Field against field: an operator on texts, or an order of numbers.
fn compare(op: Op, left: Value<'_>, right: Value<'_>) -> bool {
    if let (Value::Number(left), Value::Number(right)) = (&left, &right) {
        return ordered(op, left.cmp(right));
    }
    let (lefts, rights) = (left.texts(), right.texts());
    lefts.iter().any(|left| {
        rights.iter().any(|right| match op {
            Op::In | Op::Intersects => left == right,
            Op::Contains => left.contains(right.as_ref()),
            Op::IContains => left.to_lowercase().contains(&right.to_lowercase()),
            Op::StartsWith => left.starts_with(right.as_ref()),
            Op::EndsWith => left.ends_with(right.as_ref()),
            other => ordered(other, left.cmp(right)),
        })
    })
}

impl TextMatcher {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Is(wanted) => text == wanted,
            Self::IsNot(unwanted) => text != unwanted,
            Self::In(set) => set.contains(text),
            Self::Contains(part) => text.contains(part.as_str()),
            Self::IContains(part) => text.to_lowercase().contains(part.as_str()),
            Self::StartsWith(part) => text.starts_with(part.as_str()),
            Self::EndsWith(part) => text.ends_with(part.as_str()),
            Self::BContains(part) => {
                text.as_bytes().windows(part.len()).any(|window| window == part.as_slice())
            }
            Self::BStartsWith(part) => text.as_bytes().starts_with(part),
            Self::Glob(glob) => glob.is_match(text),
            Self::Regex(regex) => regex.is_match(text),
            Self::Prefixes(paths, globs) => {
                above(text).any(|path| paths.contains(path) || globs.iter().any(|glob| glob.is_match(path)))
            }
            Self::Order(op, limit) => match (text.parse::<i64>(), limit.parse::<i64>()) {
                (Ok(number), Ok(limit)) => ordered(*op, number.cmp(&limit)),
                _ => ordered(*op, text.cmp(limit.as_str())),
            },
        }
    }
}

/// A path and all directories above it, without trailing slashes; the root is `/`.
fn above(path: &str) -> impl Iterator<Item = &str> {
    let whole = path.trim_end_matches('/');
    let whole = if whole.is_empty() && path.starts_with('/') { "/" } else { whole };
    std::iter::successors(Some(whole), |path| match path.rfind('/')? {
        0 if *path == "/" => None,
        0 => Some("/"),
        at => Some(&path[..at]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_ends_at_the_root() {
        assert_eq!(above("/a/b/c/").collect::<Vec<_>>(), ["/a/b/c", "/a/b", "/a", "/"]);
        assert_eq!(above("/").collect::<Vec<_>>(), ["/"]);
        assert_eq!(above("a/b").collect::<Vec<_>>(), ["a/b", "a"]);
        assert_eq!(above("").collect::<Vec<_>>(), [""]);
    }
}
