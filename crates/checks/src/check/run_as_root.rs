//! `pod-run-as-root`: a container that may run as user 0.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, is_true};

pub(super) const CHECK: Check = Check {
    id: "pod-run-as-root",
    aliases: &["KSV-0012", "AVD-KSV-0012", "KSV012"],
    severity: Severity::Medium,
    title: "May run as root",
    why: "Root in a container is root to the kernel: a flaw in the runtime or a mounted host path is then the node's.",
    fix: "Give the image a user (`USER 65532`) and have the kubelet insist on it, for the pod or for each container:\n  securityContext:\n    runAsNonRoot: true\n    runAsUser: 65532",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"],
    run,
};

/// A container's own setting wins over the pod's, field by field (`SecurityContext` and `PodSecurityContext`).
fn run(context: &Context<'_>) -> Vec<Hit> {
    let pod = context.template.spec.get("securityContext");
    let set = |value: Option<&'_ Value>| value.is_some_and(|value| !value.is_null());
    let mut hits = Vec::new();
    for container in &context.containers {
        let own = container.value.get("securityContext");
        let pick = |field: &str| {
            let of_container = own.and_then(|own| own.get(field));
            if set(of_container) {
                return (of_container, format!("{}/securityContext/{field}", container.pointer));
            }
            let of_pod = pod.and_then(|pod| pod.get(field));
            let place = if set(of_pod) { &context.template.pointer } else { &container.pointer };
            (of_pod, format!("{place}/securityContext/{field}"))
        };
        let (user, user_at) = pick("runAsUser");
        let (non_root, non_root_at) = pick("runAsNonRoot");
        let name = &container.name;
        if user.and_then(Value::as_i64) == Some(0) {
            hits.push(Hit::new(user_at, format!("container `{name}` runs as user 0, root")));
        } else if !is_true(non_root) {
            hits.push(Hit::new(
                non_root_at,
                format!("container `{name}` may run as root: `runAsNonRoot` is not true"),
            ));
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_container_wins_over_the_pod() {
        let found = super::super::tests::run(
            "pod-run-as-root",
            "kind: Pod
metadata: {name: p}
spec:
  securityContext: {runAsNonRoot: true}
  containers:
  - name: inherits
  - name: overrides
    securityContext: {runAsNonRoot: false}
  - name: zero
    securityContext: {runAsUser: 0}
---
kind: Pod
metadata: {name: q}
spec:
  containers:
  - name: silent
",
        );
        assert_eq!(
            found,
            [
                "8:23 medium Pod p: container `overrides` may run as root: `runAsNonRoot` is not true",
                "10:23 medium Pod p: container `zero` runs as user 0, root",
                "16:5 medium Pod q: container `silent` may run as root: `runAsNonRoot` is not true",
            ]
        );
    }
}
