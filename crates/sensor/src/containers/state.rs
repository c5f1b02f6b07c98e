//! The state files of container runtimes.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use seawall_events::{Container, Pod};
use serde::Deserialize;
use serde_json::Value;

use super::Identity;

/// A state file is a few dozen kilobytes.
const MAX_BYTES: u64 = 8 << 20;
/// Namespaces of containerd that are looked through.
const MAX_NAMESPACES: usize = 64;
/// Capabilities of a process that has all: 41 today, 38 since Linux 4.
const ALL_CAPABILITIES: usize = 38;

/// Where container runtimes keep their state. A sensor in a container mounts these folders of the host.
#[derive(Clone, Debug)]
pub struct Roots {
    /// Folders with `<id>/state.json`, as runc writes it.
    pub states: Vec<PathBuf>,
    /// Folders with `<namespace>/<id>/state.json`, as containerd has runc write it.
    pub namespaced_states: Vec<PathBuf>,
    /// Folders with `<id>/userdata/config.json`: containers/storage of podman and CRI-O.
    pub storages: Vec<PathBuf>,
    /// Folders with `<id>/config.v2.json`, as Docker writes it.
    pub dockers: Vec<PathBuf>,
}

impl Default for Roots {
    fn default() -> Self {
        let paths = |list: &[&str]| list.iter().map(PathBuf::from).collect();
        Self {
            states: paths(&["/run/runc", "/run/docker/runtime-runc/moby"]),
            namespaced_states: paths(&["/run/containerd/runc"]),
            storages: paths(&[
                "/run/containers/storage/overlay-containers",
                "/var/lib/containers/storage/overlay-containers",
            ]),
            dockers: paths(&["/var/lib/docker/containers"]),
        }
    }
}

/// The part of runc's state that is read.
#[derive(Deserialize)]
struct State {
    config: Config,
}

#[derive(Deserialize)]
struct Config {
    /// `bundle=<path>` and one `key=value` per annotation.
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    capabilities: Option<Capabilities>,
}

#[derive(Default, Deserialize)]
struct Capabilities {
    #[serde(default, alias = "Bounding")]
    bounding: Option<Vec<String>>,
}

/// Facts of one container, from whatever file tells them.
#[derive(Default)]
struct Facts {
    labels: BTreeMap<String, String>,
    privileged: bool,
    runtime: Option<&'static str>,
    name: Option<String>,
    image: Option<String>,
    digest: Option<seawall_findings::Digest>,
}

impl Roots {
    /// The container, if any runtime's state of it is there.
    pub(crate) fn read(&self, identity: &Identity) -> Option<Container> {
        let id = identity.id.as_str();
        let mut facts = self.runc(id).or_else(|| self.storage(id))?;
        if identity.runtime == Some("docker") || facts.runtime == Some("docker") {
            self.docker(id, &mut facts);
        }
        Some(container(identity, facts))
    }

    /// Whether runc has a container of this name: for plain names, which alone prove nothing.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.state(id).is_some()
    }

    fn state(&self, id: &str) -> Option<(PathBuf, &'static str)> {
        for root in &self.states {
            let path = root.join(id).join("state.json");
            if path.is_file() {
                let docker = root.components().any(|part| part.as_os_str() == "docker");
                return Some((path, if docker { "docker" } else { "runc" }));
            }
        }
        for root in &self.namespaced_states {
            let Ok(namespaces) = std::fs::read_dir(root) else { continue };
            for namespace in namespaces.flatten().take(MAX_NAMESPACES) {
                let path = namespace.path().join(id).join("state.json");
                if path.is_file() {
                    let docker = namespace.file_name() == "moby";
                    return Some((path, if docker { "docker" } else { "containerd" }));
                }
            }
        }
        None
    }

    fn runc(&self, id: &str) -> Option<Facts> {
        let (path, runtime) = self.state(id)?;
        // A file that is being written does not parse yet; the caller tries again.
        let state: State = serde_json::from_slice(&limited(&path)?).ok()?;
        let mut labels: BTreeMap<String, String> = state
            .config
            .labels
            .iter()
            .filter_map(|label| label.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let bundle = labels.remove("bundle");
        let mut privileged = state.config.capabilities.is_some_and(|caps| all(caps.bounding.as_deref()));
        if let Some(config) = bundle.and_then(|bundle| limited(&Path::new(&bundle).join("config.json")))
            && let Ok(config) = serde_json::from_slice::<Value>(&config)
        {
            for (key, value) in annotations(&config) {
                labels.entry(key).or_insert(value);
            }
            privileged |= privileged_by(&config);
        }
        Some(Facts { labels, privileged, runtime: Some(runtime), ..Facts::default() })
    }

    fn storage(&self, id: &str) -> Option<Facts> {
        let path = self
            .storages
            .iter()
            .map(|root| root.join(id).join("userdata/config.json"))
            .find(|path| path.is_file())?;
        let config: Value = serde_json::from_slice(&limited(&path)?).ok()?;
        let mut facts = Facts {
            labels: annotations(&config),
            privileged: privileged_by(&config),
            runtime: Some("podman"),
            ..Facts::default()
        };
        for root in &self.storages {
            // containers/storage's own list: [{"id", "names", "metadata": "<JSON with image-name>"}]
            let Some(list) = limited(&root.join("containers.json")) else { continue };
            let Ok(Value::Array(list)) = serde_json::from_slice::<Value>(&list) else { continue };
            let Some(entry) = list.iter().find(|entry| entry["id"] == *id) else { continue };
            facts.name = entry["names"][0].as_str().map(str::to_owned);
            if let Some(metadata) =
                entry["metadata"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok())
            {
                facts.image = metadata["image-name"].as_str().map(str::to_owned);
            }
        }
        Some(facts)
    }

    fn docker(&self, id: &str, facts: &mut Facts) {
        facts.runtime = Some("docker");
        let config = self.dockers.iter().find_map(|root| limited(&root.join(id).join("config.v2.json")));
        let Some(config) = config.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()) else {
            return;
        };
        facts.name = config["Name"].as_str().map(|name| name.trim_start_matches('/').to_owned());
        facts.image = config["Config"]["Image"].as_str().map(str::to_owned);
        // With containerd's image store the manifest is told; `Image` alone is the digest of the configuration.
        facts.digest = config["ImageManifest"]["digest"].as_str().and_then(|text| text.parse().ok());
        if let Some(labels) = config["Config"]["Labels"].as_object() {
            for (key, value) in labels {
                facts
                    .labels
                    .entry(key.clone())
                    .or_insert_with(|| value.as_str().unwrap_or_default().to_owned());
            }
        }
    }
}

/// Keys of the same fact by containerd's CRI plugin, CRI-O and dockershim.
const NAME: [&str; 2] = ["io.kubernetes.cri.container-name", "io.kubernetes.container.name"];
const IMAGE: [&str; 4] = [
    "io.kubernetes.cri.image-name",
    "io.kubernetes.cri-o.ImageName",
    "io.kubernetes.cri-o.Image",
    "org.opencontainers.image.ref.name",
];
const POD_NAMESPACE: [&str; 2] = ["io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"];
const POD_NAME: [&str; 2] = ["io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"];
const POD_UID: [&str; 2] = ["io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid"];

fn container(identity: &Identity, facts: Facts) -> Container {
    let label = |keys: &[&str]| {
        keys.iter().find_map(|key| facts.labels.get(*key)).filter(|text| !text.is_empty()).cloned()
    };
    let image = facts.image.clone().or_else(|| label(&IMAGE));
    let digest = facts.digest.clone().or_else(|| image.as_deref()?.rsplit_once('@')?.1.parse().ok());
    let pod = label(&POD_NAME).zip(label(&POD_NAMESPACE)).map(|(name, namespace)| {
        let uid = label(&POD_UID).or_else(|| identity.pod_uid.clone()).unwrap_or_default();
        Arc::new(Pod { namespace, name, uid, labels: BTreeMap::new() })
    });
    let crio = facts.labels.keys().any(|key| key.starts_with("io.kubernetes.cri-o."));
    let runtime =
        if crio { Some("cri-o") } else { identity.runtime.filter(|name| *name != "runc").or(facts.runtime) };
    Container {
        id: identity.id.clone(),
        name: facts.name.clone().or_else(|| label(&NAME)),
        image,
        digest,
        runtime: runtime.map(str::to_owned),
        privileged: facts.privileged,
        pod,
        labels: facts.labels,
        ..Container::default()
    }
}

fn annotations(config: &Value) -> BTreeMap<String, String> {
    let object = config["annotations"].as_object();
    object
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn privileged_by(config: &Value) -> bool {
    let names: Option<Vec<String>> = config["process"]["capabilities"]["bounding"]
        .as_array()
        .map(|list| list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect());
    all(names.as_deref())
}

fn all(capabilities: Option<&[String]>) -> bool {
    capabilities.is_some_and(|list| list.len() >= ALL_CAPABILITIES)
}

fn limited(path: &Path) -> Option<Vec<u8>> {
    let file = std::fs::File::open(path).ok()?;
    let length = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
    if length > MAX_BYTES {
        tracing::warn!(path = %path.display(), length, "a state file is too long and is not read");
        return None;
    }
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const DIGEST: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

    fn roots(folder: &Path) -> Roots {
        Roots {
            states: vec![folder.join("runc")],
            namespaced_states: vec![folder.join("containerd")],
            storages: vec![folder.join("storage")],
            dockers: vec![folder.join("docker")],
        }
    }

    fn identity() -> Identity {
        Identity { id: ID.to_owned(), runtime: None, pod_uid: Some("uid-of-the-cgroup".to_owned()), level: 0 }
    }

    fn write(path: &Path, value: &Value) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, value.to_string()).unwrap();
    }

    #[test]
    fn a_pod_of_containerd() {
        let folder = tempfile::tempdir().unwrap();
        let image = format!("registry.example.com/shop@{DIGEST}");
        let caps: Vec<String> = (0..41).map(|number| format!("CAP_{number}")).collect();
        write(
            &folder.path().join("containerd/k8s.io").join(ID).join("state.json"),
            &serde_json::json!({"id": ID, "config": {"capabilities": {"Bounding": caps}, "labels": [
                format!("io.kubernetes.cri.image-name={image}"),
                "io.kubernetes.cri.container-name=web",
                "io.kubernetes.cri.sandbox-name=shop-1",
                "io.kubernetes.cri.sandbox-namespace=store",
            ]}}),
        );
        let found = roots(folder.path()).read(&identity()).unwrap();
        assert_eq!(found.image.as_deref(), Some(image.as_str()));
        assert_eq!(found.digest.unwrap().as_str(), DIGEST);
        assert_eq!(found.name.as_deref(), Some("web"));
        assert_eq!(found.runtime.as_deref(), Some("containerd"));
        assert!(found.privileged);
        let pod = found.pod.unwrap();
        assert_eq!(
            (pod.name.as_str(), pod.namespace.as_str(), pod.uid.as_str()),
            ("shop-1", "store", "uid-of-the-cgroup")
        );
    }

    #[test]
    fn podman_keeps_its_names_in_the_storage() {
        let folder = tempfile::tempdir().unwrap();
        write(
            &folder.path().join("storage").join(ID).join("userdata/config.json"),
            &serde_json::json!({"annotations": {}}),
        );
        write(
            &folder.path().join("storage/containers.json"),
            &serde_json::json!([{"id": ID, "names": ["shop"], "metadata": "{\"image-name\": \"registry.example.com/shop:1\"}"}]),
        );
        let found = roots(folder.path()).read(&identity()).unwrap();
        assert_eq!(found.name.as_deref(), Some("shop"));
        assert_eq!(found.image.as_deref(), Some("registry.example.com/shop:1"));
        assert_eq!(found.runtime.as_deref(), Some("podman"));
        assert!(!found.privileged);
    }

    #[test]
    fn half_written_and_absent_states_are_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runc").join(ID).join("state.json");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "{\"config\": {").unwrap();
        assert!(roots(folder.path()).read(&identity()).is_none());
    }
}
