//! `pod-privileged`: a container that is root on the node.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Run, Standard, is_true};

pub(super) const CHECK: Check = Check {
    id: "pod-privileged",
    aliases: &[
        "KSV-0017",
        "KSV-0103",
        "CONTAINERS_INCORRECT_PRIVILEGED_VALUE_TRUE",
        "EKS_INVALID_HOSTPROCESS_VALUE",
        "privileged-container",
    ],
    severity: Severity::Critical,
    title: "A privileged container",
    why: "A privileged container has every capability and every device of the node: whoever takes the container has the node.",
    fix: "Remove `privileged` (and Windows' `hostProcess`); add the one capability that is needed instead:\n  securityContext:\n    privileged: false\n    capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"],
    standard: Some(Standard::baseline(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// What other tools call each.
const PRIVILEGED: &[&str] =
    &["KSV-0017", "CONTAINERS_INCORRECT_PRIVILEGED_VALUE_TRUE", "privileged-container"];
const HOST_PROCESS: &[&str] = &["KSV-0103", "EKS_INVALID_HOSTPROCESS_VALUE"];

fn run(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let host_process = "/securityContext/windowsOptions/hostProcess";
    if is_true(context.template.spec.pointer(host_process)) {
        let pointer = format!("{}{host_process}", context.template.pointer);
        hits.push(Hit::new(pointer, "the pod runs as a Windows host process").known_as(HOST_PROCESS));
    }
    for container in &context.containers {
        for (path, what, aliases) in [
            ("/securityContext/privileged", "is privileged", PRIVILEGED),
            (host_process, "runs as a Windows host process", HOST_PROCESS),
        ] {
            if is_true(container.value.pointer(path)) {
                let pointer = format!("{}{path}", container.pointer);
                let message = format!("container `{}` {what}", container.name);
                hits.push(Hit::new(pointer, message).known_as(aliases));
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn privileged_in_every_list_and_spelling() {
        let found = super::super::tests::run(
            "pod-privileged",
            "kind: Pod
metadata: {name: p}
spec:
  initContainers:
  - name: i
    securityContext: {privileged: yes}
  containers:
  - name: good
    securityContext: {privileged: false}
  - name: bad
    securityContext:
      privileged: true
",
        );
        assert_eq!(
            found,
            [
                "6:23 critical Pod p: container `i` is privileged",
                "12:7 critical Pod p: container `bad` is privileged"
            ]
        );
    }
}
