//! `pod-root-user`: user 0 asked for by number.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Run, Standard};

pub(super) const CHECK: Check = Check {
    id: "pod-root-user",
    aliases: &["KSV-0105"],
    severity: Severity::Medium,
    title: "Runs as user 0",
    why: "`runAsUser: 0` overrules the image's own user: the program is root even if its image was made not to be.",
    fix: "Name another user, or none (the image's):\n  securityContext:\n    runAsNonRoot: true\n    runAsUser: 65532",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"],
    standard: Some(Standard::restricted(23)),
    run: Run::Pod(run),
    ..Check::BLANK
};

fn run(context: &Context<'_>) -> Vec<Hit> {
    if context.user_namespace() {
        return Vec::new();
    }
    context
        .settings("runAsUser")
        .into_iter()
        .filter(|setting| setting.value.as_f64() == Some(0.0))
        .map(|setting| Hit::new(setting.pointer, format!("{} runs as user 0, root", setting.who)))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn pod_and_containers() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  securityContext: {runAsUser: 0}
  containers:
  - name: c
    securityContext: {runAsUser: 1000}
  - name: d
    securityContext: {runAsUser: 0}
---
kind: Pod
metadata: {name: own-users}
spec:
  hostUsers: false
  securityContext: {runAsUser: 0}
";
        assert_eq!(
            super::super::tests::run("pod-root-user", text),
            [
                "4:21 medium Pod p: the pod runs as user 0, root",
                "9:23 medium Pod p: container `d` runs as user 0, root"
            ]
        );
    }
}
