//! Resources of the Kubernetes provider as Kubernetes objects.

use seawall_findings::Position;
use serde_json::{Map, Value as Json, json};

use crate::value::{HOLE, Kind, Value};
use crate::{Graph, Source};

/// An object that a configuration would create.
#[derive(Clone, Debug, PartialEq)]
pub struct KubernetesObject {
    /// The file that declares it.
    pub path: String,
    /// Where in it.
    pub position: Position,
    /// `kubernetes_deployment.web`.
    pub address: String,
    /// The object. What is unknown is left out.
    pub object: Json,
    /// JSON pointers (RFC 6901) of what is unknown: a finding about one of them, or something below it, says nothing.
    pub unknown: Vec<String>,
}

/// The provider's types, with API group and kind.
const TYPES: [(&str, &str, &str); 25] = [
    ("kubernetes_pod", "v1", "Pod"),
    ("kubernetes_deployment", "apps/v1", "Deployment"),
    ("kubernetes_daemonset", "apps/v1", "DaemonSet"),
    ("kubernetes_daemon_set", "apps/v1", "DaemonSet"),
    ("kubernetes_stateful_set", "apps/v1", "StatefulSet"),
    ("kubernetes_replication_controller", "v1", "ReplicationController"),
    ("kubernetes_job", "batch/v1", "Job"),
    ("kubernetes_cron_job", "batch/v1", "CronJob"),
    ("kubernetes_service", "v1", "Service"),
    ("kubernetes_service_account", "v1", "ServiceAccount"),
    ("kubernetes_default_service_account", "v1", "ServiceAccount"),
    ("kubernetes_config_map", "v1", "ConfigMap"),
    ("kubernetes_namespace", "v1", "Namespace"),
    ("kubernetes_ingress", "networking.k8s.io/v1", "Ingress"),
    ("kubernetes_network_policy", "networking.k8s.io/v1", "NetworkPolicy"),
    ("kubernetes_role", "rbac.authorization.k8s.io/v1", "Role"),
    ("kubernetes_cluster_role", "rbac.authorization.k8s.io/v1", "ClusterRole"),
    ("kubernetes_role_binding", "rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("kubernetes_cluster_role_binding", "rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("kubernetes_horizontal_pod_autoscaler", "autoscaling/v2", "HorizontalPodAutoscaler"),
    ("kubernetes_pod_disruption_budget", "policy/v1", "PodDisruptionBudget"),
    ("kubernetes_persistent_volume_claim", "v1", "PersistentVolumeClaim"),
    ("kubernetes_persistent_volume", "v1", "PersistentVolume"),
    ("kubernetes_limit_range", "v1", "LimitRange"),
    ("kubernetes_resource_quota", "v1", "ResourceQuota"),
];

/// Blocks that are lists in Kubernetes, with the name that they have there.
const LISTS: [(&str, &str); 36] = [
    ("container", "containers"),
    ("init_container", "initContainers"),
    ("port", "ports"),
    ("ports", "ports"),
    ("env", "env"),
    ("env_from", "envFrom"),
    ("volume", "volumes"),
    ("volume_mount", "volumeMounts"),
    ("volume_device", "volumeDevices"),
    ("toleration", "tolerations"),
    ("host_aliases", "hostAliases"),
    ("image_pull_secrets", "imagePullSecrets"),
    ("image_pull_secret", "imagePullSecrets"),
    ("secret", "secrets"),
    ("rule", "rules"),
    ("subject", "subjects"),
    ("from", "from"),
    ("to", "to"),
    ("ingress", "ingress"),
    ("egress", "egress"),
    ("match_expressions", "matchExpressions"),
    ("items", "items"),
    ("sources", "sources"),
    ("volume_claim_template", "volumeClaimTemplates"),
    ("tls", "tls"),
    ("path", "paths"),
    ("readiness_gate", "readinessGates"),
    ("topology_spread_constraint", "topologySpreadConstraints"),
    ("sysctl", "sysctls"),
    ("http_header", "httpHeaders"),
    ("metric", "metrics"),
    ("limit", "limits"),
    ("node_selector_term", "nodeSelectorTerms"),
    ("option", "options"),
    ("required_during_scheduling_ignored_during_execution", "requiredDuringSchedulingIgnoredDuringExecution"),
    (
        "preferred_during_scheduling_ignored_during_execution",
        "preferredDuringSchedulingIgnoredDuringExecution",
    ),
];

/// Maps whose keys are the user's own.
const FREE: [&str; 14] = [
    "labels",
    "annotations",
    "match_labels",
    "node_selector",
    "data",
    "binary_data",
    "limits",
    "requests",
    "default",
    "default_request",
    "selector",
    "hard",
    "parameters",
    "max_limit_request_ratio",
];

/// All objects of a graph.
pub(crate) fn objects(graph: &Graph, sources: &[Source]) -> Vec<KubernetesObject> {
    let mut found = Vec::new();
    for resource in graph.resources.iter().filter(|resource| !resource.data) {
        let kind = resource.kind.trim_end_matches("_v1").trim_end_matches("_v2");
        let Some(source) = sources.get(resource.at.file as usize) else { continue };
        let position = source.position(resource.at);
        let mut unknown = Vec::new();
        let mut made = Vec::new();
        if let Some((_, version, kind)) = TYPES.iter().find(|(name, ..)| *name == kind) {
            let mut object = Map::new();
            for (name, value) in resource.body.as_map().into_iter().flat_map(|map| &map.entries) {
                put(&mut object, name, value, "", &mut unknown);
            }
            object.insert("apiVersion".into(), json!(version));
            object.insert("kind".into(), json!(kind));
            made.push(Json::Object(object));
        } else if resource.kind == "kubernetes_manifest" {
            made.extend(plain(&resource.get("manifest"), "", &mut unknown));
        } else if matches!(resource.kind.as_str(), "kubectl_manifest" | "kubernetes_manifest_yaml") {
            let text = resource.get("yaml_body");
            for document in text
                .pattern()
                .and_then(|text| crate::document::load(0, text, "YAML").ok())
                .unwrap_or_default()
            {
                made.extend(plain(&document, "", &mut unknown));
            }
        }
        for object in made.into_iter().filter(Json::is_object) {
            found.push(KubernetesObject {
                path: source.path.clone(),
                position,
                address: resource.address.clone(),
                object,
                unknown: unknown.clone(),
            });
        }
    }
    found
}

fn put(object: &mut Map<String, Json>, name: &str, value: &Value, pointer: &str, unknown: &mut Vec<String>) {
    let is_blocks = value
        .as_list()
        .is_some_and(|items| items.iter().all(|item| item.as_map().is_some() || item.is_unknown()));
    let list = LISTS.iter().find(|(block, _)| *block == name).filter(|_| is_blocks);
    let key = list.map_or_else(|| camel(name), |(_, plural)| (*plural).to_owned());
    let pointer = format!("{pointer}/{key}");
    let free = FREE.contains(&name);
    let json = match &value.kind {
        Kind::List(items) if is_blocks && list.is_none() && !items.is_empty() => {
            // One block, which Kubernetes has as an object. A selector of labels may be either.
            items.first().and_then(|item| convert(item, &pointer, false, unknown))
        }
        _ => convert(value, &pointer, free, unknown),
    };
    if let Some(json) = json {
        object.insert(key, json);
    }
}

fn convert(value: &Value, pointer: &str, free: bool, unknown: &mut Vec<String>) -> Option<Json> {
    match &value.kind {
        Kind::Map(map) if !free => {
            let mut object = Map::new();
            for (name, value) in &map.entries {
                put(&mut object, name, value, pointer, unknown);
            }
            Some(Json::Object(object))
        }
        Kind::List(items) if !free => Some(Json::Array(
            items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| convert(item, &format!("{pointer}/{index}"), false, unknown))
                .collect(),
        )),
        _ => plain(value, pointer, unknown),
    }
}

/// A value as it is.
fn plain(value: &Value, pointer: &str, unknown: &mut Vec<String>) -> Option<Json> {
    Some(match &value.kind {
        Kind::Null => return None,
        Kind::Unknown => {
            unknown.push(pointer.to_owned());
            return None;
        }
        Kind::Bool(value) => json!(value),
        Kind::Number(value) if value.fract() == 0.0 && value.abs() < 9e15 => json!(*value as i64),
        Kind::Number(value) => json!(value),
        Kind::Text(text) if text.contains(HOLE) => {
            unknown.push(pointer.to_owned());
            return None;
        }
        Kind::Text(text) => json!(text.as_ref()),
        Kind::List(items) => Json::Array(
            items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| plain(item, &format!("{pointer}/{index}"), unknown))
                .collect(),
        ),
        Kind::Map(map) => Json::Object(
            map.entries
                .iter()
                .filter_map(|(name, value)| {
                    let step = name.replace('~', "~0").replace('/', "~1");
                    Some((name.to_string(), plain(value, &format!("{pointer}/{step}"), unknown)?))
                })
                .collect(),
        ),
    })
}

/// `read_only_root_filesystem` as `readOnlyRootFilesystem`.
fn camel(name: &str) -> String {
    match name {
        "host_pid" => return "hostPID".into(),
        "host_ipc" => return "hostIPC".into(),
        "host_ip" => return "hostIP".into(),
        "pod_ip" => return "podIP".into(),
        "cluster_ip" => return "clusterIP".into(),
        "external_ips" => return "externalIPs".into(),
        "load_balancer_ip" => return "loadBalancerIP".into(),
        "default_add_capabilities" => return "defaultAddCapabilities".into(),
        _ => {}
    }
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    out
}
