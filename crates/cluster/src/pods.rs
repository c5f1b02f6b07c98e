//! Pods: what they run, and their deletion.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use kube::api::{Api, DeleteParams, ListParams, Preconditions};
use seawall_findings::Digest;

use crate::connect::ask;
use crate::{Cluster, ClusterError};

/// Pods per answer of the API server.
const PAGE: u32 = 500;
/// Pods taken in altogether: far more than a cluster may have (150,000 by Kubernetes' own limits).
const MAX_PODS: usize = 200_000;

/// A pod, as far as Seawall asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunningPod {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
    /// The node it runs on; none before it is scheduled.
    pub node: Option<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The controller that made it.
    pub owner: Option<Owner>,
    /// Its containers, with init and ephemeral ones.
    pub containers: Vec<RunningContainer>,
}

/// The controller of a pod, such as a ReplicaSet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// A container of a pod, as its status tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunningContainer {
    /// Its name in the pod.
    pub name: String,
    /// The runtime's id, without `containerd://`; none before it is made.
    pub container_id: Option<String>,
    /// The image as the pod names it.
    pub image: String,
    /// The digest of the manifest or index that was pulled; none for an image that the node was given without a registry.
    pub image_digest: Option<Digest>,
}

impl Cluster {
    /// The pods of a node, or of the whole cluster. Needs the verb `list` on `pods`.
    pub async fn pods(&self, node: Option<&str>) -> Result<Vec<RunningPod>, ClusterError> {
        let api: Api<Pod> = Api::all(self.client.clone());
        let mut parameters = ListParams::default().limit(PAGE);
        if let Some(node) = node {
            parameters = parameters.fields(&format!("spec.nodeName={node}"));
        }
        let mut pods = Vec::new();
        loop {
            let page = ask("list", "pods", "pods", api.list(&parameters)).await?;
            pods.extend(page.items.into_iter().map(running));
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) if pods.len() < MAX_PODS => parameters = parameters.continue_token(&token),
                Some(_) => {
                    tracing::warn!(MAX_PODS, "the cluster has more pods than are taken in");
                    return Ok(pods);
                }
                None => return Ok(pods),
            }
        }
    }

    /// Deletes a pod at once (no grace period), but only the one with this uid: a successor of the same name is left alone
    /// ([`ClusterError::Replaced`]). Needs the verb `delete` on `pods`.
    pub async fn delete_pod(&self, namespace: &str, name: &str, uid: &str) -> Result<(), ClusterError> {
        let api: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let parameters = DeleteParams {
            grace_period_seconds: Some(0),
            preconditions: Some(Preconditions { uid: Some(uid.to_owned()), resource_version: None }),
            ..DeleteParams::default()
        };
        let what = format!("pod {namespace}/{name} ({uid})");
        ask("delete", "pods", &what, api.delete(name, &parameters)).await?;
        Ok(())
    }
}

fn running(pod: Pod) -> RunningPod {
    let meta = pod.metadata;
    let spec = pod.spec.unwrap_or_default();
    let status = pod.status.unwrap_or_default();
    // The specification has the image as it was written; the status may show another name of the same image.
    let mut written: BTreeMap<String, String> = BTreeMap::new();
    for container in spec.containers.into_iter().chain(spec.init_containers.into_iter().flatten()) {
        written.insert(container.name, container.image.unwrap_or_default());
    }
    for container in spec.ephemeral_containers.into_iter().flatten() {
        written.insert(container.name, container.image.unwrap_or_default());
    }
    let statuses =
        [status.container_statuses, status.init_container_statuses, status.ephemeral_container_statuses];
    let containers =
        statuses.into_iter().flatten().flatten().map(|status| container(status, &mut written)).collect();
    let owner = meta.owner_references.into_iter().flatten().find(|owner| owner.controller == Some(true));
    RunningPod {
        namespace: meta.namespace.unwrap_or_default(),
        name: meta.name.unwrap_or_default(),
        uid: meta.uid.unwrap_or_default(),
        node: spec.node_name,
        labels: meta.labels.unwrap_or_default(),
        owner: owner.map(|owner| Owner { kind: owner.kind, name: owner.name }),
        containers,
    }
}

fn container(status: ContainerStatus, written: &mut BTreeMap<String, String>) -> RunningContainer {
    let image = written.remove(&status.name).filter(|image| !image.is_empty()).unwrap_or(status.image);
    // Only `name@sha256:…` names a manifest; a bare `sha256:…` is the digest of the image's configuration.
    let image_digest = status.image_id.rsplit_once('@').and_then(|(_, digest)| digest.parse().ok());
    let container_id = status.container_id.map(|id| match id.split_once("://") {
        Some((_, id)) => id.to_owned(),
        None => id,
    });
    RunningContainer {
        name: status.name,
        container_id: container_id.filter(|id| !id.is_empty()),
        image,
        image_digest,
    }
}
