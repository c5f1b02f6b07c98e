//! The built-in checks and how they run.
//!
//! A check is one [`Check`] in one table, with the function that looks beside it: a newcomer adds an entry to the table of
//! its subject (or a file with a table of its own, and a line in [`GROUPS`]). Checks of one shape (a role that grants too
//! much, a flag of the control plane) are rows of data under one check.

mod access;
mod api_versions;
mod apparmor;
mod argo;
mod autoscaling;
mod binding;
mod capabilities;
mod capabilities_drop;
mod config_map;
mod container;
mod context;
mod control_plane;
mod docker;
mod docker_from;
mod docker_packages;
mod docker_run;
mod docker_shell;
mod docker_stage;
mod environment;
mod exposed_secret;
mod host_namespaces;
mod host_path;
mod host_port;
mod identity;
mod image_tag;
mod metadata;
mod network;
mod pod;
mod privilege_escalation;
mod privileged;
mod probe_host;
mod probes;
mod proc_mount;
mod proc_mount_restricted;
mod relation;
mod resources;
mod root_user;
mod run_as_root;
mod schedule;
mod seccomp_profile;
mod seccomp_unconfined;
mod selinux;
mod sysctls;
mod volume_type;

use std::sync::LazyLock;

use seawall_findings::{Finding, FindingKind, Location, Position, Severity};

pub use context::Context;
use context::{escaped, has, is_true, list, present, text, text_at};

use crate::docker::Dockerfile;
use crate::objects::Objects;
use crate::{Document, Standard, Version, names};

/// One thing that is looked for, and what people need to know about it.
#[derive(Debug)]
pub struct Check {
    /// Stable id, as policies and exceptions name it.
    pub id: &'static str,
    /// Ids that other tools give the same thing: Trivy's `KSV-0017` (its other spellings are understood), Datree's rule
    /// names, kube-linter's and Hadolint's ids.
    pub aliases: &'static [&'static str],
    /// How bad, unless a [`Hit`] says otherwise.
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// What an attacker gains by it, or what breaks.
    pub why: &'static str,
    /// How to fix it, with an example.
    pub fix: &'static str,
    /// Addresses to read more at.
    pub references: &'static [&'static str],
    /// The Pod Security Standard that asks for it, if one does.
    pub standard: Option<Standard>,
    /// True for a matter of taste or of one platform: a scan runs it where it is asked for by its id.
    pub opt_in: bool,
    run: Run,
}

/// What a check looks at.
#[derive(Clone, Copy, Debug)]
enum Run {
    /// Every pod template.
    Pod(fn(&Context<'_>) -> Vec<Hit>),
    /// Every Kubernetes object.
    Object(fn(&Subject<'_>) -> Vec<Hit>),
    /// All objects of one scan together; a hit says in which it is, by its place in the scan.
    Objects(fn(&Objects<'_>) -> Vec<(usize, Hit)>),
    /// A Dockerfile.
    Dockerfile(fn(&Dockerfile) -> Vec<Hit>),
}

/// One Kubernetes object, and the cluster it is meant for.
#[derive(Debug)]
struct Subject<'a> {
    document: &'a Document,
    /// The version of the cluster, where it is known.
    cluster: Option<Version>,
}

impl Check {
    /// What most checks have: for `..Check::BLANK`.
    const BLANK: Self = Self {
        id: "",
        aliases: &[],
        severity: Severity::Medium,
        title: "",
        why: "",
        fix: "",
        references: &["https://kubernetes.io/docs/concepts/security/"],
        standard: None,
        opt_in: false,
        run: Run::Object(|_| Vec::new()),
    };

    /// True for its id and every spelling of its aliases.
    pub fn is(&self, id: &str) -> bool {
        names::same(self.id, id) || self.aliases.iter().any(|alias| names::same(alias, id))
    }

    /// `kubernetes` or `dockerfile`: what it looks at.
    pub fn looks_at(&self) -> &'static str {
        match self.run {
            Run::Dockerfile(_) => "dockerfile",
            Run::Pod(_) | Run::Object(_) | Run::Objects(_) => "kubernetes",
        }
    }
}

/// One place where a check holds.
#[derive(Debug)]
pub struct Hit {
    /// JSON pointer to what is wrong, or to where something is missing.
    pub pointer: String,
    /// The place itself, in documents without pointers (Dockerfiles).
    pub position: Option<Position>,
    /// What was found there, in one line.
    pub message: String,
    /// Where it differs from the check's.
    pub severity: Option<Severity>,
    /// The ids of other tools that this place has, where the check has several; none: all of the check's.
    pub aliases: Option<Vec<&'static str>>,
    /// What to do, where it differs from the check's.
    pub fix: Option<String>,
}

impl Hit {
    fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        let (pointer, message) = (pointer.into(), message.into());
        Self { pointer, position: None, message, severity: None, aliases: None, fix: None }
    }

    fn at(position: Position, message: impl Into<String>) -> Self {
        Self { position: Some(position), ..Self::new("", message) }
    }

    fn severity(self, severity: Severity) -> Self {
        Self { severity: Some(severity), ..self }
    }

    fn known_as(self, aliases: &[&'static str]) -> Self {
        Self { aliases: Some(aliases.to_vec()), ..self }
    }

    fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }
}

/// The tables, one line each.
const GROUPS: &[&[Check]] = &[
    POD_SECURITY,
    container::CHECKS,
    identity::CHECKS,
    resources::CHECKS,
    probes::CHECKS,
    environment::CHECKS,
    pod::CHECKS,
    schedule::CHECKS,
    autoscaling::CHECKS,
    metadata::CHECKS,
    access::CHECKS,
    binding::CHECKS,
    network::CHECKS,
    config_map::CHECKS,
    exposed_secret::CHECKS,
    api_versions::CHECKS,
    control_plane::CHECKS,
    argo::CHECKS,
    relation::CHECKS,
    docker::CHECKS,
    docker_from::CHECKS,
    docker_stage::CHECKS,
    docker_run::CHECKS,
    docker_packages::CHECKS,
    docker_shell::CHECKS,
];

/// The Pod Security Standards and their neighbours.
const POD_SECURITY: &[Check] = &[
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

/// All built-in checks, in the order of the documentation.
pub static CHECKS: LazyLock<Vec<&'static Check>> =
    LazyLock::new(|| GROUPS.iter().copied().flatten().collect());

/// The check of that id or alias, in any spelling (`KSV-0017`, `AVD-KSV-0017`, `KSV017`). An alias that several checks
/// share gives the first.
pub fn find(id: &str) -> Option<&'static Check> {
    CHECKS.iter().copied().find(|check| names::same(check.id, id)).or_else(|| {
        let mut all = CHECKS.iter().copied();
        all.find(|check| check.is(id))
    })
}

/// Runs every check for single objects over one object, opt-in ones too, with the standards' latest version.
pub fn check(document: &Document) -> Vec<Finding> {
    check_with(document, None, &|_| true)
}

/// Runs the wanted checks for single objects over one object that is meant for a cluster of that version.
pub(crate) fn check_with(
    document: &Document,
    cluster: Option<Version>,
    wanted: &dyn Fn(&Check) -> bool,
) -> Vec<Finding> {
    let context = Context::new(document);
    let subject = Subject { document, cluster };
    let mut found = Vec::new();
    for check in CHECKS.iter().filter(|check| wanted(check)) {
        let hits = match (check.run, &context) {
            (Run::Pod(run), Some(context)) => run(context),
            (Run::Object(run), _) => run(&subject),
            _ => continue,
        };
        found.extend(hits.into_iter().map(|hit| finding(check, hit, document)));
    }
    found
}

/// Runs the wanted checks for objects together.
pub(crate) fn check_objects(documents: &[&Document], wanted: &dyn Fn(&Check) -> bool) -> Vec<Finding> {
    let objects = Objects::new(documents);
    let mut found = Vec::new();
    for check in CHECKS.iter().filter(|check| wanted(check)) {
        let Run::Objects(run) = check.run else { continue };
        for (index, hit) in run(&objects) {
            if let Some(document) = documents.get(index) {
                found.push(finding(check, hit, document));
            }
        }
    }
    found
}

/// Runs the wanted checks for Dockerfiles.
pub(crate) fn check_dockerfile(file: &Dockerfile, wanted: &dyn Fn(&Check) -> bool) -> Vec<Finding> {
    let mut found = Vec::new();
    for check in CHECKS.iter().filter(|check| wanted(check)) {
        let Run::Dockerfile(run) = check.run else { continue };
        for hit in run(file) {
            let (position, title) = (hit.position, hit.message.clone());
            found.push(written(check, hit, &file.path, position, title));
        }
    }
    found
}

/// The findings of one check over a pod template.
pub(crate) fn pod_findings(
    check: &'static Check,
    context: &Context<'_>,
    document: &Document,
) -> Vec<Finding> {
    let Run::Pod(run) = check.run else { return Vec::new() };
    run(context).into_iter().map(|hit| finding(check, hit, document)).collect()
}

fn finding(check: &Check, hit: Hit, document: &Document) -> Finding {
    let title = format!("{}: {}", document.title(), hit.message);
    let position = document.position(&hit.pointer);
    written(check, hit, &document.path, position, title)
}

fn written(check: &Check, hit: Hit, path: &str, position: Option<Position>, title: String) -> Finding {
    let aliases = hit.aliases.as_deref().unwrap_or(check.aliases);
    Finding {
        aliases: aliases.iter().flat_map(|alias| names::spellings(alias)).collect(),
        location: Location { path: path.to_owned(), layer: None },
        position,
        remedy: hit.fix.unwrap_or_else(|| check.fix.to_owned()),
        references: check.references.iter().map(ToString::to_string).collect(),
        sources: vec!["seawall".to_owned()],
        ..Finding::new(FindingKind::Misconfiguration, check.id, hit.severity.unwrap_or(check.severity), title)
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

    /// The same over one Dockerfile.
    pub(super) fn docker(id: &str, text: &str) -> Vec<String> {
        let file = crate::docker::dockerfile("Dockerfile", text).unwrap();
        let found = check_dockerfile(&file, &|check| check.id == id);
        found
            .into_iter()
            .map(|finding| {
                let position = finding.position.unwrap();
                format!("{}:{} {} {}", position.line, position.column, finding.severity, finding.title)
            })
            .collect()
    }

    #[test]
    fn ids_are_unique_and_texts_are_there() {
        for (index, check) in CHECKS.iter().enumerate() {
            assert!(CHECKS[..index].iter().all(|other| other.id != check.id));
            assert!(check.title.len() <= 80, "{}", check.id);
            assert!(
                !check.why.is_empty() && check.fix.contains('\n') && !check.references.is_empty(),
                "{}",
                check.id
            );
        }
        assert_eq!(find("KSV-0017").unwrap().id, "pod-privileged");
        for id in
            ["AVD-KSV-0017", "KSV017", "privileged-container", "CONTAINERS_INCORRECT_PRIVILEGED_VALUE_TRUE"]
        {
            assert_eq!(find(id).unwrap().id, "pod-privileged", "{id}");
        }
        let aliases: Vec<_> = CHECKS.iter().flat_map(|check| check.aliases).collect();
        for (index, alias) in aliases.iter().enumerate() {
            // Two halves of one check of Trivy's.
            let shared = ["KSV-0104", "KSV-0106"].contains(alias);
            assert!(shared || !aliases[..index].contains(alias), "{alias}");
        }
    }
}
