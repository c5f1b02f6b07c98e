//! `pod-privileged`: a container that is root on the node.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Standard, is_true};

pub(super) const CHECK: Check = Check {
    id: "pod-privileged",
    aliases: &["KSV-0017", "AVD-KSV-0017", "KSV017", "KSV-0103", "AVD-KSV-0103", "KSV103"],
    severity: Severity::Critical,
    title: "A privileged container",
    why: "A privileged container has every capability and every device of the node: whoever takes the container has the node.",
    fix: "Remove `privileged` (and Windows' `hostProcess`); add the one capability that is needed instead:\n  securityContext:\n    privileged: false\n    capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"],
    standard: Some(Standard::baseline(0)),
    run,
};

fn run(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let host_process = "/securityContext/windowsOptions/hostProcess";
    if is_true(context.template.spec.pointer(host_process)) {
        let pointer = format!("{}{host_process}", context.template.pointer);
        hits.push(Hit::new(pointer, "the pod runs as a Windows host process".into()));
    }
    for container in &context.containers {
        for (path, what) in [
            ("/securityContext/privileged", "is privileged"),
            (host_process, "runs as a Windows host process"),
        ] {
            if is_true(container.value.pointer(path)) {
                let pointer = format!("{}{path}", container.pointer);
                hits.push(Hit::new(pointer, format!("container `{}` {what}", container.name)));
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
