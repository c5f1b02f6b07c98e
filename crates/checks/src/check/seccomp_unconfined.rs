//! `pod-seccomp-unconfined`: the filter of system calls switched off.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Run, Standard, text};

pub(super) const CHECK: Check = Check {
    id: "pod-seccomp-unconfined",
    aliases: &["KSV-0104"],
    severity: Severity::Medium,
    title: "Seccomp switched off",
    why: "Without the filter a program reaches every system call of the kernel, also those in which container escapes were found.",
    fix: "Use the runtime's profile, or one of your own on the node:\n  securityContext:\n    seccompProfile: {type: RuntimeDefault}",
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
        "https://kubernetes.io/docs/tutorials/security/seccomp/",
    ],
    standard: Some(Standard::baseline(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// Until 1.18 the profile was an annotation of the pod …
const POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
/// … or of one container, with its name behind.
const CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";

fn run(context: &Context<'_>) -> Vec<Hit> {
    if !context.since(19) {
        return annotations(context);
    }
    // `restricted` replaces this control by its own, which leaves Windows pods out.
    if context.overridden_for_windows(19) {
        return Vec::new();
    }
    context
        .settings("seccompProfile")
        .into_iter()
        .filter_map(|setting| {
            let kind = text(setting.value.get("type"));
            (!matches!(kind, "RuntimeDefault" | "Localhost")).then(|| {
                Hit::new(
                    format!("{}/type", setting.pointer),
                    format!("{} has the seccomp profile `{kind}`", setting.who),
                )
                .known_as(&["KSV-0104", "KSV-0030", "CONTAINERS_INCORRECT_SECCOMP_PROFILE"])
            })
        })
        .collect()
}

fn annotations(context: &Context<'_>) -> Vec<Hit> {
    context
        .annotations()
        .into_iter()
        .filter(|annotation| {
            let name = annotation.name.strip_prefix(CONTAINER);
            let is_ours =
                |name| context.containers.iter().any(|container| text(container.value.get("name")) == name);
            let concerns = annotation.name == POD || name.is_some_and(is_ours);
            let value = annotation.value;
            concerns
                && !matches!(value, "runtime/default" | "docker/default")
                && !value.starts_with("localhost/")
        })
        .map(|annotation| {
            Hit::new(
                annotation.pointer,
                format!("annotation `{}` is `{}`", annotation.name, annotation.value),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::Profile;

    #[test]
    fn fields() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  securityContext: {seccompProfile: {type: Unconfined}}
  containers:
  - name: c
    securityContext: {seccompProfile: {type: Localhost, localhostProfile: shop.json}}
  - name: d
    securityContext: {seccompProfile: {}}
";
        assert_eq!(
            super::super::tests::run("pod-seccomp-unconfined", text),
            [
                "4:38 medium Pod p: the pod has the seccomp profile `Unconfined`",
                "9:23 medium Pod p: container `d` has the seccomp profile ``",
            ]
        );
    }

    #[test]
    fn annotations_until_1_18() {
        let text = "kind: Deployment
metadata: {name: d}
spec:
  template:
    metadata:
      annotations:
        seccomp.security.alpha.kubernetes.io/pod: runtime/default
        container.seccomp.security.alpha.kubernetes.io/c: unconfined
        container.seccomp.security.alpha.kubernetes.io/other: unconfined
    spec:
      containers: [{name: c}]
";
        let document = &crate::documents("d.yaml", text).unwrap()[0];
        let found = crate::pod_security(Profile::Baseline, Some((1, 18)), document);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].position.unwrap().line, 8);
        assert!(crate::pod_security(Profile::Baseline, Some((1, 19)), document).is_empty());
    }
}
