//! `pod-proc-mount-restricted`: /proc without masks, also where the pod has users of its own.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Run, Standard, proc_mount};

pub(super) const CHECK: Check = Check {
    id: "pod-proc-mount-restricted",
    aliases: &[],
    severity: Severity::Low,
    title: "Unmasks /proc in a user namespace",
    why: "A user namespace takes most of the danger out of an unmasked /proc, not all: files of the kernel stay readable.",
    fix: "Remove `procMount`:\n  securityContext:\n    procMount: Default",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"],
    standard: Some(Standard::restricted(35)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// Without a user namespace `pod-proc-mount` says it.
fn run(context: &Context<'_>) -> Vec<Hit> {
    if context.user_namespace() { proc_mount::unmasked(context) } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_with_own_users() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  hostUsers: false
  containers:
  - name: c
    securityContext: {procMount: Unmasked}
";
        let run = |text: &str| super::super::tests::run("pod-proc-mount-restricted", text);
        assert_eq!(run(text), ["7:23 low Pod p: container `c` mounts /proc `Unmasked`"]);
        assert!(run(&text.replace("false", "true")).is_empty());
    }
}
