//! `pod-host-namespaces`: a pod that shares the node's process, network or IPC namespace.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Run, Standard, is_true};

pub(super) const CHECK: Check = Check {
    id: "pod-host-namespaces",
    aliases: &[
        "KSV-0008",
        "KSV-0009",
        "KSV-0010",
        "CONTAINERS_INCORRECT_HOSTIPC_VALUE_TRUE",
        "CONTAINERS_INCORRECT_HOSTNETWORK_VALUE_TRUE",
        "CONTAINERS_INCORRECT_HOSTPID_VALUE_TRUE",
        "host-ipc",
        "host-network",
        "host-pid",
    ],
    severity: Severity::High,
    title: "Shares the node's namespaces",
    why: "`hostPID` shows and lets it signal or trace every process of the node, `hostNetwork` reaches what listens on the node's loopback and passes network policies, `hostIPC` shares memory with the node's processes.",
    fix: "Remove `hostPID`, `hostIPC` and `hostNetwork`; offer ports through a Service:\n  spec:\n    hostPID: false\n    hostIPC: false\n    hostNetwork: false",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"],
    standard: Some(Standard::baseline(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// Each field, and what other tools call it.
const FIELDS: &[(&str, &[&str])] = &[
    ("hostPID", &["KSV-0010", "CONTAINERS_INCORRECT_HOSTPID_VALUE_TRUE", "host-pid"]),
    ("hostIPC", &["KSV-0008", "CONTAINERS_INCORRECT_HOSTIPC_VALUE_TRUE", "host-ipc"]),
    ("hostNetwork", &["KSV-0009", "CONTAINERS_INCORRECT_HOSTNETWORK_VALUE_TRUE", "host-network"]),
];

fn run(context: &Context<'_>) -> Vec<Hit> {
    FIELDS
        .iter()
        .filter(|(field, _)| is_true(context.template.spec.get(field)))
        .map(|(field, aliases)| {
            Hit::new(format!("{}/{field}", context.template.pointer), format!("`{field}` is true"))
                .known_as(aliases)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_namespace_is_one_finding() {
        let text = "kind: Deployment
metadata: {name: d}
spec:
  template:
    spec:
      hostPID: true
      hostNetwork: true
      hostIPC: false
";
        assert_eq!(
            super::super::tests::run("pod-host-namespaces", text),
            ["6:7 high Deployment d: `hostPID` is true", "7:7 high Deployment d: `hostNetwork` is true"]
        );
    }
}
