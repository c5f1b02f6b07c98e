//! `pod-host-port`: a port of the node bound to a container.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, Standard, present};

pub(super) const CHECK: Check = Check {
    id: "pod-host-port",
    aliases: &["KSV-0024", "CONTAINERS_INCORRECT_KEY_HOSTPORT"],
    severity: Severity::Medium,
    title: "Binds a port of the node",
    why: "A host port is open on the node's address, beside network policies and Services, and can take another program's port.",
    fix: "Remove `hostPort` and offer the port through a Service:\n  ports:\n  - containerPort: 8080",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"],
    standard: Some(Standard::baseline(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

fn run(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in &context.containers {
        let ports = container.value.get("ports").and_then(Value::as_array);
        for (index, port) in ports.into_iter().flatten().enumerate() {
            let Some(number) = present(port.get("hostPort")).filter(|number| number.as_f64() != Some(0.0))
            else {
                continue;
            };
            hits.push(Hit::new(
                format!("{}/ports/{index}/hostPort", container.pointer),
                format!("container `{}` binds port {number} of the node", container.name),
            ));
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn zero_is_none() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    ports: [{containerPort: 80, hostPort: 0}, {hostPort: 443}]
";
        assert_eq!(
            super::super::tests::run("pod-host-port", text),
            ["6:48 medium Pod p: container `c` binds port 443 of the node"]
        );
    }
}
