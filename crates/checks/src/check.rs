//! The built-in checks and how they run.

mod apparmor;
mod capabilities;
mod capabilities_drop;
mod context;
mod host_namespaces;
mod host_path;
mod host_port;
mod image_tag;
mod privilege_escalation;
mod privileged;
mod probe_host;
mod proc_mount;
mod proc_mount_restricted;
mod root_user;
mod run_as_root;
mod seccomp_profile;
mod seccomp_unconfined;
mod selinux;
mod sysctls;
mod volume_type;

use seawall_findings::{Finding, FindingKind, Location, Severity};

pub use context::Context;
use context::{is_true, present, text};

use crate::{Document, Standard};

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
    /// The Pod Security Standard that asks for it, if one does.
    pub standard: Option<Standard>,
    run: fn(&Context<'_>) -> Vec<Hit>,
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
    root_user::CHECK,
    host_namespaces::CHECK,
    host_path::CHECK,
    capabilities::CHECK,
    capabilities_drop::CHECK,
    host_port::CHECK,
    probe_host::CHECK,
    proc_mount::CHECK,
    proc_mount_restricted::CHECK,
    seccomp_unconfined::CHECK,
    seccomp_profile::CHECK,
    apparmor::CHECK,
    selinux::CHECK,
    sysctls::CHECK,
    volume_type::CHECK,
    image_tag::CHECK,
];

/// The check of that id or alias.
pub fn find(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.id == id || check.aliases.contains(&id))
}

/// Runs every check over one object, with the standards' latest version. Objects without a pod template give nothing.
pub fn check(document: &Document) -> Vec<Finding> {
    let Some(context) = Context::new(document) else { return Vec::new() };
    CHECKS.iter().flat_map(|check| findings(check, &context, document)).collect()
}

/// The findings of one check.
pub(crate) fn findings(check: &Check, context: &Context<'_>, document: &Document) -> Vec<Finding> {
    (check.run)(context).iter().map(|hit| finding(check, hit, document)).collect()
}

fn finding(check: &Check, hit: &Hit, document: &Document) -> Finding {
    let severity = hit.severity.unwrap_or(check.severity);
    let title = format!("{}: {}", document.title(), hit.message);
    Finding {
        aliases: check.aliases.iter().map(ToString::to_string).collect(),
        location: Location { path: document.path.clone(), layer: None },
        position: document.position(&hit.pointer),
        remedy: check.fix.to_owned(),
        references: check.references.iter().map(ToString::to_string).collect(),
        sources: vec!["seawall".to_owned()],
        ..Finding::new(FindingKind::Misconfiguration, check.id, severity, title)
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
        let aliases: Vec<_> = CHECKS.iter().flat_map(|check| check.aliases).collect();
        for (index, alias) in aliases.iter().enumerate() {
            assert!(!aliases[..index].contains(alias), "{alias}");
        }
    }
}
