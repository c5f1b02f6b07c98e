//! Syntax trees to tests.

mod check;
mod lists;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use seawall_events::Event;

use crate::condition::{Expr, Span};
use crate::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::event_types::Reach;
use crate::matcher::{Matcher, Source};
use crate::source::{Files, Text};

pub(crate) use check::{glob, nearest_operator, source};
pub(crate) use lists::Lists;

/// Deepest nesting of macros.
const MAX_MACRO_DEPTH: usize = 100;

/// A compiled condition.
#[derive(Debug)]
pub(crate) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    /// A macro: compiled once, and tested at most once for an event.
    Shared(usize),
    Check(Source, Matcher),
}

/// What the tests of one event remember: the result of each macro.
pub(crate) struct Memory(Vec<Option<bool>>);

impl Memory {
    pub(crate) fn new(shared: usize) -> Self {
        Self(vec![None; shared])
    }
}

impl Node {
    pub(crate) fn holds(&self, event: &Event, shared: &[Node], memory: &mut Memory) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(event, shared, memory)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(event, shared, memory)),
            Self::Not(part) => !part.holds(event, shared, memory),
            Self::Check(source, matcher) => matcher.matches(source, event),
            Self::Shared(index) => {
                if let Some(known) = memory.0.get(*index).copied().flatten() {
                    return known;
                }
                let result = shared.get(*index).is_some_and(|node| node.holds(event, shared, memory));
                if let Some(slot) = memory.0.get_mut(*index) {
                    *slot = Some(result);
                }
                result
            }
        }
    }
}

/// A condition's text and tree.
pub(crate) struct Unit<'a> {
    pub(crate) expr: &'a Expr,
    pub(crate) text: &'a Text,
}

/// What is wrong with a condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    pub(crate) diagnostic: Diagnostic,
    /// An unknown field or event type, which `skip-if-unknown-filter` forgives.
    pub(crate) unknown_filter: bool,
}

/// What compiling a condition found besides the condition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) problems: Vec<Problem>,
    pub(crate) warnings: Vec<Diagnostic>,
    /// Fields that no event carries.
    pub(crate) absent: BTreeSet<&'static str>,
    /// Fields that are asked for.
    pub(crate) fields: BTreeSet<&'static str>,
    /// Sources that a field is one of, with a diagnostic for the case that the rule has another.
    pub(crate) sources: BTreeMap<&'static str, Diagnostic>,
    pub(crate) used_macros: BTreeSet<String>,
    pub(crate) used_lists: BTreeSet<String>,
}

impl Findings {
    fn absorb(&mut self, other: &Self) {
        // A macro that is named twice brings its problems once, else they would double at every level.
        for problem in &other.problems {
            if !self.problems.contains(problem) {
                self.problems.push(problem.clone());
            }
        }
        for warning in &other.warnings {
            if !self.warnings.contains(warning) {
                self.warnings.push(warning.clone());
            }
        }
        self.absent.extend(other.absent.iter().copied());
        self.fields.extend(other.fields.iter().copied());
        for (source, diagnostic) in &other.sources {
            self.sources.entry(source).or_insert_with(|| diagnostic.clone());
        }
        self.used_macros.extend(other.used_macros.iter().cloned());
        self.used_lists.extend(other.used_lists.iter().cloned());
    }
}

struct Compiled {
    index: usize,
    reach: Reach,
    findings: Findings,
}

/// Compiles conditions over the same macros and lists.
pub(crate) struct Compiler<'a> {
    files: &'a Files<'a>,
    macros: BTreeMap<&'a str, Unit<'a>>,
    lists: Lists<'a>,
    compiled: HashMap<&'a str, Compiled>,
    open: Vec<&'a str>,
    pub(crate) shared: Vec<Node>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(files: &'a Files<'a>, macros: BTreeMap<&'a str, Unit<'a>>, lists: Lists<'a>) -> Self {
        Self { files, macros, lists, compiled: HashMap::new(), open: Vec::new(), shared: Vec::new() }
    }

    /// Compiles a macro that no rule uses, for its problems.
    pub(crate) fn unused_macro(&mut self, name: &'a str, findings: &mut Findings) {
        self.macro_named(name, Span::default(), &Text::default(), findings);
    }

    /// Compiles one condition; where there are problems, the result is of no use.
    pub(crate) fn condition(&mut self, unit: &Unit<'a>, findings: &mut Findings) -> (Node, Reach) {
        self.node(unit.expr, unit.text, findings)
    }

    fn node(&mut self, expr: &'a Expr, text: &Text, findings: &mut Findings) -> (Node, Reach) {
        match expr {
            Expr::And(parts) => {
                let (nodes, reaches): (Vec<_>, Vec<_>) =
                    parts.iter().map(|part| self.node(part, text, findings)).unzip();
                (Node::And(nodes), Reach::and(reaches))
            }
            Expr::Or(parts) => {
                let (nodes, reaches): (Vec<_>, Vec<_>) =
                    parts.iter().map(|part| self.node(part, text, findings)).unzip();
                (Node::Or(nodes), Reach::or(reaches))
            }
            Expr::Not(part) => {
                let (node, reach) = self.node(part, text, findings);
                (Node::Not(Box::new(node)), reach.not())
            }
            Expr::Macro(name, span) => self.macro_named(name, *span, text, findings),
            Expr::Check(check) => self.check(check, text, findings),
        }
    }

    fn macro_named(
        &mut self,
        name: &'a str,
        span: Span,
        text: &Text,
        findings: &mut Findings,
    ) -> (Node, Reach) {
        let never = (Node::Or(Vec::new()), Reach::any());
        findings.used_macros.insert(name.to_owned());
        if let Some(done) = self.compiled.get(name) {
            findings.absorb(&done.findings);
            return (Node::Shared(done.index), done.reach.clone());
        }
        if self.open.contains(&name) {
            let way = self.open.iter().chain([&name]).copied().collect::<Vec<_>>().join("` → `");
            findings.problems.push(self.problem(
                text,
                span,
                format!("macros go round in a circle: `{way}`"),
                None,
            ));
            return never;
        }
        if self.open.len() >= MAX_MACRO_DEPTH {
            let message = "macros are nested deeper than 100 levels".to_owned();
            findings.problems.push(self.problem(text, span, message, None));
            return never;
        }
        let Some((name, unit)) = self.macros.get_key_value(name) else {
            let hint = if self.lists.contains(name) {
                Some(format!("`{name}` is a list: write `field in ({name})`"))
            } else {
                did_you_mean(name, self.macros.keys().copied())
            };
            let mut problem = self.problem(text, span, format!("there is no macro `{name}`"), hint);
            problem.diagnostic.code = "LOAD_ERR_VALIDATE";
            findings.problems.push(problem);
            return never;
        };
        let (name, expr, inner_text) = (*name, unit.expr, unit.text);
        self.open.push(name);
        let mut inner = Findings::default();
        let (node, reach) = self.node(expr, inner_text, &mut inner);
        self.open.pop();
        let index = self.shared.len();
        self.shared.push(node);
        findings.absorb(&inner);
        self.compiled.insert(name, Compiled { index, reach: reach.clone(), findings: inner });
        (Node::Shared(index), reach)
    }

    fn diagnostic(
        &self,
        level: Level,
        code: &'static str,
        text: &Text,
        span: Span,
        message: String,
        hint: Option<String>,
    ) -> Diagnostic {
        let at = text.locate(self.files, span.start);
        self.files.diagnostic(level, code, at, span.end.saturating_sub(span.start), message, hint)
    }

    fn problem(&self, text: &Text, span: Span, message: String, hint: Option<String>) -> Problem {
        Problem {
            diagnostic: self.diagnostic(
                Level::Error,
                "LOAD_ERR_COMPILE_CONDITION",
                text,
                span,
                message,
                hint,
            ),
            unknown_filter: false,
        }
    }
}
