//! A client of the OCI distribution specification 1.1.
//!
//! Why not `oci-client` 0.18: it reports a status but not its `Retry-After`, reads manifests and errors without a size
//! limit, retries nothing, asks `/v2/` before every first request, and knows neither credential helpers nor keeping up the
//! referrers fallback index. What remains is a dozen requests, which are here; HTTP, TLS, challenges and Docker's
//! credentials are libraries.

mod auth;
mod mirror;
mod options;
mod pull;
mod push;
mod referrers;
mod send;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};

pub use options::{Credential, RegistryOptions};

use crate::{ImageError, Reference};

/// A client of registries. Cheap to clone; clones share connections and tokens.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

struct Inner {
    options: RegistryOptions,
    /// For hosts on loopback: no proxy in between.
    direct: OnceLock<reqwest::Client>,
    /// For all others.
    client: OnceLock<reqwest::Client>,
    /// `Authorization` by registry, repository and action.
    tokens: Mutex<HashMap<(String, String, Action), reqwest::header::HeaderValue>>,
    /// For mirrors: impatient, and without mirrors of its own.
    mirrors: OnceLock<Registry>,
    /// Mirrors that could not be reached: they are not asked again.
    lost: Mutex<HashSet<String>>,
}

/// What a token is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Action {
    Pull,
    Push,
}

impl Action {
    fn word(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
        }
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("options", &self.inner.options).finish_non_exhaustive()
    }
}

impl Registry {
    /// A client with these options. Opens no connection.
    pub fn new(options: RegistryOptions) -> Self {
        Self {
            inner: Arc::new(Inner {
                options,
                direct: OnceLock::new(),
                client: OnceLock::new(),
                tokens: Mutex::default(),
                mirrors: OnceLock::new(),
                lost: Mutex::default(),
            }),
        }
    }

    /// The HTTP client for a registry, made at its first use: loading the roots of trust takes a while.
    fn client(&self, host: &str) -> Result<&reqwest::Client, ImageError> {
        let loopback = options::is_loopback(host);
        let cell = if loopback { &self.inner.direct } else { &self.inner.client };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = options::client(&self.inner.options, loopback)?;
        Ok(cell.get_or_init(|| client))
    }

    /// `http://127.0.0.1:5000/v2/shop/` and what follows.
    fn url(&self, reference: &Reference, rest: &str) -> Result<url::Url, ImageError> {
        let host = reference.host();
        let scheme = if self.inner.options.is_plain(host) { "http" } else { "https" };
        let text = format!("{scheme}://{host}/v2/{}/{rest}", reference.repository);
        url::Url::parse(&text)
            .map_err(|e| ImageError::Reference { text: reference.to_string(), reason: e.to_string() })
    }

    /// Runs a whole call, retries included, within the time limit.
    async fn within<T>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T, ImageError>>,
    ) -> Result<T, ImageError> {
        let limit = self.inner.options.timeout;
        match tokio::time::timeout(limit, work).await {
            Ok(result) => result,
            Err(_) => Err(ImageError::Timeout { what: what.to_owned(), seconds: limit.as_secs() }),
        }
    }
}
