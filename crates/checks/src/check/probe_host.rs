//! `pod-probe-host`: a probe or hook that has the kubelet call somebody else.

use seawall_findings::Severity;

use super::{Check, Context, Hit, Run, Standard, text};

pub(super) const CHECK: Check = Check {
    id: "pod-probe-host",
    aliases: &[],
    severity: Severity::Medium,
    title: "A probe or hook with a host of its own",
    why: "The kubelet does the call, from the node's network: a `host` makes it knock at the node's loopback or at servers that the pod itself cannot reach.",
    fix: "Remove `host`; the call then goes to the pod:\n  livenessProbe:\n    httpGet: {path: /healthz, port: 8080}",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"],
    standard: Some(Standard::baseline(34)),
    run: Run::Pod(run),
    ..Check::BLANK
};

const HANDLERS: &[&str] =
    &["/livenessProbe", "/readinessProbe", "/startupProbe", "/lifecycle/postStart", "/lifecycle/preStop"];

fn run(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in &context.containers {
        for handler in HANDLERS {
            for action in ["httpGet", "tcpSocket"] {
                let path = format!("{handler}/{action}/host");
                let host = text(container.value.pointer(&path));
                if !host.is_empty() {
                    hits.push(Hit::new(
                        format!("{}{path}", container.pointer),
                        format!(
                            "container `{}` has the kubelet call the host `{host}` ({})",
                            container.name,
                            handler.rsplit('/').next().unwrap_or(handler)
                        ),
                    ));
                }
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn probes_and_hooks() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    livenessProbe: {httpGet: {port: 80, host: ''}}
    readinessProbe: {tcpSocket: {port: 80, host: 127.0.0.1}}
    lifecycle: {preStop: {httpGet: {port: 80, host: db.example.com}}}
";
        assert_eq!(
            super::super::tests::run("pod-probe-host", text),
            [
                "7:44 medium Pod p: container `c` has the kubelet call the host `127.0.0.1` (readinessProbe)",
                "8:47 medium Pod p: container `c` has the kubelet call the host `db.example.com` (preStop)",
            ]
        );
    }
}
