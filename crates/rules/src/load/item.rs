//! One item of a rule file: what kind it is, and its keys.

use std::collections::BTreeMap;

use super::{Collection, at, text, version};
use crate::diagnostic::did_you_mean;
use crate::priority::Priority;
use crate::source::{At, Text};
use crate::yaml::{Node, Value};

/// A rule as the files define it.
#[derive(Clone)]
pub(super) struct RuleDef {
    pub(super) at: At,
    pub(super) desc: String,
    pub(super) condition: Text,
    pub(super) output: Text,
    pub(super) priority: Priority,
    pub(super) tags: Vec<String>,
    pub(super) source: String,
    pub(super) enabled: bool,
    pub(super) warn_evttypes: bool,
    pub(super) skip_if_unknown_filter: bool,
    pub(super) exceptions: Vec<ExceptionDef>,
}

/// An exception: fields, how they are compared, and the values.
#[derive(Clone)]
pub(super) struct ExceptionDef {
    pub(super) name: String,
    pub(super) at: Text,
    pub(super) fields: Vec<String>,
    pub(super) comps: Vec<String>,
    /// One field as a text instead of a list: each value stands alone.
    pub(super) single: bool,
    pub(super) values: Vec<Node>,
}

pub(super) struct MacroDef {
    pub(super) at: At,
    pub(super) condition: Text,
}

pub(super) struct ListDef {
    pub(super) at: At,
    pub(super) items: Vec<String>,
}

/// What an item does with a definition that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Append,
    Replace,
}

/// The keys of one item.
pub(super) struct Keys<'n> {
    pub(super) file: usize,
    pub(super) node: &'n Node,
    pub(super) pairs: BTreeMap<&'n str, &'n Node>,
    pub(super) key_nodes: BTreeMap<&'n str, &'n Node>,
}

const KINDS: [&str; 5] = ["rule", "macro", "list", "required_engine_version", "required_plugin_versions"];
const RULE_KEYS: [&str; 15] = [
    "rule",
    "desc",
    "condition",
    "output",
    "priority",
    "tags",
    "source",
    "enabled",
    "warn_evttypes",
    "skip-if-unknown-filter",
    "exceptions",
    "append",
    "override",
    "capture",
    "capture_duration",
];

impl<'n> Keys<'n> {
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        self.pairs.get(key).copied()
    }

    pub(super) fn at(&self, key: &str) -> At {
        self.get(key).map_or_else(|| at(self.file, self.node), |node| at(self.file, node))
    }

    pub(super) fn text(&self, key: &str) -> Option<Text> {
        text(self.file, self.get(key)?)
    }
}

impl Collection<'_> {
    pub(super) fn item(&mut self, file: usize, node: &Node) {
        let Value::Mapping(pairs) = &node.value else {
            if !node.is_null() {
                let message = format!("an item is a mapping like `rule: name`; this is {}", node.kind());
                self.error(at(file, node), 1, message, None);
            }
            return;
        };
        let mut keys = Keys { file, node, pairs: BTreeMap::new(), key_nodes: BTreeMap::new() };
        for (key, value) in pairs {
            let Some(name) = key.text() else {
                self.error(at(file, key), 1, format!("a key is a text; this is {}", key.kind()), None);
                return;
            };
            if keys.pairs.insert(name, value).is_some() {
                self.error(
                    at(file, key),
                    name.len(),
                    format!("the key `{name}` stands twice in this item"),
                    None,
                );
                return;
            }
            keys.key_nodes.insert(name, key);
        }
        match KINDS.iter().find(|kind| keys.pairs.contains_key(**kind)) {
            Some(&"rule") => self.known_keys(&keys, &RULE_KEYS, |this, keys| this.rule(keys)),
            Some(&"macro") => {
                self.known_keys(&keys, &["macro", "condition", "append", "override"], |this, keys| {
                    this.macro_(keys);
                });
            }
            Some(&"list") => {
                self.known_keys(&keys, &["list", "items", "append", "override"], |this, keys| {
                    this.list(keys);
                });
            }
            Some(&"required_engine_version") => version::engine(self, &keys),
            Some(&"required_plugin_versions") => version::plugins(self, &keys),
            _ => {
                let first = pairs.first().and_then(|(key, _)| key.text()).unwrap_or_default();
                let message = format!("an item begins with `rule`, `macro` or `list`, not with `{first}`");
                let hint = did_you_mean(first, KINDS);
                self.warning("LOAD_UNKNOWN_ITEM", at(file, node), first.len(), message, hint);
            }
        }
    }

    fn known_keys<'n>(&mut self, keys: &Keys<'n>, known: &[&str], then: impl FnOnce(&mut Self, &Keys<'n>)) {
        for (name, key) in &keys.key_nodes {
            if !known.contains(name) {
                let hint = did_you_mean(name, known.iter().copied())
                    .or_else(|| Some(format!("the keys are {}", known.join(", "))));
                let message = format!("the key `{name}` is not known and is ignored");
                self.warning("LOAD_UNKNOWN_KEY", at(keys.file, key), name.len(), message, hint);
            }
        }
        then(self, keys);
    }

    /// The item's name, `what` being its kind.
    pub(super) fn name(&mut self, keys: &Keys<'_>, what: &str) -> Option<String> {
        let name = keys.get(what).and_then(|node| if node.is_null() { None } else { node.text() });
        match name {
            Some(name) if !name.trim().is_empty() => Some(name.to_owned()),
            _ => {
                self.error(keys.at(what), what.len(), format!("this {what} has no name"), None);
                None
            }
        }
    }

    pub(super) fn missing(&mut self, keys: &Keys<'_>, what: &str, key: &str) {
        let message = format!("this {what} has no `{key}`");
        self.error(at(keys.file, keys.node), what.len(), message, Some(format!("add `{key}:`")));
    }

    pub(super) fn boolean(&mut self, keys: &Keys<'_>, key: &str) -> Option<bool> {
        let node = keys.get(key)?;
        match node.text().map(str::to_ascii_lowercase).as_deref() {
            Some("true" | "yes" | "on") => Some(true),
            Some("false" | "no" | "off") => Some(false),
            _ => {
                let message = format!("`{key}` is `true` or `false`");
                self.error(keys.at(key), 1, message, None);
                None
            }
        }
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, keys: &Keys<'_>, key: &str) -> Option<Vec<String>> {
        let node = keys.get(key)?;
        if node.is_null() {
            return Some(Vec::new());
        }
        let Value::Sequence(items) = &node.value else {
            self.error(keys.at(key), 1, format!("`{key}` is a list; this is {}", node.kind()), None);
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match item.text() {
                Some(text) => texts.push(text.to_owned()),
                None => {
                    let message = format!("an item of `{key}` is a text; this is {}", item.kind());
                    self.error(at(keys.file, item), 1, message, None);
                    return None;
                }
            }
        }
        Some(texts)
    }

    /// `append: true` or the mapping `override`: what each key does. Empty for a definition.
    pub(super) fn modes<'n>(
        &mut self,
        keys: &Keys<'n>,
        appendable: &[&str],
        replaceable: &[&str],
    ) -> BTreeMap<&'n str, Mode> {
        let mut modes = BTreeMap::new();
        if self.boolean(keys, "append") == Some(true) {
            let known = ["condition", "items", "exceptions"];
            modes
                .extend(keys.pairs.keys().filter(|key| known.contains(*key)).map(|key| (*key, Mode::Append)));
            if let Some(key) = keys.key_nodes.get("append") {
                self.warning(
                    "LOAD_DEPRECATED_ITEM",
                    at(keys.file, key),
                    6,
                    "`append: true` is the old way".to_owned(),
                    Some("write `override:` with `condition: append` and the like".to_owned()),
                );
            }
        }
        let Some(node) = keys.get("override") else { return modes };
        let Value::Mapping(pairs) = &node.value else {
            let message = "`override` is a mapping like `condition: append`".to_owned();
            self.error(keys.at("override"), 1, message, None);
            return modes;
        };
        for (key, value) in pairs {
            let (name, mode) = (key.text().unwrap_or_default(), value.text().unwrap_or_default());
            let all: Vec<&str> = appendable.iter().chain(replaceable).copied().collect();
            let mode = match mode {
                "append" if appendable.contains(&name) => Mode::Append,
                "replace" if all.contains(&name) => Mode::Replace,
                "append" | "replace" => {
                    let message = format!("`{name}` cannot be overridden with `{mode}`");
                    self.error(at(keys.file, key), name.len(), message, did_you_mean(name, all));
                    continue;
                }
                other => {
                    let message = format!("an override is `append` or `replace`, not `{other}`");
                    self.error(
                        at(keys.file, value),
                        other.len(),
                        message,
                        did_you_mean(other, ["append", "replace"]),
                    );
                    continue;
                }
            };
            match keys.pairs.get_key_value(name) {
                Some((name, _)) => {
                    modes.insert(*name, mode);
                }
                None => {
                    let message = format!("`{name}` is to be overridden, but this item has no `{name}`");
                    self.error(at(keys.file, key), name.len(), message, Some(format!("add `{name}:`")));
                }
            }
        }
        modes
    }
}
