//! Containers: whose cgroup a process is in, and what the recorder was told of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use seawall_events::{Container, Mount, Pod};
use serde_json::Value;

use super::{Raw, State, User};
use crate::scap::writer::OWN_CGROUP;

/// How many digits of an id Falco keeps.
const SHORT_ID: usize = 12;

/// The id of the container whose cgroup a process is in, shortened as Falco has it: the last part of a path that is 64
/// hexadecimal digits, as Docker, containerd, CRI-O and podman name them.
pub(super) fn of_cgroups(cgroups: &[u8]) -> Option<String> {
    cgroups.split(|byte| *byte == 0).find_map(|entry| {
        let entry = std::str::from_utf8(entry).ok()?;
        let (_, path) = entry.split_once('=')?;
        if let Some((_, id)) = path.split_once(OWN_CGROUP) {
            return Some(id.to_owned());
        }
        path.rsplit('/').find_map(|part| {
            let part = part.strip_suffix(".scope").unwrap_or(part);
            let id = part.rsplit(['-', ':']).next()?;
            let whole = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
            if whole { Some(short_id(id).to_owned()) } else { None }
        })
    })
}

/// An id as Falco shortens it: of 64 hexadecimal digits the first twelve.
pub(in crate::scap) fn short_id(id: &str) -> &str {
    let whole = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if whole { id.get(..SHORT_ID).unwrap_or(id) } else { id }
}

impl State {
    /// An event that tells of a container: as JSON, or in older files as parameters.
    pub(super) fn container_told(&mut self, raw: &Raw<'_>) {
        // Newer recorders tell of containers in events of a plugin.
        let json = raw.text("json").or_else(|| {
            let named = raw.text("name").is_some_and(|name| name.starts_with("container"));
            if named { raw.text("data") } else { None }
        });
        let container = match json {
            Some(json) => {
                serde_json::from_str::<Value>(&json).ok().and_then(|json| of_json(&json["container"]))
            }
            None => raw.text("id").map(|id| Container {
                id,
                name: raw.text("name"),
                image: raw.text("image"),
                ..Container::default()
            }),
        };
        if let Some(container) = container.filter(|container| !container.id.is_empty()) {
            self.containers.insert(short_id(&container.id).to_owned(), Arc::new(container));
        }
    }

    pub(super) fn user_told(&mut self, raw: &Raw<'_>, added: bool) {
        // Users of containers have numbers of their own.
        if raw.text("container_id").is_some_and(|id| !id.is_empty()) {
            return;
        }
        let Some(uid) = raw.unsigned("uid").and_then(|uid| u32::try_from(uid).ok()) else { return };
        if added {
            let get = |name: &str| raw.text(name).unwrap_or_default();
            self.users.insert(uid, User { name: get("name"), home: get("home"), shell: get("shell") });
        } else {
            self.users.remove(&uid);
        }
        self.renamed();
    }

    pub(super) fn group_told(&mut self, raw: &Raw<'_>, added: bool) {
        if raw.text("container_id").is_some_and(|id| !id.is_empty()) {
            return;
        }
        let Some(gid) = raw.unsigned("gid").and_then(|gid| u32::try_from(gid).ok()) else { return };
        match raw.text("name") {
            Some(name) if added => {
                self.groups.insert(gid, name.into());
            }
            _ => {
                self.groups.remove(&gid);
            }
        }
        self.renamed();
    }

    /// Names stand in every process that was put together.
    fn renamed(&mut self) {
        self.epoch += 1;
        self.threads.values_mut().for_each(|thread| thread.whole = None);
    }
}

fn of_json(json: &Value) -> Option<Container> {
    let text = |key: &str| json[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let labels: BTreeMap<String, String> = json["labels"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect();
    let label = |key: &str| labels.get(key).cloned().unwrap_or_default();
    let pod = labels.contains_key("io.kubernetes.pod.name").then(|| {
        Arc::new(Pod {
            namespace: label("io.kubernetes.pod.namespace"),
            name: label("io.kubernetes.pod.name"),
            uid: label("io.kubernetes.pod.uid"),
            labels: BTreeMap::new(),
        })
    });
    let mounts = json["Mounts"].as_array().into_iter().flatten();
    Some(Container {
        id: text("full_id").or_else(|| text("id"))?,
        name: text("name"),
        image: text("image"),
        digest: text("imagedigest").and_then(|digest| digest.parse().ok()),
        image_id: text("imageid"),
        runtime: json["type"].as_u64().and_then(runtime).map(str::to_owned),
        privileged: json["privileged"].as_bool().unwrap_or(false),
        mounts: mounts
            .map(|mount| Mount {
                source: mount["Source"].as_str().unwrap_or_default().to_owned(),
                dest: mount["Destination"].as_str().unwrap_or_default().to_owned(),
                mode: mount["Mode"].as_str().unwrap_or_default().to_owned(),
                rw: mount["RW"].as_bool().unwrap_or(false),
                propagation: mount["Propagation"].as_str().unwrap_or_default().to_owned(),
            })
            .collect(),
        started: 0,
        ip: text("ip"),
        labels,
        pod,
    })
}

/// libsinsp's numbers of the runtimes.
fn runtime(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "docker",
        1 => "lxc",
        2 => "libvirt-lxc",
        3 => "mesos",
        4 => "rkt",
        6 => "cri",
        7 => "containerd",
        8 => "cri-o",
        9 => "bpm",
        11 => "podman",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_container_is_in_the_cgroups() {
        let id = "0123456789abcdef".repeat(4);
        let short = Some("0123456789ab".to_owned());
        for path in [
            format!("cpuset=/docker/{id}"),
            format!("cpu=/\0memory=/kubepods/besteffort/pod1/{id}"),
            format!("x=/kubepods.slice/kubepods-pod1.slice/cri-containerd-{id}.scope"),
            format!("x=/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:{id}"),
            format!("x=/machine.slice/libpod-{id}.scope/container"),
        ] {
            assert_eq!(of_cgroups(path.as_bytes()), short, "{path}");
        }
        assert_eq!(of_cgroups(b"cpuset=/user.slice\0x=/init.scope"), None);
    }
}
