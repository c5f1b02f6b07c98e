//! Reading a mapping whose keys are known, with errors that say where and what instead.

use seawall_checks::yaml::{Data, Node};
use seawall_findings::{Position, Severity};

use crate::Wrong;

/// One thing wrong at one place; boxed, for it is the rare case.
#[derive(Debug)]
pub(super) struct Fail {
    pub(super) position: Position,
    pub(super) wrong: Box<Wrong>,
}

impl Fail {
    pub(super) fn at(position: Position, wrong: Wrong) -> Self {
        Self { position, wrong: Box::new(wrong) }
    }

    pub(super) fn value(node: &Node, key: &str, problem: String) -> Self {
        Self::at(node.position, Wrong::Value { key: key.to_owned(), problem })
    }

    pub(super) fn kind(node: &Node, key: &str, expected: &'static str) -> Self {
        Self::at(node.position, Wrong::Type { key: key.to_owned(), expected, found: node.describe() })
    }
}

/// A mapping whose keys were checked.
#[derive(Debug)]
pub(super) struct Mapping<'a> {
    node: &'a Node,
    name: String,
}

impl<'a> Mapping<'a> {
    /// Takes a mapping that has only known keys. Nothing at all (`key:`) is an empty mapping.
    pub(super) fn new(node: &'a Node, name: &str, known: &[&str]) -> Result<Self, Fail> {
        let entries = match &node.data {
            Data::Mapping(entries) => entries.as_slice(),
            Data::Null => &[],
            _ => return Err(Fail::kind(node, name, "a mapping")),
        };
        for (key, _) in entries {
            if !known.contains(&key.name.as_str()) {
                let wrong = Wrong::UnknownKey {
                    key: key.name.clone(),
                    at: if name.starts_with("the ") { name.to_owned() } else { format!("`{name}`") },
                    nearest: nearest(&key.name, known),
                    known: known.join(", "),
                };
                return Err(Fail::at(key.position, wrong));
            }
        }
        Ok(Self { node, name: name.to_owned() })
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.node.get(key).filter(|node| node.data != Data::Null)
    }

    /// Where a key stands, else where the mapping begins.
    pub(super) fn at(&self, key: &str) -> Position {
        self.node.locate(&format!("/{key}"))
    }

    pub(super) fn required(&self, key: &'static str, why: &'static str) -> Result<&'a Node, Fail> {
        self.get(key).ok_or_else(|| {
            let at =
                if self.name.starts_with("the ") { self.name.clone() } else { format!("`{}`", self.name) };
            Fail::at(self.node.position, Wrong::Missing { at, key, why })
        })
    }

    /// A text that is there and not blank.
    pub(super) fn required_text(&self, key: &'static str, why: &'static str) -> Result<String, Fail> {
        let node = self.required(key, why)?;
        let text = text(node, key)?;
        if text.trim().is_empty() {
            return Err(Fail::value(node, key, format!("must not be empty: {why}")));
        }
        Ok(text)
    }

    pub(super) fn optional_text(&self, key: &'static str) -> Result<Option<String>, Fail> {
        self.get(key).map(|node| text(node, key)).transpose()
    }

    /// A list of texts that are not blank; one text stands for a list of one.
    pub(super) fn texts(&self, key: &'static str) -> Result<Option<Vec<String>>, Fail> {
        let Some(node) = self.get(key) else { return Ok(None) };
        let items = match &node.data {
            Data::Sequence(items) => items.as_slice(),
            Data::String(_) => std::slice::from_ref(node),
            _ => return Err(Fail::kind(node, key, "a list of texts")),
        };
        let mut texts = Vec::new();
        for item in items {
            let text = text(item, key)?;
            if text.trim().is_empty() {
                return Err(Fail::value(item, key, "an entry is empty; remove it".into()));
            }
            texts.push(text);
        }
        Ok(Some(texts))
    }

    /// Key files, each once; there must be some unless `others` stand in.
    pub(super) fn keys(&self, others: bool) -> Result<Vec<String>, Fail> {
        let why = "the public key files that count";
        if others && self.get("keys").is_none() {
            return Ok(Vec::new());
        }
        let node = self.required("keys", why)?;
        let keys = self.texts("keys")?.unwrap_or_default();
        if keys.is_empty() {
            return Err(Fail::value(
                node,
                "keys",
                "is empty, so nothing could ever satisfy it; name a public key file".into(),
            ));
        }
        if let Some(twice) = keys.iter().enumerate().find(|(index, key)| keys[..*index].contains(key)) {
            return Err(Fail::value(
                node,
                "keys",
                format!("`{}` is there twice; one key counts once", twice.1),
            ));
        }
        Ok(keys)
    }

    pub(super) fn boolean(&self, key: &str) -> Result<Option<bool>, Fail> {
        self.get(key)
            .map(|node| match node.data {
                Data::Bool(value) => Ok(value),
                _ => Err(Fail::kind(node, key, "true or false")),
            })
            .transpose()
    }

    /// A whole number from `least` to a million.
    pub(super) fn count(&self, key: &str, least: u32) -> Result<Option<u32>, Fail> {
        let Some(node) = self.get(key) else { return Ok(None) };
        let Data::Number(number) = &node.data else { return Err(Fail::kind(node, key, "a whole number")) };
        let value = number.as_u64().and_then(|value| u32::try_from(value).ok());
        match value.filter(|value| (least..=1_000_000).contains(value)) {
            Some(value) => Ok(Some(value)),
            None => {
                Err(Fail::value(node, key, format!("`{number}` is no whole number from {least} to 1000000")))
            }
        }
    }

    pub(super) fn severity(&self) -> Result<Option<Severity>, Fail> {
        let Some(node) = self.get("severity") else { return Ok(None) };
        let text = text(node, "severity")?;
        text.parse().map(Some).map_err(|_| {
            let words = Severity::ALL.map(Severity::as_str);
            let guess = nearest(&text.to_lowercase(), &words);
            let guess = guess.map(|word| format!(", did you mean `{word}`?")).unwrap_or_default();
            Fail::value(
                node,
                "severity",
                format!("`{text}` is no severity{guess}; they are: {}", words.join(", ")),
            )
        })
    }
}

/// The items of a list under a key; none where the key is absent.
pub(super) fn list<'a>(map: &Mapping<'a>, key: &str) -> Result<&'a [Node], Fail> {
    match map.get(key) {
        None => Ok(&[]),
        Some(node) => match &node.data {
            Data::Sequence(items) => Ok(items),
            _ => Err(Fail::kind(node, key, "a list (`- …`)")),
        },
    }
}

/// A list item of the form `kind: value`: its kind and value.
pub(super) fn tagged<'a>(item: &'a Node, list: &str, known: &[&str]) -> Result<(&'a str, &'a Node), Fail> {
    let Data::Mapping(entries) = &item.data else {
        return Err(Fail::kind(item, list, "a list of rules such as `- vulnerability: {severity: high}`"));
    };
    let [(key, value)] = entries.as_slice() else {
        let problem = format!("each entry of the list names exactly one rule, this one {}", entries.len());
        return Err(Fail::value(item, list, problem));
    };
    if !known.contains(&key.name.as_str()) {
        let wrong = Wrong::UnknownKind {
            kind: key.name.clone(),
            at: format!("`{list}`"),
            nearest: nearest(&key.name, known),
            known: known.join(", "),
        };
        return Err(Fail::at(key.position, wrong));
    }
    Ok((&key.name, value))
}

pub(super) fn text(node: &Node, key: &str) -> Result<String, Fail> {
    match &node.data {
        Data::String(text) => Ok(text.clone()),
        _ => Err(Fail::kind(node, key, "a text (in quotes where it looks like something else)")),
    }
}

/// The known word that is most like a misspelt one, if it is alike at all.
pub(super) fn nearest(word: &str, known: &[&str]) -> Option<String> {
    known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| (*candidate).to_owned())
}
