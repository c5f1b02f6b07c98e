//! `pod-capabilities`: kernel capabilities beyond what the runtime gives by itself.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, Standard, text};

pub(super) const CHECK: Check = Check {
    id: "pod-capabilities",
    aliases: &[
        "KSV-0022",
        "KSV-0005",
        "KSV-0119",
        "KSV-0120",
        "EKS_INVALID_CAPABILITIES_EKS",
        "CONTAINERS_INVALID_CAPABILITIES_VALUE",
        "KSV-0106",
    ],
    severity: Severity::Medium,
    title: "Adds kernel capabilities",
    why: "SYS_ADMIN, SYS_MODULE, SYS_PTRACE, BPF and their like are ways out of the container; others reach further than one application needs.",
    fix: "Drop all and add back only what the program needs:\n  securityContext:\n    capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}",
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
        "https://man7.org/linux/man-pages/man7/capabilities.7.html",
    ],
    standard: Some(Standard::baseline(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// What Pod Security's baseline allows to add: the runtime's own defaults.
pub(super) const ALLOWED: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// With one of these a container leaves its box.
const DANGEROUS: &[&str] = &[
    "ALL",
    "BPF",
    "DAC_READ_SEARCH",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "NET_ADMIN",
    "NET_RAW",
    "PERFMON",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_TIME",
];

fn run(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    // `restricted` replaces this control by its own, which leaves Windows pods out.
    if context.overridden_for_windows(22) {
        return hits;
    }
    for container in &context.containers {
        let added = container.value.pointer("/securityContext/capabilities/add").and_then(Value::as_array);
        for (index, capability) in added.into_iter().flatten().enumerate() {
            let written = text(Some(capability));
            // The standard compares letter by letter, though runtimes take any case, and some the kernel's own name.
            if ALLOWED.contains(&written) {
                continue;
            }
            let name = written.to_ascii_uppercase();
            let name = name.strip_prefix("CAP_").unwrap_or(&name);
            let mut aliases = vec![
                "KSV-0022",
                "KSV-0106",
                "EKS_INVALID_CAPABILITIES_EKS",
                "CONTAINERS_INVALID_CAPABILITIES_VALUE",
            ];
            // `ALL` is each of them.
            let own = [("SYS_ADMIN", "KSV-0005"), ("NET_RAW", "KSV-0119"), ("SYS_MODULE", "KSV-0120")];
            aliases.extend(own.iter().filter(|own| own.0 == name || name == "ALL").map(|own| own.1));
            let pointer = format!("{}/securityContext/capabilities/add/{index}", container.pointer);
            let message = format!("container `{}` adds the capability {name}", container.name);
            let severity = DANGEROUS.contains(&name).then_some(Severity::High);
            hits.push(Hit { severity, ..Hit::new(pointer, message).known_as(&aliases) });
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    /// The API server compares as written, and so do we: `chown` is not on the list.
    #[test]
    fn as_written() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    securityContext: {capabilities: {add: [CHOWN, chown, CAP_CHOWN]}}
";
        assert_eq!(super::super::tests::run("pod-capabilities", text).len(), 2);
    }

    #[test]
    fn any_spelling() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    securityContext:
      capabilities: {add: [NET_BIND_SERVICE, cap_sys_admin, WAKE_ALARM], drop: [ALL]}
";
        assert_eq!(
            super::super::tests::run("pod-capabilities", text),
            [
                "7:46 high Pod p: container `c` adds the capability SYS_ADMIN",
                "7:61 medium Pod p: container `c` adds the capability WAKE_ALARM",
            ]
        );
    }
}
