//! The adapter to the Kubernetes API: pods, their images, their deletion, and the registration of webhooks.
//!
//! In: a kubeconfig, or the service account of the pod Seawall runs in; the API server's answers. Out: [`RunningPod`]s with the
//! digest that each container really runs, the deletion of one pod, applied webhook configurations. Errors name the verb
//! that RBAC withholds. Nothing here decides anything.

mod connect;
mod error;
mod pods;
mod webhooks;

pub use connect::Cluster;
pub use error::ClusterError;
pub use pods::{Owner, RunningContainer, RunningPod};
