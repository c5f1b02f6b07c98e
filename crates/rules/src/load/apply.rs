//! Definitions, and what is appended to them or replaces them.

use std::collections::BTreeMap;

use super::item::{Keys, ListDef, MacroDef, Mode, RuleDef};
use super::{Collection, at};
use crate::diagnostic::did_you_mean;
use crate::priority::Priority;

impl Collection<'_> {
    pub(super) fn list(&mut self, keys: &Keys<'_>) {
        let Some(name) = self.name(keys, "list") else { return };
        if keys.get("items").is_none() {
            self.missing(keys, "list", "items");
            return;
        }
        let modes = self.modes(keys, &["items"], &[]);
        let Some(items) = self.texts(keys, "items") else { return };
        match (modes.get("items"), self.lists.get_mut(&name)) {
            (Some(Mode::Append), Some(list)) => list.items.extend(items),
            (Some(Mode::Replace), Some(list)) => list.items = items,
            (Some(_), None) => self.nothing_to_append(keys, "list", &name),
            (None, _) => {
                self.lists.insert(name, ListDef { at: at(keys.file, keys.node), items });
            }
        }
    }

    pub(super) fn macro_(&mut self, keys: &Keys<'_>) {
        let Some(name) = self.name(keys, "macro") else { return };
        let modes = self.modes(keys, &["condition"], &[]);
        let Some(condition) = keys.text("condition").filter(|text| !text.joined().trim().is_empty()) else {
            self.missing(keys, "macro", "condition");
            return;
        };
        match (modes.get("condition"), self.macros.get_mut(&name)) {
            (Some(Mode::Append), Some(old)) => old.condition.append(condition),
            (Some(Mode::Replace), Some(old)) => old.condition = condition,
            (Some(_), None) => self.nothing_to_append(keys, "macro", &name),
            (None, _) => {
                self.macros.insert(name, MacroDef { at: at(keys.file, keys.node), condition });
            }
        }
    }

    fn nothing_to_append(&mut self, keys: &Keys<'_>, what: &str, name: &str) {
        let known: Vec<String> = match what {
            "list" => self.lists.keys().cloned().collect(),
            "macro" => self.macros.keys().cloned().collect(),
            _ => self.rules.keys().cloned().collect(),
        };
        let message = format!("there is no {what} `{name}` yet to append to or to override");
        let hint = did_you_mean(name, known.iter().map(String::as_str))
            .or_else(|| Some(format!("load the file that defines the {what} first")));
        self.invalid(keys.at(what), name.len(), message, hint);
    }

    pub(super) fn rule(&mut self, keys: &Keys<'_>) {
        let Some(name) = self.name(keys, "rule") else { return };
        let before = self.diagnostics.len();
        let modes = self.modes(
            keys,
            &["condition", "output", "desc", "tags", "exceptions"],
            &[
                "priority",
                "enabled",
                "warn_evttypes",
                "skip-if-unknown-filter",
                "capture",
                "capture_duration",
            ],
        );
        // A wrong `override` is told once, not as all that a definition would need besides.
        if modes.is_empty() && keys.get("override").is_some() && self.diagnostics.len() > before {
            return;
        }
        if !modes.is_empty() {
            self.change_rule(keys, &name, &modes);
            return;
        }
        let content = ["desc", "condition", "output", "priority"];
        // `rule` and `enabled` alone switch a rule on or off.
        if keys.get("enabled").is_some() && content.iter().all(|key| keys.get(key).is_none()) {
            let enabled = self.boolean(keys, "enabled");
            match (self.rules.get_mut(&name), enabled) {
                (Some(rule), Some(enabled)) => rule.enabled = enabled,
                (None, _) => self.nothing_to_append(keys, "rule", &name),
                _ => {}
            }
            return;
        }
        for key in content {
            if keys.get(key).is_none_or(|node| node.is_null() || node.text().is_none()) {
                self.missing(keys, "rule", key);
            }
        }
        let priority = self.priority(keys);
        let tags = self.texts(keys, "tags").unwrap_or_default();
        let enabled = self.boolean(keys, "enabled").unwrap_or(true);
        let warn_evttypes = self.boolean(keys, "warn_evttypes").unwrap_or(true);
        let skip_if_unknown_filter = self.boolean(keys, "skip-if-unknown-filter").unwrap_or(false);
        let exceptions = self.exceptions(keys);
        // With errors so far the files are refused; the rule is kept so that its condition's errors are told as well.
        let Some(condition) = keys.text("condition") else { return };
        let rule = RuleDef {
            at: keys.at("rule"),
            desc: keys.get("desc").and_then(|node| node.text()).unwrap_or_default().trim().to_owned(),
            condition,
            output: keys.text("output").unwrap_or_default(),
            priority: priority.unwrap_or(Priority::Notice),
            tags,
            source: keys.get("source").and_then(|node| node.text()).unwrap_or("syscall").to_owned(),
            enabled,
            warn_evttypes,
            skip_if_unknown_filter,
            exceptions,
        };
        if self.rules.insert(name.clone(), rule).is_none() {
            self.order.push(name);
        }
    }

    fn priority(&mut self, keys: &Keys<'_>) -> Option<Priority> {
        let text = keys.get("priority")?.text()?;
        match text.trim().parse() {
            Ok(priority) => Some(priority),
            Err(error) => {
                let near = did_you_mean(
                    &text.to_ascii_lowercase(),
                    [
                        "debug",
                        "informational",
                        "notice",
                        "warning",
                        "error",
                        "critical",
                        "alert",
                        "emergency",
                    ],
                );
                let error: crate::UnknownPriority = error;
                self.error(keys.at("priority"), text.len(), error.to_string(), near);
                None
            }
        }
    }

    fn change_rule(&mut self, keys: &Keys<'_>, name: &str, modes: &BTreeMap<&str, Mode>) {
        let Some(mut rule) = self.rules.get(name).cloned() else {
            self.nothing_to_append(keys, "rule", name);
            return;
        };
        for (key, mode) in modes {
            match (*key, mode) {
                ("condition" | "output", mode) => {
                    let Some(text) = keys.text(key) else { continue };
                    let old = if *key == "condition" { &mut rule.condition } else { &mut rule.output };
                    if *mode == Mode::Append { old.append(text) } else { *old = text }
                }
                ("desc", mode) => {
                    let text = keys.get(key).and_then(|node| node.text()).unwrap_or_default().trim();
                    if *mode == Mode::Append {
                        rule.desc = format!("{} {text}", rule.desc);
                    } else {
                        text.clone_into(&mut rule.desc);
                    }
                }
                ("tags", mode) => {
                    let Some(tags) = self.texts(keys, key) else { continue };
                    if *mode == Mode::Replace {
                        rule.tags.clear();
                    }
                    rule.tags.extend(tags);
                }
                ("exceptions", mode) => {
                    let exceptions = self.exceptions(keys);
                    if *mode == Mode::Replace {
                        rule.exceptions = exceptions;
                    } else {
                        Self::append_exceptions(&mut rule.exceptions, exceptions);
                    }
                }
                ("priority", _) => rule.priority = self.priority(keys).unwrap_or(rule.priority),
                ("enabled", _) => rule.enabled = self.boolean(keys, key).unwrap_or(rule.enabled),
                ("warn_evttypes", _) => rule.warn_evttypes = self.boolean(keys, key).unwrap_or(true),
                ("skip-if-unknown-filter", _) => {
                    rule.skip_if_unknown_filter = self.boolean(keys, key).unwrap_or(false);
                }
                _ => {}
            }
        }
        self.rules.insert(name.to_owned(), rule);
    }
}
