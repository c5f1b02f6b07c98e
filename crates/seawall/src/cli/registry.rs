//! How registries are reached.

use std::path::PathBuf;

use clap::Args;

/// The same in every command that talks to a registry.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Registries {
    /// Speak plain HTTP with this registry (loopback does by itself); may be given again
    #[arg(
        long,
        global = true,
        env = "SEAWALL_INSECURE_REGISTRY",
        value_name = "HOST",
        value_delimiter = ','
    )]
    pub(crate) insecure_registry: Vec<String>,
    /// Look for a registry's images at a mirror first (`docker.io=mirror.example.com/hub`); may be given again
    #[arg(
        long,
        global = true,
        env = "SEAWALL_REGISTRY_MIRROR",
        value_name = "REGISTRY=HOST[/PATH]",
        value_delimiter = ',',
        value_parser = mirror
    )]
    pub(crate) registry_mirror: Vec<(String, String)>,
    /// Trust these certificates (PEM) besides the system's; may be given again
    #[arg(long, global = true, env = "SEAWALL_REGISTRY_CA", value_name = "FILE", value_delimiter = ',')]
    pub(crate) registry_ca: Vec<PathBuf>,
    /// How often a request is tried again after a passing trouble [default: 4]
    #[arg(long, global = true, env = "SEAWALL_REGISTRY_RETRIES", value_name = "N")]
    pub(crate) registry_retries: Option<u32>,
    /// The longest that one manifest or layer may take, in seconds [default: 1800]
    #[arg(long, global = true, env = "SEAWALL_REGISTRY_TIMEOUT", value_name = "SECONDS")]
    pub(crate) registry_timeout: Option<u64>,
}

fn mirror(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((registry, mirror)) if !registry.is_empty() && !mirror.is_empty() && !mirror.contains("://") => {
            Ok((registry.to_owned(), mirror.trim_end_matches('/').to_owned()))
        }
        _ => Err("expected REGISTRY=HOST[/PATH], such as docker.io=mirror.example.com/hub".to_owned()),
    }
}
