//! `pod-run-as-root`: a container that is not required to run as another user than root.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, Standard, is_true, present};

pub(super) const CHECK: Check = Check {
    id: "pod-run-as-root",
    aliases: &["KSV-0012", "CONTAINERS_INCORRECT_RUNASNONROOT_VALUE", "run-as-non-root"],
    severity: Severity::Medium,
    title: "May run as root",
    why: "Root in a container is root to the kernel: a flaw in the runtime or a mounted host path is then the node's.",
    fix: "Give the image a user (`USER 65532`) and have the kubelet insist on it, for the pod or for each container:\n  securityContext:\n    runAsNonRoot: true\n    runAsUser: 65532",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"],
    standard: Some(Standard::restricted(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// A container's own `runAsNonRoot` wins over the pod's; a pod that says false is refused whatever its containers say.
fn run(context: &Context<'_>) -> Vec<Hit> {
    let path = "/securityContext/runAsNonRoot";
    let mut hits = Vec::new();
    if context.user_namespace() {
        return hits;
    }
    let of_pod = present(context.template.spec.pointer(path));
    if of_pod == Some(&Value::Bool(false)) {
        hits.push(Hit::new(
            format!("{}{path}", context.template.pointer),
            "the pod may run as root: `runAsNonRoot` is false",
        ));
    }
    for container in &context.containers {
        let own = present(container.value.pointer(path));
        // Without its own it inherits; what the pod says wrong is already said.
        let fine = own
            .map_or_else(|| is_true(of_pod) || of_pod == Some(&Value::Bool(false)), |own| is_true(Some(own)));
        if !fine {
            hits.push(Hit::new(
                format!("{}{path}", container.pointer),
                format!("container `{}` may run as root: `runAsNonRoot` is not true", container.name),
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
---
kind: Pod
metadata: {name: q}
spec:
  containers:
  - name: silent
---
kind: Pod
metadata: {name: r}
spec:
  securityContext: {runAsNonRoot: false}
  containers:
  - name: insists
    securityContext: {runAsNonRoot: true}
---
kind: Pod
metadata: {name: own-users}
spec:
  hostUsers: false
  containers: [{name: c}]
",
        );
        assert_eq!(
            found,
            [
                "8:23 medium Pod p: container `overrides` may run as root: `runAsNonRoot` is not true",
                "14:5 medium Pod q: container `silent` may run as root: `runAsNonRoot` is not true",
                "19:21 medium Pod r: the pod may run as root: `runAsNonRoot` is false",
            ]
        );
    }
}
