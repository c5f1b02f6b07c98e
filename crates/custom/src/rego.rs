//! Rego checks in Conftest's and trivy's conventions, evaluated by `regorus`.
//!
//! - **Conftest**: rules `deny`, `violation` and `warn` (also `deny_…`) of any package, a text or `{msg: …}` each;
//!   `exception[rules]` names rules that a document is let off.
//! - **trivy**: the same rules with `result.new(message, part)` or `{msg, startline, endline}`; a `# METADATA` block or
//!   `__rego_metadata__` says id, title, severity and what to do; `input.selector` or `__rego_input__` which documents are
//!   meant. `data.lib.kubernetes` is there where the files do not bring their own.
//!
//! Both language versions are read: v1 first, then v0. An evaluation that takes too long or fails is a finding.

mod library;
mod metadata;
mod outcome;

use std::num::NonZeroU32;
use std::time::Duration;

use regorus::Engine;
use regorus::utils::limits::ExecutionTimerConfig;
use seawall_findings::{Finding, FindingKind, Location, Severity};
use serde_json::Value;

use crate::rego::metadata::Metadata;
use crate::{Input, Problem, Tested};

/// One rule over one document.
const LONGEST: Duration = Duration::from_secs(5);

/// Loaded modules.
#[derive(Clone)]
pub struct Policies {
    engine: Engine,
    modules: Vec<Module>,
}

#[derive(Clone)]
struct Module {
    path: String,
    /// `data.main`.
    package: String,
    rules: Vec<String>,
    tests: Vec<String>,
    excepts: bool,
    metadata: Metadata,
    /// It is written for trivy: its input carries lines.
    lines: bool,
}

impl Policies {
    pub(crate) fn new(data: Option<&Value>) -> Self {
        let mut engine = Engine::new();
        if let Some(check_interval) = NonZeroU32::new(1_000) {
            engine.set_execution_timer_config(ExecutionTimerConfig { limit: LONGEST, check_interval });
        }
        outcome::register(&mut engine);
        if let Some(data) = data {
            // An object, as the caller read it; anything else has no names to be found under.
            let _ = engine.add_data_json(&data.to_string());
        }
        Self { engine, modules: Vec::new() }
    }

    pub(crate) fn add(&mut self, path: &str, text: &str) -> Result<(), String> {
        // The language changed in version 1: `if` and `contains` are words then. Most files are of one version only.
        let mut engine = self.engine.clone();
        engine.set_rego_v0(false);
        let package = match engine.add_policy(path.to_owned(), text.to_owned()) {
            Ok(package) => package,
            Err(first) => {
                engine = self.engine.clone();
                engine.set_rego_v0(true);
                engine
                    .add_policy(path.to_owned(), text.to_owned())
                    .map_err(|_| first.to_string().trim().to_owned())?
            }
        };
        self.engine = engine;
        let names = heads(text);
        let metadata = Metadata::of_comments(text)?;
        self.modules.push(Module {
            path: path.to_owned(),
            rules: names.iter().filter(|name| is_rule(name)).cloned().collect(),
            tests: names.iter().filter(|name| name.starts_with("test_")).cloned().collect(),
            excepts: names.iter().any(|name| name == "exception"),
            lines: metadata.found
                || names.iter().any(|name| name.starts_with("__rego_"))
                || text.contains("result.new("),
            metadata,
            package,
        });
        Ok(())
    }

    /// Once all files are there: trivy's library where it is asked for and not brought along, and old-style metadata.
    pub(crate) fn prepare(&mut self) -> Result<(), Vec<Problem>> {
        if self.modules.is_empty() {
            return Ok(());
        }
        library::add_missing(&mut self.engine, self.modules.iter().map(|module| module.package.as_str()));
        let mut problems = Vec::new();
        for module in &mut self.modules {
            if module.rules.is_empty() && module.tests.is_empty() {
                continue;
            }
            if let Err(what) = module.metadata.read_rules(&mut self.engine, &module.package) {
                problems.push(Problem { path: module.path.clone(), what });
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    pub(crate) fn len(&self) -> usize {
        self.modules.iter().map(|module| module.rules.len()).sum()
    }

    pub(crate) fn run(&self, input: &Input<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let meant = || self.modules.iter().filter(|module| module.metadata.means(input));
        for lines in [false, true] {
            if !meant().any(|module| module.lines == lines && !module.rules.is_empty()) {
                continue;
            }
            let mut engine = self.engine.clone();
            let value = if lines { input.with_lines() } else { input.value.clone() };
            if let Err(error) = engine.set_input_json(&value.to_string()) {
                findings.push(failed(input, "rego", &error.to_string()));
                continue;
            }
            for module in meant().filter(|module| module.lines == lines) {
                module.run(&mut engine, input, &mut findings);
            }
        }
        findings
    }

    pub(crate) fn test(&self) -> Vec<Tested> {
        let mut tested = Vec::new();
        let mut engine = self.engine.clone();
        for module in &self.modules {
            for test in &module.tests {
                let name = format!("{}.{test}", module.package);
                let failure = match engine.eval_rule(name.clone()) {
                    Ok(value) if value == regorus::Value::from(true) => None,
                    Ok(_) => Some("it does not hold".to_owned()),
                    Err(error) => Some(error.to_string().trim().to_owned()),
                };
                tested.push(Tested { name, path: module.path.clone(), failure });
            }
        }
        tested
    }
}

impl Module {
    fn run(&self, engine: &mut Engine, input: &Input<'_>, findings: &mut Vec<Finding>) {
        let excepted = if self.excepts { self.exceptions(engine) } else { Vec::new() };
        for rule in &self.rules {
            // `deny_root` is let off by `root`, `deny` by the empty name (Conftest, "Exceptions").
            let short = rule.split_once('_').map_or("", |(_, rest)| rest);
            if excepted.iter().any(|name| name == short) {
                continue;
            }
            let id = self.metadata.id.clone().unwrap_or_else(|| {
                format!("{}.{rule}", self.package.strip_prefix("data.").unwrap_or(&self.package))
            });
            match engine.eval_rule(format!("{}.{rule}", self.package)) {
                Ok(value) => {
                    for outcome in outcome::read(&value) {
                        findings.push(self.finding(&id, rule, input, outcome));
                    }
                }
                Err(error) => findings.push(failed(input, &id, &error.to_string())),
            }
        }
    }

    fn exceptions(&self, engine: &mut Engine) -> Vec<String> {
        let value = engine.eval_rule(format!("{}.exception", self.package)).ok();
        let value = value.and_then(|value| serde_json::to_value(value).ok()).unwrap_or_default();
        let lists = value.as_array().into_iter().flatten().filter_map(Value::as_array);
        lists.flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    }

    fn finding(&self, id: &str, rule: &str, input: &Input<'_>, outcome: outcome::Outcome) -> Finding {
        let metadata = &self.metadata;
        let severity = metadata.severity.unwrap_or(if rule.starts_with("warn") {
            Severity::Low
        } else {
            Severity::High
        });
        let position = match outcome.line {
            Some(line) => Some(seawall_findings::Position { line, column: 1 }),
            None => input.at(""),
        };
        Finding {
            aliases: metadata.aliases.clone(),
            location: Location { path: outcome.path.unwrap_or_else(|| input.path.to_owned()), layer: None },
            position,
            remedy: metadata.remedy.clone(),
            references: metadata.references.clone(),
            sources: vec![self.path.clone()],
            ..Finding::new(FindingKind::Misconfiguration, id, severity, outcome.message)
        }
    }
}

/// What cannot be evaluated cannot be taken for fine.
fn failed(input: &Input<'_>, id: &str, error: &str) -> Finding {
    let first = error.lines().find(|line| line.contains("error:")).unwrap_or(error).trim();
    Finding {
        location: Location { path: input.path.to_owned(), layer: None },
        position: input.at(""),
        remedy: "correct the check, or say with input.selector which documents it means".to_owned(),
        ..Finding::new(
            FindingKind::Misconfiguration,
            id,
            Severity::Unknown,
            format!("the check cannot be evaluated: {first}"),
        )
    }
}

/// The names at the start of rules. Heads stand at the start of a line in every formatted file (`opa fmt`).
fn heads(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.strip_prefix("default ").unwrap_or(line);
        let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(line.len());
        let (name, rest) = line.split_at(end);
        let is_head = rest.trim_start().starts_with(['[', '{', '=', ':', '('])
            || ["contains ", "if ", "if{"].iter().any(|word| rest.trim_start().starts_with(word))
            || rest.is_empty() && name.starts_with("test_");
        if !name.is_empty() && is_head && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// `deny`, `violation`, `warn`, and each with `_` and more (Conftest's pattern).
fn is_rule(name: &str) -> bool {
    ["deny", "violation", "warn"]
        .iter()
        .any(|kind| name.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_known_by_their_heads() {
        let text = "package main\nimport rego.v1\ndeny contains msg if {\n  warn := 1\n}\ndeny_root[msg] {\n}\ndenyall := 1\nwarn_x[msg] { true }\ndefault violation = false\ntest_a if { true }\n";
        assert_eq!(heads(text), ["deny", "deny_root", "denyall", "warn_x", "violation", "test_a"]);
        assert!(is_rule("deny") && is_rule("deny_root") && !is_rule("denyall"));
    }
}
