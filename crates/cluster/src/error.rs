//! What can go wrong with a cluster.

/// What can go wrong with a cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The kubeconfig file cannot be used.
    #[error("the kubeconfig {path} cannot be used: {source}")]
    Kubeconfig {
        /// The file.
        path: String,
        /// What is wrong with it.
        #[source]
        source: Box<kube::config::KubeconfigError>,
    },
    /// Neither a service account nor a kubeconfig was found.
    #[error(
        "no cluster is configured here: give a kubeconfig file, set KUBECONFIG, or run in a pod with a service account: {0}"
    )]
    NoConfig(#[source] Box<kube::config::InferConfigError>),
    /// The configuration names something that cannot be used, such as a certificate.
    #[error("the cluster's configuration cannot be used: {0}")]
    Client(#[source] Box<kube::Error>),
    /// RBAC withholds a right.
    #[error(
        "the cluster does not allow to {verb} {resource}: give Seawall's service account the verb `{verb}` on `{resource}` in a (Cluster)Role: {message}"
    )]
    Forbidden {
        /// The RBAC verb: `list`, `delete`, `patch`.
        verb: &'static str,
        /// The RBAC resource, such as `pods`.
        resource: &'static str,
        /// The API server's words.
        message: String,
    },
    /// The API server does not know who asks.
    #[error(
        "the cluster does not accept the credentials: renew the kubeconfig or the service account's token: {0}"
    )]
    Unauthorized(String),
    /// The object is not there any more.
    #[error("{0} is not there (any more)")]
    NotFound(String),
    /// The object of that name is another one by now.
    #[error("{what} is another one by now, and was left alone: {message}")]
    Replaced {
        /// Which object.
        what: String,
        /// The API server's words.
        message: String,
    },
    /// Any other failure.
    #[error("the cluster could not {verb} {resource}: {source}")]
    Api {
        /// The RBAC verb.
        verb: &'static str,
        /// The RBAC resource.
        resource: &'static str,
        /// What the client says.
        #[source]
        source: Box<kube::Error>,
    },
    /// No answer in time.
    #[error(
        "the cluster did not answer within {0} s when asked to {1} {2}: check the API server's address and the network"
    )]
    Timeout(u64, &'static str, &'static str),
    /// The text that should be applied is not a webhook configuration.
    #[error("this is not a webhook configuration: {0}")]
    Webhooks(String),
}

impl ClusterError {
    /// Sorts a client's error; `what` is the object asked for.
    pub(crate) fn of(error: kube::Error, verb: &'static str, resource: &'static str, what: &str) -> Self {
        if let kube::Error::Api(status) = &error {
            let message = status.message.clone();
            match status.code {
                401 => return Self::Unauthorized(message),
                403 => return Self::Forbidden { verb, resource, message },
                404 if verb == "delete" => return Self::NotFound(what.to_owned()),
                409 if verb == "delete" => return Self::Replaced { what: what.to_owned(), message },
                _ => {}
            }
        }
        Self::Api { verb, resource, source: Box::new(error) }
    }
}
