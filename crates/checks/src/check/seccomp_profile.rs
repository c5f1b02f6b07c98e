//! `pod-seccomp-profile`: no filter of system calls asked for.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Run, Standard, present};

pub(super) const CHECK: Check = Check {
    id: "pod-seccomp-profile",
    aliases: &[
        "KSV-0030",
        "KSV-0104",
        "CONTAINERS_INCORRECT_SECCOMP_PROFILE",
        "CIS_INVALID_VALUE_SECCOMP_PROFILE",
    ],
    severity: Severity::Low,
    title: "No seccomp profile",
    why: "Unless the kubelet is told otherwise, a container without a profile runs unconfined: every system call of the kernel is open to it.",
    fix: "Say it once for the pod:\n  securityContext:\n    seccompProfile: {type: RuntimeDefault}",
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
        "https://kubernetes.io/docs/tutorials/security/seccomp/",
    ],
    standard: Some(Standard::restricted(19)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// A profile that is there but wrong is `pod-seccomp-unconfined`'s to say.
fn run(context: &Context<'_>) -> Vec<Hit> {
    let path = "/securityContext/seccompProfile";
    if context.windows_exempt() || present(context.template.spec.pointer(path)).is_some() {
        return Vec::new();
    }
    context
        .containers
        .iter()
        .filter(|container| present(container.value.pointer(path)).is_none())
        .map(|container| {
            Hit::new(
                format!("{}{path}", container.pointer),
                format!("container `{}` has no seccomp profile, nor has the pod", container.name),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_pod_or_each_container() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: own
    securityContext: {seccompProfile: {type: RuntimeDefault}}
  - name: none
---
kind: Pod
metadata: {name: q}
spec:
  securityContext: {seccompProfile: {type: RuntimeDefault}}
  containers: [{name: inherits}]
---
kind: Pod
metadata: {name: windows}
spec:
  os: {name: windows}
  containers: [{name: c}]
";
        assert_eq!(
            super::super::tests::run("pod-seccomp-profile", text),
            ["7:5 low Pod p: container `none` has no seccomp profile, nor has the pod"]
        );
    }
}
