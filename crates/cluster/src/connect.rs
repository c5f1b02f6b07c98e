//! The connection.

use std::path::Path;
use std::time::Duration;

use kube::config::{Config, KubeConfigOptions, Kubeconfig};

use crate::ClusterError;

/// Longest wait for one answer.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// A connection to one cluster; clones share it.
#[derive(Clone)]
pub struct Cluster {
    pub(crate) client: kube::Client,
}

impl Cluster {
    /// Connects with `kubeconfig` and its current context; without one, with the service account of the pod, or with the file of
    /// `KUBECONFIG` or the user's `.kube/config`. Nothing is asked of the API server yet. The process must have a rustls crypto
    /// provider installed.
    pub async fn connect(kubeconfig: Option<&Path>) -> Result<Self, ClusterError> {
        let mut config = if let Some(path) = kubeconfig {
            let fail = |source| ClusterError::Kubeconfig {
                path: path.display().to_string(),
                source: Box::new(source),
            };
            let file = Kubeconfig::read_from(path).map_err(fail)?;
            Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await.map_err(fail)?
        } else {
            Config::infer().await.map_err(|source| ClusterError::NoConfig(Box::new(source)))?
        };
        config.connect_timeout = Some(Duration::from_secs(10));
        config.read_timeout = Some(TIMEOUT);
        let client =
            kube::Client::try_from(config).map_err(|source| ClusterError::Client(Box::new(source)))?;
        Ok(Self { client })
    }
}

/// One question to the API server, with a limit on its time.
pub(crate) async fn ask<T>(
    verb: &'static str,
    resource: &'static str,
    what: &str,
    question: impl Future<Output = Result<T, kube::Error>>,
) -> Result<T, ClusterError> {
    match tokio::time::timeout(TIMEOUT, question).await {
        Ok(answer) => answer.map_err(|error| ClusterError::of(error, verb, resource, what)),
        Err(_) => Err(ClusterError::Timeout(TIMEOUT.as_secs(), verb, resource)),
    }
}
