//! A real registry: Distribution, from Debian's `docker-registry`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::process::{Background, free_port, listening, which};

/// A running registry; dropped, it stops.
pub struct Registry {
    /// `127.0.0.1:PORT`.
    pub host: String,
    _process: Background,
}

impl Registry {
    /// Starts one that keeps its content in `folder`.
    pub fn start(folder: &Path) -> Result<Self> {
        let program =
            which("docker-registry").context("docker-registry is not installed: run `make tools`")?;
        let port = free_port()?;
        let config = folder.join("registry.yml");
        std::fs::write(
            &config,
            format!(
                "version: 0.1\nlog: {{level: warn}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\n  delete: {{enabled: true}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n",
                folder.join("registry").display()
            ),
        )?;
        let mut command = Command::new(program);
        command.arg("serve").arg(&config);
        let mut process = Background::start("registry", folder, &mut command)?;
        process.wait_until(Duration::from_secs(10), || listening(port))?;
        Ok(Self { host: format!("127.0.0.1:{port}"), _process: process })
    }
}
