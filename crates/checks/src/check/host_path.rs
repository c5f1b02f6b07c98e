//! `pod-host-path`: a folder, socket or device of the node inside a pod.

use seawall_findings::Severity;
use serde_json::Value;

use crate::Profile;

use super::{Check, Context, Hit, Run, Standard, volume_type};

pub(super) const CHECK: Check = Check {
    id: "pod-host-path",
    aliases: &[
        "KSV-0023",
        "KSV-0006",
        "KSV-0121",
        "CONTAINERS_INCORRECT_PATH_VALUE_DOCKERSOCKET",
        "CONTAINERS_INCORRECT_KEY_HOSTPATH",
        "docker-sock",
        "sensitive-host-mounts",
    ],
    severity: Severity::High,
    title: "Mounts a path of the node",
    why: "A path of the node is a way out of the container: the runtime's socket, /, /etc, /proc or the kubelet's folder give the node, others leak or fill it.",
    fix: "Use a volume that belongs to the pod:\n  volumes:\n  - name: data\n    emptyDir: {}        # or persistentVolumeClaim, configMap, secret, projected",
    references: &["https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"],
    standard: Some(Standard::baseline(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

/// Sockets through which a container runtime takes orders.
const SOCKETS: &[&str] = &[
    "docker.sock",
    "containerd.sock",
    "crio.sock",
    "cri-dockerd.sock",
    "podman.sock",
    "dockershim.sock",
    "buildkitd.sock",
];

/// Folders that hold such a socket, or the node itself.
const TAKE_THE_NODE: &[&str] = &[
    "/",
    "/dev",
    "/etc",
    "/etc/kubernetes",
    "/proc",
    "/root",
    "/run",
    "/run/containerd",
    "/run/crio",
    "/sys",
    "/var",
    "/var/lib",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/kubelet",
    "/var/run",
    "/var/run/containerd",
    "/var/run/crio",
];

fn run(context: &Context<'_>) -> Vec<Hit> {
    let volumes = context.template.spec.get("volumes").and_then(Value::as_array).into_iter().flatten();
    let mut hits = Vec::new();
    for (index, volume) in volumes.enumerate() {
        let Some(host_path) = volume.get("hostPath").filter(|value| !value.is_null()) else { continue };
        // `restricted` replaces this control by `pod-volume-type`, which looks for an allowed source first.
        if context.level == Some(Profile::Restricted) && volume_type::is_allowed(volume) {
            continue;
        }
        let path = host_path.get("path").and_then(Value::as_str).unwrap_or_default();
        let name = volume.get("name").and_then(Value::as_str).unwrap_or_default();
        let clean = normal(path);
        let is_socket = SOCKETS.iter().any(|socket| clean.ends_with(&format!("/{socket}")));
        let (what, severity) = if is_socket {
            ("the container runtime's socket", Some(Severity::Critical))
        } else if TAKE_THE_NODE.contains(&clean.as_str()) {
            ("a path that gives the whole node", Some(Severity::Critical))
        } else {
            ("a path of the node", None)
        };
        let mut aliases = vec!["KSV-0023", "CONTAINERS_INCORRECT_KEY_HOSTPATH"];
        if is_socket {
            aliases.extend(["KSV-0006", "CONTAINERS_INCORRECT_PATH_VALUE_DOCKERSOCKET", "docker-sock"]);
        } else if severity.is_some() {
            aliases.extend(["KSV-0121", "sensitive-host-mounts"]);
        }
        let pointer = format!("{}/volumes/{index}/hostPath", context.template.pointer);
        let message = format!("volume `{name}` mounts `{path}`, {what}");
        hits.push(Hit { severity, ..Hit::new(pointer, message).known_as(&aliases) });
    }
    hits
}

/// Without doubled and trailing slashes and `.` parts; the API server refuses `..`, here it goes up.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn sockets_are_critical() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  volumes:
  - {name: a, hostPath: {path: /var/run//docker.sock}}
  - {name: b, hostPath: {path: /data/shop}}
  - {name: c, hostPath: {path: /./}}
  - {name: d, emptyDir: {}}
";
        assert_eq!(
            super::super::tests::run("pod-host-path", text),
            [
                "5:15 critical Pod p: volume `a` mounts `/var/run//docker.sock`, the container runtime's socket",
                "6:15 high Pod p: volume `b` mounts `/data/shop`, a path of the node",
                "7:15 critical Pod p: volume `c` mounts `/./`, a path that gives the whole node",
            ]
        );
    }
}
