//! What is known of an image.

use std::collections::BTreeMap;

use seawall_findings::LayerRef;
use serde::{Deserialize, Serialize};

use crate::tools;

/// An image, as far as hygiene is concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageFacts {
    /// As it was asked for: `registry.example.com/shop:1.0@sha256:…`.
    pub reference: String,
    /// Whole days since it was built; none where the image does not say, or says year 0 or 1970 (reproducible builds).
    pub age_days: Option<u64>,
    /// `USER`.
    pub user: String,
    /// `ENV`, each `NAME=value`.
    pub env: Vec<String>,
    /// `ENTRYPOINT`.
    pub entrypoint: Vec<String>,
    /// `CMD`.
    pub cmd: Vec<String>,
    /// `EXPOSE`: `8080/tcp` …
    pub exposed_ports: Vec<String>,
    /// `VOLUME`.
    pub volumes: Vec<String>,
    /// `HEALTHCHECK`; empty where there is none.
    pub healthcheck: Vec<String>,
    /// `LABEL`.
    pub labels: BTreeMap<String, String>,
    /// How it was built, oldest first.
    pub history: Vec<HistoryStep>,
    /// Facts of the files of the merged view that [`wants`] asks for.
    pub files: Vec<FileFact>,
    /// Texts of the files that [`wants_text`] asks for, by path.
    pub texts: BTreeMap<String, String>,
    /// How many packages the distribution's package manager lists.
    pub os_packages: usize,
}

/// One step of an image's build.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HistoryStep {
    /// The Dockerfile line, as the builder wrote it.
    pub created_by: String,
    /// Where the base image is known: the step belongs to it.
    pub base: bool,
}

/// A file of the merged view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileFact {
    /// Without a leading slash.
    pub path: String,
    /// It is a folder.
    pub folder: bool,
    /// Permissions with setuid (0o4000), setgid (0o2000) and sticky bit (0o1000).
    pub mode: u32,
    /// The owner.
    pub uid: u64,
    /// Bytes.
    pub size: u64,
    /// It has file capabilities.
    pub capable: bool,
    /// The layer that put it there.
    pub layer: Option<LayerRef>,
}

/// Whether a file's facts matter: most files of an image do not.
pub fn wants(file: &FileFact) -> bool {
    let path = file.path.as_str();
    file.capable
        || !file.folder && file.mode & 0o6000 != 0
        || file.mode & 0o002 != 0 && file.mode & 0o1000 == 0
        || !file.folder && tools::of(path, file.mode).is_some()
        || leftover(path, file.folder).is_some()
}

/// Whether a file's text matters.
pub fn wants_text(path: &str) -> bool {
    matches!(path, "etc/passwd" | "etc/shadow" | "etc/master.passwd")
}

/// What was left behind: the id of its finding. A folder stands for what is below it.
pub(crate) fn leftover(path: &str, folder: bool) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let below = |folders: &[&str]| folders.iter().any(|folder| path.starts_with(folder));
    let packed = std::path::Path::new(name).extension().is_some_and(|ending| ending == "deb");
    if !folder && below(&["var/lib/apt/lists/"]) && name != "lock"
        || packed && below(&["var/cache/apt/archives/"])
    {
        return Some("apt-cache");
    }
    let caches = [
        "var/cache/apk/",
        "var/cache/dnf/",
        "var/cache/yum/",
        "root/.cache/pip/",
        "root/.npm/_cacache/",
        "root/.cargo/registry/",
    ];
    if !folder && below(&caches) {
        return Some("package-cache");
    }
    match (name, folder) {
        (".git" | ".svn" | ".hg", true) => Some("vcs-folder"),
        (".env" | ".env.local" | ".env.production" | ".envrc", false) => Some("env-file"),
        (".npmrc" | ".pypirc" | ".netrc" | ".git-credentials" | ".dockercfg", false) => {
            Some("credential-file")
        }
        ("credentials", false) if path.ends_with(".aws/credentials") => Some("credential-file"),
        ("config.json", false) if path.ends_with(".docker/config.json") => Some("credential-file"),
        ("config", false) if path.ends_with(".kube/config") => Some("credential-file"),
        ("id_rsa" | "id_ed25519" | "id_ecdsa" | "id_dsa", false) => Some("credential-file"),
        (".bash_history" | ".ash_history" | ".zsh_history" | ".python_history" | ".mysql_history", false) => {
            Some("shell-history")
        }
        (
            "Dockerfile"
            | "Containerfile"
            | "docker-compose.yml"
            | "docker-compose.yaml"
            | ".DS_Store"
            | "Vagrantfile",
            false,
        ) if !path.starts_with("usr/share/") => Some("build-file"),
        _ => None,
    }
}
