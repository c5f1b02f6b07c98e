//! How registries are reached: plain HTTP or TLS, credentials, patience.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::ImageError;

/// How registries are reached.
#[derive(Clone, Debug)]
pub struct RegistryOptions {
    /// Hosts (with port, as in references) that are spoken to in plain HTTP. Loopback needs no mention.
    pub insecure: Vec<String>,
    /// Credentials given by hand, by registry as references name it; they win over `docker_config`.
    pub credentials: Vec<(String, Credential)>,
    /// Docker's configuration file with `auths`, `credsStore` and `credHelpers`. None: there is none.
    pub docker_config: Option<PathBuf>,
    /// podman's credential files of the same form, where `auths` may name parts of a registry
    /// (`registry.example.com/team`). They are looked at before `docker_config`, in order.
    pub auth_files: Vec<PathBuf>,
    /// Where a registry's images are looked for first, in order: a registry as references name it, and the host of a mirror,
    /// perhaps with a path (`docker.io`, `mirror.example.com/hub`). What a mirror does not have, or cannot give, comes
    /// from the registry itself.
    pub mirrors: Vec<(String, String)>,
    /// PEM files with certificates that are trusted besides the system's. With one of them loopback speaks TLS as well, unless
    /// it is listed as insecure.
    pub ca: Vec<PathBuf>,
    /// The longest that one call may take, retries included: one manifest, one layer.
    pub timeout: Duration,
    /// The longest silence of a connection.
    pub idle_timeout: Duration,
    /// How often a call is tried again after 429, 5xx or a cut connection.
    pub retries: u32,
    /// The first pause between tries; it doubles each time. A `Retry-After` wins.
    pub backoff: Duration,
}

/// What a registry is shown. `Debug` shows no secret.
#[derive(Clone)]
pub enum Credential {
    /// User and password (or access token).
    Basic {
        /// The user.
        user: String,
        /// The secret.
        password: String,
    },
    /// An OAuth2 refresh token, which `docker login` keeps as `identitytoken`.
    Identity(String),
    /// A bearer token that is sent as it is.
    Bearer(String),
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic(…)",
            Self::Identity(_) => "Identity(…)",
            Self::Bearer(_) => "Bearer(…)",
        })
    }
}

impl Default for RegistryOptions {
    fn default() -> Self {
        Self {
            insecure: Vec::new(),
            credentials: Vec::new(),
            docker_config: default_docker_config(),
            auth_files: default_auth_files(),
            mirrors: Vec::new(),
            ca: Vec::new(),
            timeout: Duration::from_mins(30),
            idle_timeout: Duration::from_secs(30),
            retries: 4,
            backoff: Duration::from_millis(500),
        }
    }
}

impl RegistryOptions {
    pub(crate) fn is_plain(&self, host: &str) -> bool {
        (is_loopback(host) && self.ca.is_empty())
            || self.insecure.iter().any(|listed| listed.eq_ignore_ascii_case(host))
    }
}

/// `$REGISTRY_AUTH_FILE` alone where it is set, else podman's two places (containers-auth.json(5)).
fn default_auth_files() -> Vec<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(file) = folder("REGISTRY_AUTH_FILE") {
        return vec![file];
    }
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(std::env::home_dir()?.join(".config")));
    let folders = [folder("XDG_RUNTIME_DIR"), config].into_iter().flatten();
    folders.map(|folder| folder.join("containers/auth.json")).collect()
}

/// `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`.
fn default_docker_config() -> Option<PathBuf> {
    let folder = match std::env::var_os("DOCKER_CONFIG") {
        Some(folder) => PathBuf::from(folder),
        None => std::env::home_dir()?.join(".docker"),
    };
    Some(folder.join("config.json"))
}

/// Whether a host (with or without port) is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.split(':').next().unwrap_or(host),
    };
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Builds the HTTP client.
pub(super) fn client(options: &RegistryOptions, loopback: bool) -> Result<reqwest::Client, ImageError> {
    // reqwest stops the program where no provider is installed; the binary installs one, a library's user may not.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let redirects = reqwest::redirect::Policy::custom(|attempt| {
        let from_tls = attempt.previous().last().is_some_and(|url| url.scheme() == "https");
        if from_tls && attempt.url().scheme() != "https" {
            attempt.error("the registry redirects from HTTPS to plain HTTP")
        } else if attempt.previous().len() > 5 {
            attempt.error("the registry redirects in circles")
        } else {
            attempt.follow()
        }
    });
    let builder = reqwest::Client::builder()
        .user_agent(concat!("seawall/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10).min(options.timeout))
        .read_timeout(options.idle_timeout)
        .redirect(redirects);
    let builder = if loopback { builder.no_proxy() } else { builder };
    let mut certificates = Vec::new();
    for path in &options.ca {
        let unusable = |reason: String| ImageError::Certificates { path: path.clone(), reason };
        let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let found = reqwest::Certificate::from_pem_bundle(&pem)
            .map_err(|error| unusable(super::send::causes(&error)))?;
        if found.is_empty() {
            return Err(unusable("it holds no certificate in PEM form".to_owned()));
        }
        certificates.extend(found);
    }
    let builder = if certificates.is_empty() { builder } else { builder.tls_certs_merge(certificates) };
    builder.build().map_err(|e| ImageError::Machine {
        what: "the HTTP client cannot be set up".to_owned(),
        reason: super::send::causes(&e),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_plain_and_others_only_when_listed() {
        let options =
            RegistryOptions { insecure: vec!["reg.example.com:80".to_owned()], ..RegistryOptions::default() };
        for plain in
            ["127.0.0.1:5000", "127.9.9.9", "localhost", "localhost:1", "[::1]:5000", "reg.example.com:80"]
        {
            assert!(options.is_plain(plain), "{plain}");
        }
        for tls in
            ["registry.example.com", "reg.example.com", "128.0.0.1", "localhost.example.com", "[::2]:1"]
        {
            assert!(!options.is_plain(tls), "{tls}");
        }
    }

    #[test]
    fn debug_keeps_secrets() {
        let options = RegistryOptions {
            credentials: vec![(
                "r".to_owned(),
                Credential::Basic { user: "u".to_owned(), password: "hunter2".to_owned() },
            )],
            ..RegistryOptions::default()
        };
        assert!(!format!("{options:?}").contains("hunter2"));
    }
}
