//! All definitions to [`Rules`].

use std::collections::{BTreeMap, BTreeSet};

use super::Collection;
use super::item::RuleDef;
use crate::compile::{Compiler, Findings, Lists, Node, Unit};
use crate::condition::{self, Expr};
use crate::diagnostic::{Diagnostic, Level};
use crate::event_types::{CALLS, DELIVERED};
use crate::output::Output;
use crate::rules::{Compiled, K8S_AUDIT, Rule, Rules, SYSCALL};
use crate::source::{Files, Text};

fn parse(files: &Files<'_>, text: &Text, diagnostics: &mut Vec<Diagnostic>) -> Option<Expr> {
    match condition::parse(&text.joined()) {
        Ok(expr) => Some(expr),
        Err(error) => {
            diagnostics.push(files.diagnostic(
                Level::Error,
                "LOAD_ERR_COMPILE_CONDITION",
                text.locate(files, error.span.start),
                error.span.end.saturating_sub(error.span.start),
                error.message,
                error.hint,
            ));
            None
        }
    }
}

/// A rule with its trees.
struct Parsed {
    name: String,
    def: RuleDef,
    expr: Expr,
    exceptions: Vec<(Expr, Text)>,
}

pub(super) fn build(mut collection: Collection<'_>) -> Result<(Rules, Vec<Diagnostic>), Vec<Diagnostic>> {
    let files = collection.files;
    let mut diagnostics = Vec::new();
    let mut parsed = Vec::new();
    for name in std::mem::take(&mut collection.order) {
        let Some(def) = collection.rules.remove(&name) else { continue };
        if ![SYSCALL, K8S_AUDIT].contains(&&*def.source) {
            let message =
                format!("the rule `{name}` is for the source `{}`, which is not here: skipped", def.source);
            collection.warning("LOAD_UNKNOWN_SOURCE", def.at, 1, message, None);
            continue;
        }
        let exceptions = collection.exception_conditions(&def.exceptions);
        if let Some(expr) = parse(files, &def.condition, &mut diagnostics) {
            parsed.push(Parsed { name, def, expr, exceptions });
        }
    }
    let macros: Vec<(&str, Expr, &Text)> = collection
        .macros
        .iter()
        .filter_map(|(name, def)| {
            Some((name.as_str(), parse(files, &def.condition, &mut diagnostics)?, &def.condition))
        })
        .collect();
    let units = macros.iter().map(|(name, expr, text)| (*name, Unit { expr, text })).collect();
    let lists =
        collection.lists.iter().map(|(name, def)| (name.as_str(), &def.items)).collect::<BTreeMap<_, _>>();
    let mut compiler = Compiler::new(files, units, Lists::new(lists));
    let mut rules = Vec::new();
    let mut used = Findings::default();
    for one in &parsed {
        let mut findings = Findings::default();
        let built = rule(one, files, &mut compiler, &mut findings, &mut diagnostics);
        used.used_macros.append(&mut findings.used_macros);
        used.used_lists.append(&mut findings.used_lists);
        rules.extend(built);
    }
    let unused_macros: Vec<_> =
        collection.macros.iter().filter(|(name, _)| !used.used_macros.contains(*name)).collect();
    for (name, def) in unused_macros {
        let mut findings = Findings::default();
        compiler.unused_macro(name, &mut findings);
        used.used_macros.append(&mut findings.used_macros);
        used.used_lists.append(&mut findings.used_lists);
        // A field that only an unused macro asks for does no harm.
        diagnostics.extend(findings.problems.into_iter().filter(|p| !p.unknown_filter).map(|p| p.diagnostic));
        let message = format!("the macro `{name}` is not used by any rule");
        diagnostics.push(files.diagnostic(Level::Warning, "LOAD_UNUSED_MACRO", def.at, 1, message, None));
    }
    for (name, def) in &collection.lists {
        if !used.used_lists.contains(name) {
            let message = format!("the list `{name}` is not used by any rule");
            diagnostics.push(files.diagnostic(Level::Warning, "LOAD_UNUSED_LIST", def.at, 1, message, None));
        }
    }
    let shared = std::mem::take(&mut compiler.shared);
    drop(compiler);
    diagnostics.append(&mut collection.diagnostics);
    // A macro's problem is found by every rule that uses it, and told once.
    let mut seen = BTreeSet::new();
    diagnostics.retain(|d| seen.insert((d.file.clone(), d.line, d.column, d.message.clone())));
    let place = |d: &Diagnostic| files.0.iter().position(|(name, _)| *name == d.file);
    diagnostics.sort_by_key(|d| (d.severity != Level::Error, place(d), d.line, d.column));
    if diagnostics.iter().any(|d| d.severity == Level::Error) {
        // What seems unused may be used by what is wrong.
        diagnostics.retain(|d| !d.code.starts_with("LOAD_UNUSED"));
        return Err(diagnostics);
    }
    Ok((Rules::new(rules, shared, collection.ends_only), diagnostics))
}

fn rule<'a>(
    one: &'a Parsed,
    files: &Files<'_>,
    compiler: &mut Compiler<'a>,
    findings: &mut Findings,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Compiled> {
    let (name, def) = (&one.name, &one.def);
    let (mut node, reach) = compiler.condition(&Unit { expr: &one.expr, text: &def.condition }, findings);
    if !one.exceptions.is_empty() {
        let mut parts = vec![node];
        for (expr, text) in &one.exceptions {
            let (exception, _) = compiler.condition(&Unit { expr, text }, findings);
            parts.push(Node::Not(Box::new(exception)));
        }
        node = Node::And(parts);
    }
    let mut unknown_only = findings.problems.iter().all(|problem| problem.unknown_filter);
    let mut problems: Vec<Diagnostic> =
        findings.problems.drain(..).map(|problem| problem.diagnostic).collect();
    let output = match Output::parse(&def.output.joined()) {
        Ok(output) => Some(output),
        Err(errors) => {
            for error in errors {
                unknown_only &= error.unknown_filter;
                problems.push(files.diagnostic(
                    Level::Error,
                    "LOAD_ERR_COMPILE_OUTPUT",
                    def.output.locate(files, error.span.start),
                    error.span.end.saturating_sub(error.span.start),
                    error.message,
                    error.hint,
                ));
            }
            None
        }
    };
    for (source, problem) in &findings.sources {
        if *source != def.source {
            unknown_only = false;
            problems.push(problem.clone());
        }
    }
    let mut warn = |code, message, hint| {
        diagnostics.push(files.diagnostic(Level::Warning, code, def.at, name.len(), message, hint));
    };
    if !problems.is_empty() && unknown_only && def.skip_if_unknown_filter {
        for problem in &problems {
            let message = format!("the rule `{name}` is skipped: {}", problem.message);
            warn("LOAD_UNKNOWN_FILTER", message, problem.hint.clone());
        }
        return None;
    }
    let kinds: BTreeSet<_> =
        DELIVERED.iter().filter(|(name, _)| reach.holds.contains(name)).map(|(_, kind)| *kind).collect();
    if problems.is_empty() && def.source == SYSCALL {
        if !reach.holds.is_bounded() && def.warn_evttypes {
            warn(
                "LOAD_NO_EVTTYPE",
                format!("the rule `{name}` is tested against too many types of event: that is slow"),
                Some("begin its condition with the types it is about: `evt.type in (…) and …`".to_owned()),
            );
        }
        if kinds.is_empty() && !CALLS.iter().any(|name| reach.holds.contains(name)) {
            let types = reach.holds.names().collect::<Vec<_>>().join(", ");
            warn(
                "LOAD_NO_EVENTS",
                format!("the rule `{name}` fires over captures only: the sensor does not deliver {types}"),
                None,
            );
        } else if !findings.absent.is_empty() {
            let fields = findings.absent.iter().copied().collect::<Vec<_>>().join(", ");
            let message =
                format!("the rule `{name}` asks for what the sensor's events do not carry yet: {fields}");
            warn(
                "LOAD_ABSENT_FIELD",
                message,
                Some("live, checks on it never hold; the rest of the rule works".to_owned()),
            );
        }
    }
    diagnostics.append(&mut findings.warnings);
    let failed = !problems.is_empty();
    diagnostics.append(&mut problems);
    if failed {
        return None;
    }
    Some(Compiled {
        rule: Rule {
            name: name.clone(),
            description: def.desc.clone(),
            priority: def.priority,
            tags: def.tags.clone(),
            source: def.source.clone(),
            enabled: def.enabled,
            condition: def.condition.joined(),
            output: def.output.joined(),
            kinds: kinds.into_iter().collect(),
            types: reach.holds.is_bounded().then(|| reach.holds.names().map(str::to_owned).collect()),
            fields: findings.fields.iter().copied().collect(),
            place: (
                files.0.get(def.at.file).map(|(file, _)| (*file).to_owned()).unwrap_or_default(),
                def.at.line,
                def.at.column,
            ),
        },
        types: reach.holds,
        node,
        output: output?,
    })
}
