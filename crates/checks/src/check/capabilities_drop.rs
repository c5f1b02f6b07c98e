//! `pod-capabilities-drop`: the runtime's default capabilities kept.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, Standard, capabilities, text};

pub(super) const CHECK: Check = Check {
    id: "pod-capabilities-drop",
    aliases: &[
        "KSV-0003",
        "KSV-0004",
        "KSV-0106",
        "CIS_MISSING_VALUE_DROP_NET_RAW",
        "drop-net-raw-capability",
    ],
    severity: Severity::Low,
    title: "Keeps default capabilities",
    why: "The runtime gives every container a dozen capabilities (CHOWN, SETUID, MKNOD …); hardly a program needs one, and each helps whoever takes it over.",
    fix: "Drop all, in exactly these letters; at most NET_BIND_SERVICE may come back:\n  securityContext:\n    capabilities: {drop: [ALL]}",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"],
    standard: Some(Standard::restricted(22)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// What is added beyond the runtime's defaults is `pod-capabilities`' to say.
fn run(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    if context.windows_exempt() {
        return hits;
    }
    let path = "/securityContext/capabilities";
    for container in &context.containers {
        let list = |name: &str| {
            let list = container.value.pointer(path).and_then(|value| value.get(name));
            list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
        };
        if !list("drop").iter().any(|dropped| dropped == "ALL") {
            let mut aliases = vec!["KSV-0003", "KSV-0106"];
            let dropped = list("drop");
            if dropped.is_empty() {
                aliases.push("KSV-0004");
            }
            if !dropped.iter().any(|dropped| dropped == "NET_RAW" || dropped == "all") {
                aliases.extend(["CIS_MISSING_VALUE_DROP_NET_RAW", "drop-net-raw-capability"]);
            }
            hits.push(
                Hit::new(
                    format!("{}{path}/drop", container.pointer),
                    format!("container `{}` does not drop ALL capabilities", container.name),
                )
                .known_as(&aliases),
            );
        }
        for (index, added) in list("add").iter().enumerate() {
            let name = text(Some(added));
            if name != "NET_BIND_SERVICE" && capabilities::ALLOWED.contains(&name) {
                hits.push(
                    Hit::new(
                        format!("{}{path}/add/{index}", container.pointer),
                        format!("container `{}` adds the capability {name} back", container.name),
                    )
                    .known_as(&["KSV-0106"]),
                );
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn all_and_only_all() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: silent
  - name: lower
    securityContext: {capabilities: {drop: [all]}}
  - name: back
    securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE, CHOWN]}}
---
kind: Pod
metadata: {name: windows}
spec:
  os: {name: windows}
  containers: [{name: c}]
";
        assert_eq!(
            super::super::tests::run("pod-capabilities-drop", text),
            [
                "5:5 low Pod p: container `silent` does not drop ALL capabilities",
                "7:38 low Pod p: container `lower` does not drop ALL capabilities",
                "9:75 low Pod p: container `back` adds the capability CHOWN back",
            ]
        );
    }
}
