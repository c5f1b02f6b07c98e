//! `pod-volume-type`: storage named in the pod instead of claimed.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, Standard, present};

pub(super) const CHECK: Check = Check {
    id: "pod-volume-type",
    aliases: &["KSV-0028"],
    severity: Severity::Low,
    title: "Mounts storage directly",
    why: "An NFS export, disk or file system named in the pod passes by whoever decides about storage, and its driver runs in the node's kernel or the kubelet.",
    fix: "Claim it instead:\n  volumes:\n  - name: data\n    persistentVolumeClaim: {claimName: data}",
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"],
    standard: Some(Standard::restricted(0)),
    run: Run::Pod(run),
    ..Check::BLANK
};

const ALLOWED: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// True if the volume has a source that `restricted` allows, whatever else it has.
pub(super) fn is_allowed(volume: &Value) -> bool {
    ALLOWED.iter().any(|source| present(volume.get(source)).is_some())
}

/// `hostPath` is `pod-host-path`'s to say. A volume without any source is an `emptyDir` to the API server.
fn run(context: &Context<'_>) -> Vec<Hit> {
    let volumes = context.template.spec.get("volumes").and_then(Value::as_array).into_iter().flatten();
    let mut hits = Vec::new();
    for (index, volume) in volumes.enumerate() {
        let Some(fields) = volume.as_object().filter(|_| !is_allowed(volume)) else { continue };
        let mut sources = fields.iter().filter(|(field, value)| *field != "name" && !value.is_null());
        let Some((source, _)) = sources.next() else { continue };
        if present(volume.get("hostPath")).is_some() {
            continue;
        }
        let name = fields.get("name").and_then(Value::as_str).unwrap_or_default();
        hits.push(Hit::new(
            format!("{}/volumes/{index}/{source}", context.template.pointer),
            format!("volume `{name}` is of the type `{source}`"),
        ));
    }
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_and_unknown_sources() {
        let text = "kind: Pod
metadata: {name: p}
spec:
  volumes:
  - {name: a, nfs: {server: nfs.example.com, path: /}}
  - {name: b}
  - {name: c, secret: {secretName: s}}
  - {name: d, hostPath: {path: /data}}
  - {name: e, somethingNew: {}}
";
        assert_eq!(
            super::super::tests::run("pod-volume-type", text),
            [
                "5:15 low Pod p: volume `a` is of the type `nfs`",
                "9:15 low Pod p: volume `e` is of the type `somethingNew`",
            ]
        );
    }
}
