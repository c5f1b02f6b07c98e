//! The built-in checks and how they run.

mod capabilities;
mod host_namespaces;
mod host_path;
mod host_port;
mod image_tag;
mod privilege_escalation;
mod privileged;
mod run_as_root;

use seawall_findings::{Finding, FindingKind, Location, Severity};
use serde_json::Value;

use crate::{Container, Document, PodTemplate, containers, pod_template};

/// One thing that is looked for, and what people need to know about it.
#[derive(Debug)]
pub struct Check {
    /// Stable id, as policies and exceptions name it.
    pub id: &'static str,
    /// Ids that other tools give the same thing (Trivy).
    pub aliases: &'static [&'static str],
    /// How bad, unless a [`Hit`] says otherwise.
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// What an attacker gains by it.
    pub why: &'static str,
    /// How to fix it, with an example.
    pub fix: &'static str,
    /// Addresses to read more at.
    pub references: &'static [&'static str],
    run: fn(&Context<'_>) -> Vec<Hit>,
}

/// What a check looks at: one object that has a pod template.
#[derive(Debug)]
pub struct Context<'a> {
    /// The pod template.
    pub template: PodTemplate<'a>,
    /// Its containers.
    pub containers: Vec<Container<'a>>,
}

/// One place where a check holds.
#[derive(Debug)]
pub struct Hit {
    /// JSON pointer to what is wrong, or to where something is missing.
    pub pointer: String,
    /// What was found there, in one line.
    pub message: String,
    /// Where it differs from the check's.
    pub severity: Option<Severity>,
}

impl Hit {
    fn new(pointer: String, message: String) -> Self {
        Self { pointer, message, severity: None }
    }
}

/// All built-in checks: one line each.
pub const CHECKS: &[Check] = &[
    privileged::CHECK,
    privilege_escalation::CHECK,
    run_as_root::CHECK,
    host_namespaces::CHECK,
    host_path::CHECK,
    capabilities::CHECK,
    host_port::CHECK,
    image_tag::CHECK,
];

/// The check of that id or alias.
pub fn find(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.id == id || check.aliases.contains(&id))
}

/// Runs every check over one object. Objects without a pod template give nothing.
pub fn check(document: &Document) -> Vec<Finding> {
    let Some(template) = pod_template(&document.value) else { return Vec::new() };
    let containers = containers(&template);
    let context = Context { template, containers };
    let mut findings = Vec::new();
    for check in CHECKS {
        for hit in (check.run)(&context) {
            findings.push(finding(check, &hit, document));
        }
    }
    findings
}

fn finding(check: &Check, hit: &Hit, document: &Document) -> Finding {
    Finding {
        id: check.id.to_owned(),
        aliases: check.aliases.iter().map(ToString::to_string).collect(),
        kind: FindingKind::Misconfiguration,
        severity: hit.severity.unwrap_or(check.severity),
        title: format!("{}: {}", document.title(), hit.message),
        location: Location { path: document.path.clone(), layer: None },
        position: document.position(&hit.pointer),
        package: None,
        fixed: Vec::new(),
        exploited: false,
        published: None,
        remedy: check.fix.to_owned(),
        references: check.references.iter().map(ToString::to_string).collect(),
        sources: vec!["seawall".to_owned()],
        suppressed: None,
    }
}

/// True as the API server would take it; the text `"true"` is taken as true as well: it is wrong in either case.
fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Findings of one check over one YAML text, as `line:column severity title`.
    pub(super) fn run(id: &str, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for document in crate::documents("pod.yaml", text).unwrap() {
            for finding in check(&document).into_iter().filter(|finding| finding.id == id) {
                let position = finding.position.unwrap();
                lines.push(format!(
                    "{}:{} {} {}",
                    position.line, position.column, finding.severity, finding.title
                ));
            }
        }
        lines
    }

    #[test]
    fn ids_are_unique_and_texts_are_there() {
        for (index, check) in CHECKS.iter().enumerate() {
            assert!(CHECKS[..index].iter().all(|other| other.id != check.id));
            assert!(
                !check.why.is_empty() && check.fix.contains('\n') && !check.references.is_empty(),
                "{}",
                check.id
            );
        }
        assert_eq!(find("KSV-0017").unwrap().id, "pod-privileged");
    }
}
