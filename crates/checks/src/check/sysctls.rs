//! `pod-sysctls`: kernel parameters beyond the safe ones.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, Standard, text};

pub(super) const CHECK: Check = Check {
    id: "pod-sysctls",
    aliases: &["KSV-0026", "unsafe-sysctls"],
    severity: Severity::Medium,
    title: "Sets an unsafe kernel parameter",
    why: "A parameter that is not the pod's own changes the kernel for every pod of the node, or switches a protection off.",
    fix: "Keep to the safe ones; set others on the node, not in a pod:\n  securityContext:\n    sysctls: [{name: net.ipv4.tcp_keepalive_time, value: \"600\"}]",
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
        "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/",
    ],
    standard: Some(Standard::baseline(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// The minor version from which each is allowed.
const SAFE: &[(&str, u32)] = &[
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_notsent_lowat", 37),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
];

fn run(context: &Context<'_>) -> Vec<Hit> {
    let path = "/securityContext/sysctls";
    let list = context.template.spec.pointer(path).and_then(Value::as_array).into_iter().flatten();
    let mut hits = Vec::new();
    for (index, sysctl) in list.enumerate() {
        let name = text(sysctl.get("name"));
        if !SAFE.iter().any(|(safe, minor)| *safe == name && context.since(*minor)) {
            hits.push(Hit::new(
                format!("{}{path}/{index}/name", context.template.pointer),
                format!("the pod sets the kernel parameter `{name}`"),
            ));
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_grows() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  securityContext:
    sysctls:
    - {name: kernel.msgmax, value: '1'}
    - {name: net.ipv4.tcp_rmem, value: '1'}
    - {name: net.ipv4.tcp_notsent_lowat, value: '1'}
";
        assert_eq!(
            super::super::tests::run("pod-sysctls", text),
            ["6:8 medium Pod p: the pod sets the kernel parameter `kernel.msgmax`"]
        );
        let document = &crate::documents("p.yaml", text).unwrap()[0];
        let found = |minor| crate::pod_security(crate::Profile::Baseline, Some((1, minor)), document).len();
        assert_eq!((found(31), found(32), found(36), found(37)), (3, 2, 2, 1));
    }
}
