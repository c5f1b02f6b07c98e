//! `pod-proc-mount`: /proc without the masks that hide the kernel.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Run, Standard, present, text};

pub(super) const CHECK: Check = Check {
    id: "pod-proc-mount",
    aliases: &["KSV-0027", "unsafe-proc-mount"],
    severity: Severity::Medium,
    title: "Unmasks /proc",
    why: "`procMount: Unmasked` opens /proc/sys, /proc/kcore and their like: kernel memory to read and parameters to write.",
    fix: "Remove `procMount`, or give the pod users of its own (and stay out of `restricted`):\n  spec:\n    hostUsers: false",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"],
    standard: Some(Standard::baseline(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

fn run(context: &Context<'_>) -> Vec<Hit> {
    if context.user_namespace() { Vec::new() } else { unmasked(context) }
}

/// Every container that asks for something else than the default.
pub(super) fn unmasked(context: &Context<'_>) -> Vec<Hit> {
    let path = "/securityContext/procMount";
    let mut hits = Vec::new();
    for container in &context.containers {
        let Some(value) = present(container.value.pointer(path)) else { continue };
        let value = text(Some(value));
        if value != "Default" {
            hits.push(Hit::new(
                format!("{}{path}", container.pointer),
                format!("container `{}` mounts /proc `{value}`", container.name),
            ));
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use crate::Profile;

    #[test]
    fn own_users_relax_it() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  hostUsers: HOST
  containers:
  - name: c
    securityContext: {procMount: Unmasked}
  - name: d
    securityContext: {procMount: Default}
";
        assert_eq!(
            super::super::tests::run("pod-proc-mount", &text.replace("HOST", "true")),
            ["7:23 medium Pod p: container `c` mounts /proc `Unmasked`"]
        );
        let text = text.replace("HOST", "false");
        assert!(super::super::tests::run("pod-proc-mount", &text).is_empty());
        let document = &crate::documents("p.yaml", &text).unwrap()[0];
        let found = |level, minor| {
            let found = crate::pod_security(level, Some((1, minor)), document);
            found.into_iter().filter(|finding| finding.id.starts_with("pod-proc-mount")).count()
        };
        assert_eq!((found(Profile::Baseline, 34), found(Profile::Baseline, 35)), (1, 0));
        assert_eq!((found(Profile::Restricted, 34), found(Profile::Restricted, 35)), (1, 1));
    }
}
