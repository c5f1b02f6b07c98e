//! The adapter: HTTPS for the API server.
//!
//! `POST /mutate` and `POST /validate` take AdmissionReviews, `GET /healthz` says `ok`. The serving certificate is made by
//! a CA of its own ([`certificates`]), renewed before it expires and replaced without a restart.

mod certificates;
mod configuration;
mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use tokio::task::JoinHandle;

use crate::{AdmissionError, Judgement, Request};
pub use certificates::{Certificates, Lifetimes};
pub use configuration::{Target, webhook_configuration};
pub use serve::router;

/// Who turns a request into a verdict: it collects the evidence about the images and asks the policy.
#[async_trait::async_trait]
pub trait Judge: Send + Sync + 'static {
    /// The judgement. What cannot be found out is part of it (a denial); a panic or no answer in time is a denial as
    /// well. Where [`Request::dry_run`] is set it must leave no trace.
    async fn judge(&self, request: &Request) -> Judgement;
}

/// How the webhook runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder for the CA and the serving certificate.
    pub folder: PathBuf,
    /// Host names and addresses in the serving certificate: `127.0.0.1`, `seawall.seawall.svc` …
    pub names: Vec<String>,
    /// How long the judge may take; shorter than the `timeoutSeconds` of the configuration, which is 10.
    pub deadline: Duration,
    /// How often the certificate folder is looked at.
    pub check_every: Duration,
}

impl Options {
    /// With a deadline of 8 seconds and a look at the certificates every minute.
    pub fn new(listen: SocketAddr, folder: PathBuf, names: Vec<String>) -> Self {
        Self { listen, folder, names, deadline: Duration::from_secs(8), check_every: Duration::from_mins(1) }
    }
}

/// A webhook that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Webhook {
    address: SocketAddr,
    ca_pem: String,
    handle: Handle<SocketAddr>,
    server: Option<JoinHandle<std::io::Result<()>>>,
    renewal: JoinHandle<()>,
}

impl Webhook {
    /// Makes or reads the certificates, listens, and serves in the background.
    pub async fn start(options: Options, judge: Arc<dyn Judge>) -> Result<Self, AdmissionError> {
        let listen_error = |source| AdmissionError::Listen { address: options.listen, source };
        let (folder, names) = (options.folder.clone(), options.names.clone());
        let made =
            tokio::task::spawn_blocking(move || Certificates::ensure(&folder, &names, Lifetimes::default()));
        let certificates = match made.await {
            Ok(certificates) => certificates?,
            Err(error) => return Err(listen_error(std::io::Error::other(error))),
        };
        let config = RustlsConfig::from_config(certificates.server_config()?);
        let listener = std::net::TcpListener::bind(options.listen).map_err(listen_error)?;
        listener.set_nonblocking(true).map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let handle = Handle::new();
        let server = axum_server::from_tcp_rustls(listener, config.clone())
            .map_err(listen_error)?
            .handle(handle.clone());
        let app = router(judge, options.deadline);
        let server = tokio::spawn(server.serve(app.into_make_service()));
        let ca_pem = certificates.ca_pem.clone();
        let renewal = tokio::spawn(renew(options, config, certificates));
        Ok(Self { address, ca_pem, handle, server: Some(server), renewal })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The CA's certificate (PEM), for the API server's `caBundle`.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Answers what has been asked, for at most ten seconds, and ends.
    pub async fn stop(mut self) {
        self.handle.graceful_shutdown(Some(Duration::from_secs(10)));
        if let Some(server) = self.server.take() {
            // The task's own result says nothing that stopping could use.
            let _ = server.await;
        }
    }
}

impl Drop for Webhook {
    fn drop(&mut self) {
        self.renewal.abort();
        self.handle.shutdown();
    }
}

/// Looks at the folder from time to time: renews what expires soon, and serves what somebody else put there.
async fn renew(options: Options, config: RustlsConfig, mut current: Certificates) {
    loop {
        tokio::time::sleep(options.check_every).await;
        let (folder, names) = (options.folder.clone(), options.names.clone());
        let read =
            tokio::task::spawn_blocking(move || Certificates::ensure(&folder, &names, Lifetimes::default()));
        let next = match read.await {
            Ok(Ok(next)) => next,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the webhook keeps its certificate: the one on disk cannot be used");
                continue;
            }
            Err(_) => continue,
        };
        if next == current {
            continue;
        }
        if next.ca_pem != current.ca_pem {
            tracing::warn!(
                "the webhook's CA is a new one: apply the webhook configuration again, or every request fails"
            );
        }
        match next.server_config() {
            Ok(server_config) => {
                config.reload_from_config(server_config);
                tracing::info!("the webhook serves a new certificate");
                current = next;
            }
            Err(error) => tracing::warn!(%error, "the webhook keeps its certificate"),
        }
    }
}
