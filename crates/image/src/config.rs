//! An image's configuration (OCI image specification, "Image Configuration"), as far as Seawall reads it.

use std::collections::BTreeMap;

use seawall_findings::Digest;
use serde::{Deserialize, Deserializer};

use crate::{ImageError, Platform, manifest};

/// The configuration of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// RFC 3339, where it says so.
    pub created: Option<String>,
    /// What it runs on.
    pub platform: Platform,
    /// `USER`: a name or id, perhaps with a group; empty means root.
    pub user: String,
    /// `NAME=value`.
    pub env: Vec<String>,
    /// `ENTRYPOINT`.
    pub entrypoint: Vec<String>,
    /// `CMD`.
    pub cmd: Vec<String>,
    /// `WORKDIR`.
    pub working_dir: String,
    /// `EXPOSE`: `8080/tcp` …
    pub exposed_ports: Vec<String>,
    /// `LABEL`.
    pub labels: BTreeMap<String, String>,
    /// `HEALTHCHECK`, as its command; empty where there is none.
    pub healthcheck: Vec<String>,
    /// How it was built, oldest first.
    pub history: Vec<History>,
    /// Digests of the unpacked layers, lowest first.
    pub diff_ids: Vec<Digest>,
}

/// One step of an image's build.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct History {
    /// The Dockerfile line.
    #[serde(default, deserialize_with = "null")]
    pub created_by: String,
    /// The step changed no file and made no layer.
    #[serde(default)]
    pub empty_layer: bool,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    created: Option<String>,
    #[serde(default, deserialize_with = "null")]
    os: String,
    #[serde(default, deserialize_with = "null")]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default, deserialize_with = "null")]
    config: Runtime,
    #[serde(default, deserialize_with = "null")]
    history: Vec<History>,
    rootfs: Rootfs,
}

#[derive(Deserialize)]
struct Rootfs {
    #[serde(default, deserialize_with = "null")]
    diff_ids: Vec<Digest>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Runtime {
    #[serde(default, deserialize_with = "null")]
    user: String,
    #[serde(default, deserialize_with = "null")]
    env: Vec<String>,
    #[serde(default, deserialize_with = "null")]
    entrypoint: Vec<String>,
    #[serde(default, deserialize_with = "null")]
    cmd: Vec<String>,
    #[serde(default, deserialize_with = "null")]
    working_dir: String,
    #[serde(default, deserialize_with = "null")]
    exposed_ports: BTreeMap<String, serde_json::Value>,
    #[serde(default, deserialize_with = "null")]
    labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "null")]
    healthcheck: Healthcheck,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Healthcheck {
    #[serde(default, deserialize_with = "null")]
    test: Vec<String>,
}

/// Go writes `null` for what is empty.
fn null<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

impl Config {
    /// Reads a configuration; `what` names it in errors.
    pub(crate) fn parse(what: &str, bytes: &[u8]) -> Result<Self, ImageError> {
        let written: Written = manifest::json(what, bytes)?;
        manifest::ambiguous::refuse(what, bytes, manifest::ambiguous::OF_CONFIGURATIONS, &[])?;
        let filled = |text: String| if text.is_empty() { "unknown".to_owned() } else { text };
        Ok(Self {
            created: written.created,
            platform: Platform {
                os: filled(written.os),
                architecture: filled(written.architecture),
                variant: written.variant.filter(|v| !v.is_empty()),
            },
            user: written.config.user,
            env: written.config.env,
            entrypoint: written.config.entrypoint,
            cmd: written.config.cmd,
            working_dir: written.config.working_dir,
            exposed_ports: written.config.exposed_ports.into_keys().collect(),
            labels: written.config.labels,
            healthcheck: written.config.healthcheck.test,
            history: written.history,
            diff_ids: written.rootfs.diff_ids,
        })
    }

    /// The Dockerfile line that made a layer. Only where the history accounts for every layer: else it would lie.
    pub(crate) fn created_by(&self, layer: usize) -> Option<String> {
        let mut steps = self.history.iter().filter(|step| !step.empty_layer);
        if steps.clone().count() != self.diff_ids.len() {
            return None;
        }
        steps.nth(layer).map(|step| step.created_by.clone()).filter(|line| !line.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_names_the_line_of_each_layer() {
        let id = format!("sha256:{}", "0".repeat(64));
        let text = format!(
            r#"{{"os":"linux","architecture":"amd64","config":{{"User":"app","Env":null,"ExposedPorts":{{"80/tcp":{{}}}},
               "Healthcheck":null}},"rootfs":{{"type":"layers","diff_ids":["{id}","{id}"]}},
               "history":[{{"created_by":"ADD rootfs"}},{{"created_by":"ENV a=b","empty_layer":true}},{{"created_by":"RUN x"}}]}}"#
        );
        let config = Config::parse("x", text.as_bytes()).unwrap();
        assert_eq!(config.created_by(1).as_deref(), Some("RUN x"));
        assert_eq!(config.created_by(2), None);
        assert_eq!(
            (config.user.as_str(), config.exposed_ports.as_slice()),
            ("app", &["80/tcp".to_owned()][..])
        );
        assert!(Config::parse("x", b"{}").is_err(), "without rootfs it is no image");
    }
}
