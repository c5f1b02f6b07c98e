//! `seawall.yaml`: found upward from the working directory, its relative paths counted from its own folder.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::{Failure, Result};

/// The name that is looked for.
const FILE_NAME: &str = "seawall.yaml";

/// Largest configuration file that is read.
const MAX_BYTES: u64 = 1 << 20;

/// Everything that can be configured. Flags and `SEAWALL_*` win over it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Config {
    /// SQLite file, or a server's address.
    pub(crate) ledger: Option<String>,
    /// Advisory database.
    pub(crate) database: Option<PathBuf>,
    /// Registries that are spoken to in plain HTTP.
    pub(crate) insecure_registries: Vec<String>,
    /// By registry: hosts, perhaps with a path, where its images are looked for first.
    pub(crate) registry_mirrors: std::collections::BTreeMap<String, Vec<String>>,
    /// PEM files with certificates that are trusted besides the system's.
    pub(crate) registry_ca: Vec<PathBuf>,
    /// Policy files.
    pub(crate) policies: Vec<PathBuf>,
    /// Rule files; empty: Seawall's own rules.
    pub(crate) rules: Vec<PathBuf>,
    /// What is done about alerts, and who is told.
    pub(crate) responses: Option<PathBuf>,
    /// What counts as a secret.
    pub(crate) secrets: seawall_secrets::Written,
    /// The API and the page.
    pub(crate) server: Server,
    /// The admission webhook.
    pub(crate) webhook: Webhook,
    /// The sensor.
    pub(crate) sensor: Sensor,
    /// The Kubernetes cluster.
    pub(crate) cluster: Cluster,
}

/// The API and the page.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Server {
    /// Address to listen on.
    pub(crate) listen: String,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8686".into() }
    }
}

/// The admission webhook.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Webhook {
    /// Address to listen on.
    pub(crate) listen: String,
    /// Names and addresses that its certificate is for.
    pub(crate) names: Vec<String>,
    /// Register it with the cluster on start.
    pub(crate) register: bool,
    /// Namespaces whose workloads are never asked about.
    pub(crate) exempt_namespaces: Vec<String>,
}

impl Default for Webhook {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8643".into(),
            names: vec!["127.0.0.1".into(), "localhost".into()],
            register: false,
            exempt_namespaces: vec!["kube-system".into()],
        }
    }
}

/// The sensor.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Sensor {
    /// Off leaves the kernel alone.
    pub(crate) enabled: bool,
    /// Processes of the host as well.
    pub(crate) host: bool,
}

impl Default for Sensor {
    fn default() -> Self {
        Self { enabled: true, host: false }
    }
}

/// The Kubernetes cluster.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Cluster {
    /// Off unless this is given or Seawall runs in a pod.
    pub(crate) kubeconfig: Option<PathBuf>,
}

impl Config {
    /// Reads `file`, or the nearest `seawall.yaml` at or above `start`; without one, the defaults. The second value is
    /// the file that was read.
    pub(crate) fn find(file: Option<&Path>, start: &Path) -> Result<(Self, Option<PathBuf>)> {
        let found = match file {
            Some(file) => Some(file.to_owned()),
            None => start.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file()),
        };
        let Some(path) = found else { return Ok((Self::default(), None)) };
        let config = Self::read(&path)?;
        Ok((config, Some(path)))
    }

    fn read(path: &Path) -> Result<Self> {
        let fail = |what: String| Failure::usage(format!("{}: {what}", path.display()));
        let text = crate::files::read_text(path, MAX_BYTES)?;
        let mut config: Self = serde_saphyr::from_str(&text).map_err(|error| fail(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        config.count_paths_from(folder);
        Ok(config)
    }

    fn count_paths_from(&mut self, folder: &Path) {
        let paths = self
            .policies
            .iter_mut()
            .chain(&mut self.rules)
            .chain(&mut self.registry_ca)
            .chain(&mut self.responses)
            .chain(&mut self.database)
            .chain(&mut self.cluster.kubeconfig);
        for path in paths {
            *path = folder.join(&*path);
        }
        if let Some(ledger) = self.ledger.as_mut().filter(|ledger| !ledger.contains("://")) {
            *ledger = folder.join(&*ledger).display().to_string();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_is_read_and_its_paths_count_from_its_folder() {
        let top = tempfile::tempdir().unwrap();
        let below = top.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(top.path().join(FILE_NAME), "policies: [policy.yaml]\nledger: l.db\n").unwrap();
        let (config, file) = Config::find(None, &below).unwrap();
        assert_eq!(file.unwrap(), top.path().join(FILE_NAME));
        assert_eq!(config.policies, [top.path().join("policy.yaml")]);
        assert_eq!(config.ledger.unwrap(), top.path().join("l.db").display().to_string());
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join(FILE_NAME);
        std::fs::write(&file, "sensor:\n  enabeld: true\n").unwrap();
        let failure = Config::find(Some(&file), top.path()).unwrap_err().to_string();
        assert!(
            failure.contains("enabeld") && failure.contains("enabled") && failure.contains('2'),
            "{failure}"
        );
    }
}
