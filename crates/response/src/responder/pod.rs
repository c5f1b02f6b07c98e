//! Deletes the pod of an alert.

use std::sync::Arc;

use async_trait::async_trait;
use seawall_rules::Alert;

use super::Responder;
use crate::{Action, Outcome, ResponseError, Status};

/// What deletes pods: implemented by whoever has a connection to the cluster.
#[async_trait]
pub trait Pods: Send + Sync {
    /// Deletes the pod if it still has this uid; a pod that is gone is no error.
    async fn delete(
        &self,
        namespace: &str,
        name: &str,
        uid: &str,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// Namespaces whose pods are never deleted.
const EXEMPT: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];

/// Deletes the pod of an alert.
#[derive(Clone)]
pub struct DeletePod {
    pods: Arc<dyn Pods>,
    exempt: Vec<String>,
}

impl std::fmt::Debug for DeletePod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeletePod").field("exempt", &self.exempt).finish_non_exhaustive()
    }
}

impl DeletePod {
    /// A responder that spares the system's namespaces and `exempt` (Seawall's own, above all).
    pub fn new(pods: Arc<dyn Pods>, exempt: impl IntoIterator<Item = String>) -> Self {
        Self { pods, exempt: EXEMPT.iter().map(|name| (*name).to_owned()).chain(exempt).collect() }
    }
}

#[async_trait]
impl Responder for DeletePod {
    fn action(&self) -> Action {
        Action::DeletePod
    }

    async fn respond(&self, alert: &Alert) -> Result<Outcome, ResponseError> {
        let action = Action::DeletePod.as_str();
        let refused = |why: String| Ok(Outcome::new(action, Status::Refused, why));
        let Some(pod) = alert.pod() else {
            return refused("the process runs in no pod".to_owned());
        };
        if pod.uid.is_empty() {
            // Without it a new pod of the same name would be deleted.
            return refused(format!("the uid of pod {}/{} is not known", pod.namespace, pod.name));
        }
        if self.exempt.contains(&pod.namespace) {
            return refused(format!("pods of the namespace {} are exempt", pod.namespace));
        }
        match self.pods.delete(&pod.namespace, &pod.name, &pod.uid).await {
            Ok(()) => {
                Ok(Outcome::new(action, Status::Done, format!("deleted pod {}/{}", pod.namespace, pod.name)))
            }
            Err(error) => Err(ResponseError::Pod {
                namespace: pod.namespace.clone(),
                name: pod.name.clone(),
                message: error.to_string(),
            }),
        }
    }
}
