//! `pod-privilege-escalation`: a process may gain more privileges than its parent.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, Standard};

pub(super) const CHECK: Check = Check {
    id: "pod-privilege-escalation",
    aliases: &[
        "KSV-0001",
        "CONTAINERS_MISSING_KEY_ALLOWPRIVILEGEESCALATION",
        "privilege-escalation-container",
    ],
    severity: Severity::Medium,
    title: "Processes may gain privileges",
    why: "Without `allowPrivilegeEscalation: false` a set-user-id program (su, sudo, a forgotten one) makes a process root again.",
    fix: "Say it for every container; unset means allowed:\n  securityContext:\n    allowPrivilegeEscalation: false",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"],
    standard: Some(Standard::restricted(8)),
    run: Run::Pod(run),
    ..Check::BLANK
};

fn run(context: &Context<'_>) -> Vec<Hit> {
    let path = "/securityContext/allowPrivilegeEscalation";
    let mut hits = Vec::new();
    // The API server itself refuses the field in a Windows pod.
    if context.windows_exempt() {
        return hits;
    }
    for container in &context.containers {
        let what = match container.value.pointer(path) {
            Some(Value::Bool(false)) => continue,
            None | Some(Value::Null) => "does not set `allowPrivilegeEscalation: false`",
            Some(_) => "allows privilege escalation",
        };
        hits.push(Hit::new(
            format!("{}{path}", container.pointer),
            format!("container `{}` {what}", container.name),
        ));
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn unset_is_allowed() {
        let found = super::super::tests::run(
            "pod-privilege-escalation",
            "kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: unset
  - name: set
    securityContext: {allowPrivilegeEscalation: true}
  - name: good
    securityContext: {allowPrivilegeEscalation: false}
",
        );
        assert_eq!(
            found,
            [
                "5:5 medium Pod p: container `unset` does not set `allowPrivilegeEscalation: false`",
                "7:23 medium Pod p: container `set` allows privilege escalation",
            ]
        );
    }
}
