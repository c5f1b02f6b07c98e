//! The container and the pod of a process.

use std::collections::BTreeMap;
use std::sync::Arc;

use seawall_findings::Digest;
use serde::{Deserialize, Serialize};

/// A container, as far as its runtime told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// The runtime's whole id (usually 64 hex digits; runc's own names are any text).
    pub id: String,
    /// The name people gave it; the Kubernetes container name in a pod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The image reference as the runtime was given it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The image's digest, where the reference or the runtime gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// `runc`, `containerd`, `cri-o`, `docker`, `podman`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// Whether it runs with all capabilities.
    #[serde(default)]
    pub privileged: bool,
    /// Labels and annotations of the container.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The image's id, where the runtime gives one beside the digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
    /// What is mounted into it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mount>,
    /// Nanoseconds since the Unix epoch when it was started; 0 when unknown.
    #[serde(default)]
    pub started: u64,
    /// Its address; of a pod, the pod's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The pod it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<Arc<Pod>>,
}

/// A mount of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// The path on the host, or the volume.
    pub source: String,
    /// The path in the container.
    pub dest: String,
    /// The options: `ro`, `z` …
    #[serde(default)]
    pub mode: String,
    /// Whether it may be written to.
    #[serde(default)]
    pub rw: bool,
    /// `rprivate`, `rslave` …
    #[serde(default)]
    pub propagation: String,
}

/// A Kubernetes pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pod {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
    /// Its labels, where known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}
