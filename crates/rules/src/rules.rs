//! Loaded rules, and events tested against them.

use std::collections::{BTreeSet, HashMap};

use seawall_events::{Call, Direction, Event, EventKind};
use serde::Serialize;

use crate::alert::{Actor, Alert, timestamp};
use crate::compile::{Memory, Node};
use crate::diagnostic::Diagnostic;
use crate::event_types::{DELIVERED, Kind, NAMES, Types, type_of};
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
    /// `syscall` or `k8s_audit`.
    pub source: String,
    /// Whether it is tested.
    pub enabled: bool,
    /// Its condition as the files give it, appends included.
    pub condition: String,
    /// Its output format.
    pub output: String,
    /// The kinds of event it can match; empty when no sensor delivers what it is about.
    pub kinds: Vec<Kind>,
    /// The types of event it can match; none for all.
    pub types: Option<Vec<String>>,
    /// The fields that its condition asks for.
    pub fields: Vec<&'static str>,
    /// Where it is defined: file, line, column.
    pub place: (String, usize, usize),
}

/// The sources whose events there are.
pub(crate) const SYSCALL: &str = "syscall";
pub(crate) const K8S_AUDIT: &str = "k8s_audit";

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
    /// For each type of event, the rules that can match it.
    buckets: HashMap<&'static str, Vec<usize>>,
    /// The rules that can match events of a type that is not known by name.
    others: Vec<usize>,
    /// The rules for audit events.
    audit: Vec<usize>,
    /// Whether the beginnings of calls are passed over: since version 0.57 of the language a rule sees a call once, when
    /// it ends; files for older versions see both.
    ends_only: bool,
}

impl Rules {
    /// Loads files, `(name, text)` each, in order: later files append to earlier ones and override them.
    ///
    /// # Errors
    /// All that is wrong, errors first; the rules are loaded whole or not at all. With success come the warnings.
    pub fn load(files: &[(&str, &str)]) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        crate::load::load(files)
    }

    /// Explains the rule `name` of files: what it comes to with macros filled in. None where there is no such rule.
    ///
    /// # Errors
    /// As [`Rules::load`].
    pub fn explain(
        files: &[(&str, &str)],
        name: &str,
    ) -> Result<Option<crate::Explanation>, Vec<Diagnostic>> {
        crate::load::explain(files, name)
    }

    /// Seawall's own rules, for `load`.
    pub fn default_text() -> &'static str {
        include_str!("../rules/seawall.yaml")
    }

    pub(crate) fn new(rules: Vec<Compiled>, shared: Vec<Node>, ends_only: bool) -> Self {
        let mut all = Self {
            all: rules,
            shared,
            buckets: HashMap::new(),
            others: Vec::new(),
            audit: Vec::new(),
            ends_only,
        };
        all.sort_into_buckets();
        all
    }

    fn sort_into_buckets(&mut self) {
        let on = |source: &str| {
            let on =
                self.all.iter().enumerate().filter(|(_, one)| one.rule.enabled && one.rule.source == source);
            on.collect::<Vec<_>>()
        };
        let calls = on(SYSCALL);
        let bucket = |name: &str| {
            let can = calls.iter().filter(|(_, one)| one.types.contains(name));
            can.map(|(index, _)| *index).collect::<Vec<_>>()
        };
        let buckets = NAMES.iter().map(|name| (*name, bucket(name))).filter(|(_, bucket)| !bucket.is_empty());
        let buckets = buckets.collect();
        let audit = on(K8S_AUDIT).into_iter().map(|(index, _)| index).collect();
        let others = bucket("");
        (self.buckets, self.others, self.audit) = (buckets, others, audit);
    }

    /// Switches every rule on or off.
    pub fn switch(&mut self, on: impl Fn(&Rule) -> bool) {
        for compiled in &mut self.all {
            compiled.rule.enabled = on(&compiled.rule);
        }
        self.sort_into_buckets();
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
        let delivered = DELIVERED.iter().filter(|(name, _)| self.buckets.contains_key(name));
        delivered.map(|(_, kind)| *kind).collect()
    }

    /// The types of event (`openat` …) that an enabled rule can match and a sensor delivers.
    pub fn event_types(&self) -> Vec<&'static str> {
        DELIVERED.iter().map(|(name, _)| *name).filter(|name| self.buckets.contains_key(name)).collect()
    }

    /// The types of event that an enabled rule can match, of those that captures can have; none for all.
    pub fn captured_types(&self) -> Option<Vec<&'static str>> {
        if self.others.is_empty() { Some(self.buckets.keys().copied().collect()) } else { None }
    }

    /// Tests an event: an alert for every enabled rule that matches, in the order of the rules.
    pub fn evaluate(&self, event: &Event) -> Vec<Alert> {
        let bucket = match &event.kind {
            EventKind::Audit(_) => &self.audit,
            EventKind::Call(call) if self.ends_only && has_end(call) => return Vec::new(),
            kind => match self.buckets.get(type_of(kind)) {
                Some(bucket) => bucket,
                None if NAMES.contains(&type_of(kind)) => return Vec::new(),
                None => &self.others,
            },
        };
        let mut memory = Memory::new(self.shared.len());
        bucket
            .iter()
            .filter_map(|index| self.all.get(*index))
            .filter(|compiled| compiled.node.holds(event, &self.shared, &mut memory))
            .map(|compiled| alert(compiled, event))
            .collect()
    }
}

/// Whether the event is the beginning of a call whose end is an event of its own.
fn has_end(call: &Call) -> bool {
    const SINGLE: [&str; 4] = ["procexit", "signaldeliver", "switch", "container"];
    call.direction == Direction::Enter && !SINGLE.contains(&&*call.name)
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
