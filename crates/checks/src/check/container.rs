//! A container's image, file system and ports.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, is_true, list, present};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "container-writable-root",
        aliases: &["KSV-0014", "CONTAINERS_INCORRECT_READONLYROOTFILESYSTEM_VALUE", "no-read-only-root-fs"],
        severity: Severity::Medium,
        title: "Root file system is writable",
        why: "Whoever takes the container over can place tools in it and change the program.",
        fix: "Make it read-only, and mount what must be written:\n  securityContext: {readOnlyRootFilesystem: true}\n  volumeMounts: [{name: tmp, mountPath: /tmp}]",
        references: &["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
        run: Run::Pod(writable_root),
        ..Check::BLANK
    },
    Check {
        id: "container-default-security",
        aliases: &["KSV-0118", "CIS_MISSING_KEY_SECURITYCONTEXT"],
        severity: Severity::Low,
        title: "No security context",
        why: "Kubernetes' defaults are made for every old image to run: root, with capabilities, free to gain privileges.",
        fix: "Say what the program needs:\n  securityContext:\n    runAsNonRoot: true\n    allowPrivilegeEscalation: false\n    capabilities: {drop: [ALL]}\n    seccompProfile: {type: RuntimeDefault}",
        references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"],
        run: Run::Pod(default_security),
        ..Check::BLANK
    },
    Check {
        id: "container-privileged-port",
        aliases: &["KSV-0117", "privileged-ports"],
        severity: Severity::Low,
        title: "Listens on a privileged port",
        why: "Ports below 1024 are root's on many systems: they keep programs running as root or with NET_BIND_SERVICE.",
        fix: "Listen higher, and let the Service keep the port that people know:\n  ports: [{containerPort: 8080}]\n  # Service: ports: [{port: 80, targetPort: 8080}]",
        references: &["https://kubernetes.io/docs/concepts/services-networking/service/"],
        run: Run::Pod(privileged_port),
        ..Check::BLANK
    },
    Check {
        id: "image-digest",
        aliases: &["CONTAINERS_MISSING_IMAGE_VALUE_DIGEST"],
        severity: Severity::Low,
        title: "Image is not named by its digest",
        why: "A tag can be moved to another image after it was scanned and signed; a digest cannot.",
        fix: "Add the digest:\n  image: registry.example.com/shop:1.1@sha256:<digest>",
        references: &["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
        opt_in: true,
        run: Run::Pod(no_digest),
        ..Check::BLANK
    },
    Check {
        id: "image-registry",
        aliases: &["KSV-0032", "KSV-0033", "KSV-0034", "KSV-0035", "KSV-0125"],
        severity: Severity::Low,
        title: "Image from a registry outside of one's own cloud",
        why: "Anybody can push to a public registry, names there can be taken over, and it can be down or count your pulls.",
        fix: "Keep a copy in a registry of your own:\n  image: registry.example.com/mirror/nginx:1.27",
        references: &["https://kubernetes.io/docs/concepts/containers/images/"],
        opt_in: true,
        run: Run::Pod(registry),
        ..Check::BLANK
    },
    Check {
        id: "container-sub-path",
        aliases: &["CONTAINER_CVE2021_25741_INCORRECT_SUBPATH_KEY"],
        severity: Severity::Low,
        title: "Mounts a part of a volume",
        why: "Kubelets before 1.22.2 could be led out of the volume by a link (CVE-2021-25741).",
        fix: "Mount the whole volume, or update the nodes:\n  volumeMounts: [{name: data, mountPath: /data}]",
        references: &["https://github.com/kubernetes/kubernetes/issues/104980"],
        opt_in: true,
        run: Run::Pod(sub_path),
        ..Check::BLANK
    },
    Check {
        id: "container-host-path-writable",
        aliases: &["EKS_INVALID_HOSTPATH_MOUNT_READONLY_VALUE", "writable-host-mount"],
        severity: Severity::Medium,
        title: "May write to a path of the node",
        why: "What is written there stays on the node and is read by its programs: a way out of the container.",
        fix: "Mount it read-only:\n  volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]",
        references: &["https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"],
        run: Run::Pod(writable_host_path),
        ..Check::BLANK
    },
    Check {
        id: "container-pre-stop",
        aliases: &["CONTAINERS_MISSING_PRESTOP_KEY"],
        severity: Severity::Low,
        title: "No hook before it stops",
        why: "Requests still arrive for a moment after the signal to end; without a pause they fail.",
        fix: "Wait, if the program does not by itself:\n  lifecycle:\n    preStop: {sleep: {seconds: 5}}",
        references: &["https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/"],
        opt_in: true,
        run: Run::Pod(pre_stop),
        ..Check::BLANK
    },
    Check {
        id: "container-port-twice",
        aliases: &[],
        severity: Severity::Low,
        title: "The same port twice in one pod",
        why: "Containers of a pod share its network: the second that listens on the port fails.",
        fix: "Give each its own:\n  ports: [{containerPort: 8080}]\n  # the other container: ports: [{containerPort: 9090}]",
        references: &["https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking"],
        run: Run::Pod(port_twice),
        ..Check::BLANK
    },
];

fn writable_root(context: &Context<'_>) -> Vec<Hit> {
    if context.windows_exempt() {
        return Vec::new();
    }
    let field = "securityContext/readOnlyRootFilesystem";
    context
        .lasting()
        .filter(|container| !is_true(container.value.pointer(&format!("/{field}"))))
        .map(|container| Context::container_hit(container, field, "may write to its root file system"))
        .collect()
}

fn default_security(context: &Context<'_>) -> Vec<Hit> {
    let set = |value: &Value| {
        let map = value.get("securityContext").and_then(Value::as_object);
        map.is_some_and(|map| !map.is_empty())
    };
    if set(context.template.spec) {
        return Vec::new();
    }
    context
        .lasting()
        .filter(|container| !set(container.value))
        .map(|container| Context::container_hit(container, "securityContext", "has no security context"))
        .collect()
}

fn privileged_port(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in context.lasting() {
        for (index, port) in list(container.value, "/ports").iter().enumerate() {
            let number = port.get("containerPort").and_then(Value::as_u64).filter(|port| *port < 1024);
            if let Some(number) = number {
                let field = format!("ports/{index}/containerPort");
                hits.push(Context::container_hit(container, &field, &format!("listens on port {number}")));
            }
        }
    }
    hits
}

/// Each container's image, where it has one.
fn images<'c, 'a>(context: &'c Context<'a>) -> impl Iterator<Item = (&'c crate::Container<'a>, &'a str)> {
    context.containers.iter().filter_map(|container| {
        let image = container.value.get("image").and_then(Value::as_str)?;
        (!image.is_empty()).then_some((container, image))
    })
}

fn no_digest(context: &Context<'_>) -> Vec<Hit> {
    images(context)
        .filter(|(_, image)| !image.contains("@sha256:") && !image.contains("@sha512:"))
        .map(|(container, image)| {
            Context::container_hit(container, "image", &format!("has the image `{image}`, without a digest"))
        })
        .collect()
}

/// Registries where anybody can push.
const PUBLIC: &[&str] = &[
    "docker.io",
    "index.docker.io",
    "quay.io",
    "ghcr.io",
    "gcr.io",
    "k8s.gcr.io",
    "registry.k8s.io",
    "public.ecr.aws",
    "mcr.microsoft.com",
    "registry.gitlab.com",
];

fn registry(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (container, image) in images(context) {
        let host = match image.split_once('/') {
            Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
            _ => "docker.io",
        };
        let azure = host == "azurecr.io" || host.ends_with(".azurecr.io");
        let google = host == "gcr.io" || host.ends_with(".gcr.io") || host.ends_with("-docker.pkg.dev");
        let amazon = host.ends_with(".amazonaws.com") && host.contains(".ecr.");
        let mut aliases = Vec::new();
        for (fits, id) in [(azure, "KSV-0032"), (google, "KSV-0033"), (amazon, "KSV-0035")] {
            if !fits {
                aliases.push(id);
            }
        }
        if PUBLIC.contains(&host) {
            aliases.push("KSV-0034");
        }
        if !(azure || google || amazon) {
            aliases.push("KSV-0125");
        }
        let what = format!("has its image from the registry {host}");
        hits.push(Context::container_hit(container, "image", &what).known_as(&aliases));
    }
    hits
}

fn sub_path(context: &Context<'_>) -> Vec<Hit> {
    mounts(context, |mount| present(mount.get("subPath")).is_some(), "subPath", "mounts a part of a volume")
}

fn mounts(context: &Context<'_>, wrong: impl Fn(&Value) -> bool, field: &str, what: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in &context.containers {
        for (index, mount) in list(container.value, "/volumeMounts").iter().enumerate() {
            if wrong(mount) {
                let field = format!("volumeMounts/{index}/{field}");
                hits.push(Context::container_hit(container, &field, what));
            }
        }
    }
    hits
}

fn writable_host_path(context: &Context<'_>) -> Vec<Hit> {
    let of_node: Vec<&str> = list(context.template.spec, "/volumes")
        .iter()
        .filter(|volume| present(volume.get("hostPath")).is_some())
        .filter_map(|volume| volume.get("name").and_then(Value::as_str))
        .collect();
    let wrong = |mount: &Value| {
        let name = mount.get("name").and_then(Value::as_str);
        name.is_some_and(|name| of_node.contains(&name)) && !is_true(mount.get("readOnly"))
    };
    mounts(context, wrong, "readOnly", "may write to a path of the node")
}

fn pre_stop(context: &Context<'_>) -> Vec<Hit> {
    context
        .main()
        .filter(|container| present(container.value.pointer("/lifecycle/preStop")).is_none())
        .map(|container| {
            Context::container_hit(container, "lifecycle/preStop", "has no hook before it stops")
        })
        .collect()
}

fn port_twice(context: &Context<'_>) -> Vec<Hit> {
    let mut seen = std::collections::HashSet::new();
    let mut hits = Vec::new();
    for container in context.main() {
        for (index, port) in list(container.value, "/ports").iter().enumerate() {
            let Some(number) = port.get("containerPort").and_then(Value::as_u64) else { continue };
            let protocol = port.get("protocol").and_then(Value::as_str).unwrap_or("TCP");
            if !seen.insert((number, protocol)) {
                let what = format!("has the port {number}/{protocol}, which the pod already has");
                hits.push(Context::container_hit(container, &format!("ports/{index}/containerPort"), &what));
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn what_is_said_of_one_pod() {
        let text = "kind: Pod\nmetadata: {name: p}\nspec:\n  volumes: [{name: h, hostPath: {path: /x}}]\n  containers:\n  - name: a\n    image: nginx:1\n    ports: [{containerPort: 80}, {containerPort: 80, protocol: UDP}]\n    volumeMounts: [{name: h, mountPath: /x, subPath: y}]\n  - {name: b, image: 'r.example.com/x@sha256:1', ports: [{containerPort: 80}], securityContext: {readOnlyRootFilesystem: true}}\n";
        assert_eq!(
            run("container-writable-root", text),
            ["6:5 medium Pod p: container `a` may write to its root file system"]
        );
        assert_eq!(run("container-default-security", text).len(), 1);
        assert_eq!(run("container-privileged-port", text).len(), 3);
        assert_eq!(run("image-digest", text).len(), 1);
        assert_eq!(run("container-sub-path", text).len(), 1);
        assert_eq!(
            run("container-host-path-writable", text),
            ["9:20 medium Pod p: container `a` may write to a path of the node"]
        );
        assert_eq!(run("container-port-twice", text).len(), 1);
        assert_eq!(
            run("image-registry", text)[0],
            "7:5 low Pod p: container `a` has its image from the registry docker.io"
        );
    }
}
