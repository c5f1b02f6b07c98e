//! Google: GKE clusters and their nodes.

use seawall_findings::Severity::{High, Low, Medium};

use super::{Hits, Look, Table, Want, row, words};
use crate::Resource;

const CLUSTER: &[&str] = &["google_container_cluster"];
const POOL: &[&str] = &["google_container_node_pool"];
const BOTH: &[&str] = &["google_container_cluster", "google_container_node_pool"];

pub(super) static TABLE: Table = Table {
    reference: "https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster",
    checks: &[
        row(
            "gke-legacy-metadata",
            "GCP-0048",
            High,
            "Nodes of a GKE cluster offer the legacy metadata service",
            "A web application that can be made to fetch an address gives the node's credentials away.",
            "Turn it off: `node_config { metadata = { disable-legacy-endpoints = true } }`.",
            Look::Value(BOTH, "node_config.metadata.disable-legacy-endpoints", Want::OnOrUnset),
        ),
        row(
            "gke-ip-alias",
            "GCP-0049",
            Low,
            "A GKE cluster does not use alias addresses",
            "Network policies and firewalls then see nodes instead of pods.",
            "Use them: `ip_allocation_policy { … }`.",
            Look::Each(CLUSTER, ip_alias),
        ),
        row(
            "gke-node-account",
            "GCP-0050",
            Medium,
            "Nodes of a GKE cluster run as the default service account",
            "Whoever takes over a pod that reaches the node's credentials can edit the project.",
            "Make an account for them: `node_config { service_account = google_service_account.nodes.email }`.",
            Look::Each(BOTH, node_account),
        ),
        row(
            "gke-labels",
            "GCP-0051",
            Low,
            "A GKE cluster has no labels",
            "Nobody knows whose it is, and it is never removed.",
            "Say it: `resource_labels = { team = \"payments\" }`.",
            Look::Value(CLUSTER, "resource_labels", Want::Set),
        ),
        row(
            "gke-monitoring",
            "GCP-0052",
            Low,
            "A GKE cluster is not monitored",
            "Unusual use is not seen.",
            "Use the default: `monitoring_service = \"monitoring.googleapis.com/kubernetes\"`.",
            Look::Value(
                CLUSTER,
                "monitoring_service",
                Want::IsOrUnset(&["monitoring.googleapis.com/kubernetes"]),
            ),
        ),
        row(
            "gke-public-control-plane",
            "GCP-0053",
            High,
            "The API server of a GKE cluster answers to every address",
            "Every stolen credential and every flaw of the API server can then be used from anywhere.",
            "Limit it: `master_authorized_networks_config { cidr_blocks { cidr_block = \"203.0.113.0/24\" } }`.",
            Look::Each(CLUSTER, control_plane),
        ),
        row(
            "gke-node-image",
            "GCP-0054",
            Low,
            "Nodes of a GKE cluster do not run Container-Optimized OS",
            "Other systems have more programs, and so more flaws.",
            "Use it: `image_type = \"COS_CONTAINERD\"`.",
            Look::Value(BOTH, "node_config.image_type", Want::IsOrUnset(&["COS", "COS_CONTAINERD"])),
        ),
        row(
            "gke-shielded-nodes",
            "GCP-0055",
            High,
            "Nodes of a GKE cluster are not shielded",
            "A stranger's machine can join as a node with stolen bootstrap credentials.",
            "Shield them: `enable_shielded_nodes = true`.",
            Look::Value(CLUSTER, "enable_shielded_nodes", Want::OnOrUnset),
        ),
        row(
            "gke-network-policy",
            "GCP-0056",
            Medium,
            "A GKE cluster does not apply network policies",
            "Whoever takes over one pod reaches all others.",
            "Apply them: `datapath_provider = \"ADVANCED_DATAPATH\"`, or `network_policy { enabled = true }`.",
            Look::Each(CLUSTER, network_policy),
        ),
        row(
            "gke-node-metadata",
            "GCP-0057",
            High,
            "Pods of a GKE cluster reach the node's credentials",
            "Whoever takes over one pod acts as the node.",
            "Keep them apart: `workload_metadata_config { mode = \"GKE_METADATA\" }`.",
            Look::Each(BOTH, node_metadata),
        ),
        row(
            "gke-auto-upgrade",
            "GCP-0058",
            Low,
            "Nodes of a GKE cluster are not upgraded automatically",
            "Known flaws stay until somebody has the time.",
            "Let them: `management { auto_upgrade = true }`.",
            Look::Value(POOL, "management.auto_upgrade", Want::On),
        ),
        row(
            "gke-auto-repair",
            "GCP-0063",
            Low,
            "Nodes of a GKE cluster are not repaired automatically",
            "Broken nodes stay until somebody notices.",
            "Let them: `management { auto_repair = true }`.",
            Look::Value(POOL, "management.auto_repair", Want::On),
        ),
        row(
            "gke-private-nodes",
            "GCP-0059",
            Medium,
            "Nodes of a GKE cluster have public addresses",
            "Each node can be reached from the Internet.",
            "Keep them private: `private_cluster_config { enable_private_nodes = true }`.",
            Look::Value(CLUSTER, "private_cluster_config.enable_private_nodes", Want::On),
        ),
        row(
            "gke-logging",
            "GCP-0060",
            Low,
            "A GKE cluster is not logged",
            "Without its logs nobody can tell who did what to the cluster.",
            "Use the default: `logging_service = \"logging.googleapis.com/kubernetes\"`.",
            Look::Value(CLUSTER, "logging_service", Want::IsOrUnset(&["logging.googleapis.com/kubernetes"])),
        ),
        row(
            "gke-authorised-networks",
            "GCP-0061",
            High,
            "A GKE cluster does not say who may reach its API server",
            "Every stolen credential and every flaw of the API server can then be used from anywhere.",
            "Say it: `master_authorized_networks_config { cidr_blocks { cidr_block = \"203.0.113.0/24\" } }`.",
            Look::Value(CLUSTER, "master_authorized_networks_config", Want::Set),
        ),
        row(
            "gke-legacy-abac",
            "GCP-0062",
            High,
            "A GKE cluster uses the legacy authorisation",
            "It grants by rules that cannot be limited to a namespace or a name.",
            "Leave it off: `enable_legacy_abac = false`.",
            Look::Value(CLUSTER, "enable_legacy_abac", Want::Off),
        ),
        row(
            "gke-legacy-login",
            "GCP-0064",
            High,
            "A GKE cluster takes passwords or client certificates",
            "Neither can be revoked, and both live for years.",
            "Leave them off: `master_auth { client_certificate_config { issue_client_certificate = false } }`.",
            Look::Each(CLUSTER, legacy_login),
        ),
    ],
};

fn is_autopilot(resource: &Resource) -> bool {
    let autopilot = resource.get("enable_autopilot");
    autopilot.is_unknown() || autopilot.as_bool() == Some(true)
}

fn ip_alias(resource: &Resource, hits: &mut Hits<'_>) {
    if !is_autopilot(resource)
        && resource.get("networking_mode").equals("VPC_NATIVE") != Some(true)
        && resource.get("ip_allocation_policy").is_null()
    {
        hits.on(resource, "there is no `ip_allocation_policy`");
    }
}

fn node_account(resource: &Resource, hits: &mut Hits<'_>) {
    let removed = resource.get("remove_default_node_pool");
    if is_autopilot(resource) || removed.is_unknown() || removed.as_bool() == Some(true) {
        return;
    }
    let provisioned = resource.get("cluster_autoscaling.auto_provisioning_defaults.service_account");
    if !provisioned.is_set() {
        hits.want(resource, "node_config.service_account", Want::SetNot(&["default"]));
    }
}

fn control_plane(resource: &Resource, hits: &mut Hits<'_>) {
    for address in resource.all("master_authorized_networks_config.cidr_blocks.cidr_block") {
        if words::is_anywhere(&address) {
            hits.add(
                resource,
                &address,
                format!("`master_authorized_networks_config` has {}", address.show()),
            );
        }
    }
}

fn network_policy(resource: &Resource, hits: &mut Hits<'_>) {
    let datapath = resource.get("datapath_provider");
    if !is_autopilot(resource) && (datapath.is_null() || datapath.equals("ADVANCED_DATAPATH") == Some(false))
    {
        hits.want(resource, "network_policy.enabled", Want::On);
    }
}

fn node_metadata(resource: &Resource, hits: &mut Hits<'_>) {
    let unwanted = Want::Not(&[
        "EXPOSE",
        "EXPOSED",
        "UNSPECIFIED",
        "GCE_METADATA",
        "MODE_UNSPECIFIED",
        "METADATA_UNSPECIFIED",
    ]);
    let removed = resource.get("remove_default_node_pool");
    let nodes = resource.get("node_config");
    if nodes.is_null() || is_autopilot(resource) || removed.is_unknown() || removed.as_bool() == Some(true) {
        return;
    }
    if resource.get("node_config.workload_metadata_config").is_null() {
        hits.add(resource, &nodes, "`node_config.workload_metadata_config` is not set");
    }
    for name in ["node_metadata", "mode"] {
        hits.want(resource, &format!("node_config.workload_metadata_config.{name}"), unwanted);
    }
}

fn legacy_login(resource: &Resource, hits: &mut Hits<'_>) {
    hits.want(resource, "master_auth.client_certificate_config.issue_client_certificate", Want::Off);
    let name = resource.get("master_auth.username");
    if name.as_str().is_some_and(|name| !name.is_empty()) {
        hits.add(resource, &name, "`master_auth` has a user name");
    }
}
