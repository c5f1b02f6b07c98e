//! Loaded rules, and events tested against them.

use std::collections::BTreeSet;

use seawall_events::Event;
use serde::Serialize;

use crate::alert::{Actor, Alert, timestamp};
use crate::compile::{Memory, Node};
use crate::diagnostic::Diagnostic;
use crate::event_types::{DELIVERED, Kind, Types, index_of, type_of};
use crate::output::Output;
use crate::priority::Priority;

/// One rule, as far as people and configuration ask about it.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What it is about, and what to do.
    pub description: String,
    /// How urgent its alerts are.
    pub priority: Priority,
    /// Its tags.
    pub tags: Vec<String>,
    /// `syscall`.
    pub source: String,
    /// Whether it is tested.
    pub enabled: bool,
    /// Its condition as the files give it, appends included.
    pub condition: String,
    /// Its output format.
    pub output: String,
    /// The kinds of event it can match; empty when nothing delivers what it is about.
    pub kinds: Vec<Kind>,
}

#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) rule: Rule,
    pub(crate) types: Types,
    pub(crate) node: Node,
    pub(crate) output: Output,
}

/// Loaded rules.
#[derive(Debug)]
pub struct Rules {
    all: Vec<Compiled>,
    shared: Vec<Node>,
    /// For each type of [`DELIVERED`], the rules that can match it.
    buckets: Vec<Vec<usize>>,
}

impl Rules {
    /// Loads files, `(name, text)` each, in order: later files append to earlier ones and override them.
    ///
    /// # Errors
    /// All that is wrong, errors first; the rules are loaded whole or not at all. With success come the warnings.
    pub fn load(files: &[(&str, &str)]) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        crate::load::load(files)
    }

    /// Seawall's own rules, for `load`.
    pub fn default_text() -> &'static str {
        include_str!("../rules/seawall.yaml")
    }

    pub(crate) fn new(rules: Vec<Compiled>, shared: Vec<Node>) -> Self {
        let buckets = DELIVERED
            .iter()
            .map(|(name, _)| {
                let can = |compiled: &Compiled| compiled.rule.enabled && compiled.types.contains(name);
                rules.iter().enumerate().filter(|(_, rule)| can(rule)).map(|(index, _)| index).collect()
            })
            .collect();
        Self { all: rules, shared, buckets }
    }

    /// All rules, the disabled ones too, in the order of their definition.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.all.iter().map(|compiled| &compiled.rule)
    }

    /// How many rules there are, the disabled ones included.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The kinds of event that an enabled rule can match: what a sensor must deliver.
    pub fn event_kinds(&self) -> BTreeSet<Kind> {
        let buckets = DELIVERED.iter().zip(&self.buckets);
        buckets.filter(|(_, rules)| !rules.is_empty()).map(|((_, kind), _)| *kind).collect()
    }

    /// The types of event (`openat` …) that an enabled rule can match.
    pub fn event_types(&self) -> Vec<&'static str> {
        let buckets = DELIVERED.iter().zip(&self.buckets);
        buckets.filter(|(_, rules)| !rules.is_empty()).map(|((name, _), _)| *name).collect()
    }

    /// Tests an event: an alert for every enabled rule that matches, in the order of the rules.
    pub fn evaluate(&self, event: &Event) -> Vec<Alert> {
        let Some(bucket) = index_of(&event.kind).and_then(|index| self.buckets.get(index)) else {
            return Vec::new();
        };
        if bucket.is_empty() {
            return Vec::new();
        }
        let mut memory = Memory::new(self.shared.len());
        bucket
            .iter()
            .filter_map(|index| self.all.get(*index))
            .filter(|compiled| compiled.node.holds(event, &self.shared, &mut memory))
            .map(|compiled| alert(compiled, event))
            .collect()
    }
}

fn alert(compiled: &Compiled, event: &Event) -> Alert {
    let (output, output_fields) = compiled.output.render(event);
    let rule = &compiled.rule;
    Alert {
        time: timestamp(event.time),
        rule: rule.name.clone(),
        priority: rule.priority,
        output,
        output_fields,
        tags: rule.tags.clone(),
        source: rule.source.clone(),
        description: rule.description.clone(),
        event_number: event.number,
        event_type: type_of(&event.kind).to_owned(),
        process: Actor::of(event),
        container: event.container.clone(),
    }
}
