//! The tables at the beginning of a file, and what is told of a container.

use std::io::Write;

use seawall_events::Container;
use seawall_findings::Digest;
use serde_json::json;

use super::encode::framed;
use super::{ScapHeader, block};

/// The name of the cgroup that ids are kept in which no runtime's pattern fits.
pub(in crate::scap) const OWN_CGROUP: &str = "/seawall/";

pub(super) fn write(out: &mut impl Write, header: &ScapHeader) -> std::io::Result<()> {
    let mut section = 0x1a2b_3c4d_u32.to_le_bytes().to_vec();
    section.extend(1_u16.to_le_bytes());
    section.extend(2_u16.to_le_bytes());
    section.extend(u64::MAX.to_le_bytes());
    out.write_all(&framed(block::SECTION, &section))?;
    // Processors, memory, highest pid, name, four that are reserved.
    let mut machine = header.cpus.max(1).to_le_bytes().to_vec();
    machine.extend([0; 16]);
    let mut name: Vec<u8> = header.hostname.bytes().take(127).collect();
    name.resize(128, 0);
    machine.extend(name);
    machine.extend([0; 32]);
    out.write_all(&framed(block::MACHINE, &machine))?;
    out.write_all(&framed(block::INTERFACES, &[]))?;
    let mut accounts = Vec::new();
    for (uid, name) in &header.users {
        let mut entry = vec![0];
        entry.extend(uid.to_le_bytes());
        entry.extend(uid.to_le_bytes());
        for text in [name.as_str(), "", ""] {
            short(text, &mut entry);
        }
        sized(&entry, &mut accounts);
    }
    for (gid, name) in &header.groups {
        let mut entry = vec![1];
        entry.extend(gid.to_le_bytes());
        short(name, &mut entry);
        sized(&entry, &mut accounts);
    }
    out.write_all(&framed(block::USERS, &accounts))
}

/// A text with its length before it.
fn short(text: &str, entry: &mut Vec<u8>) {
    let bytes: Vec<u8> = text.bytes().take(255).collect();
    entry.extend(u16::try_from(bytes.len()).unwrap_or(0).to_le_bytes());
    entry.extend(bytes);
}

/// An entry with its length before it, the length included.
fn sized(entry: &[u8], all: &mut Vec<u8>) {
    all.extend(u32::try_from(entry.len() + 4).unwrap_or(0).to_le_bytes());
    all.extend_from_slice(entry);
}

/// The cgroup that a reader knows the container by.
pub(super) fn cgroup(container: Option<&Container>) -> String {
    let Some(container) = container else { return "cpuset=/".to_owned() };
    let id = &container.id;
    let whole = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let path = match container.runtime.as_deref() {
        _ if !whole => format!("{OWN_CGROUP}{id}"),
        Some("podman") => format!("/libpod-{id}"),
        Some("cri-o") => format!("/crio-{id}"),
        Some("containerd") => format!("/kubepods/cri-containerd-{id}"),
        _ => format!("/docker/{id}"),
    };
    format!("cpuset={path}")
}

/// What libsinsp's events of containers say, as JSON.
pub(super) fn container(container: &Container) -> String {
    let short = super::super::state::short_id(&container.id);
    let number = match container.runtime.as_deref() {
        Some("containerd") => 7,
        Some("cri-o") => 8,
        Some("podman") => 11,
        _ => 0,
    };
    let image = container.image.as_deref().unwrap_or_default();
    let name = image.split('@').next().unwrap_or_default();
    let (repository, tag) = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (name, ""),
    };
    let mut labels = container.labels.clone();
    if let Some(pod) = &container.pod {
        labels.insert("io.kubernetes.pod.name".to_owned(), pod.name.clone());
        labels.insert("io.kubernetes.pod.namespace".to_owned(), pod.namespace.clone());
        labels.insert("io.kubernetes.pod.uid".to_owned(), pod.uid.clone());
    }
    let mounts: Vec<_> = container
        .mounts
        .iter()
        .map(|mount| {
            json!({
                "Source": mount.source, "Destination": mount.dest, "Mode": mount.mode, "RW": mount.rw,
                "Propagation": mount.propagation,
            })
        })
        .collect();
    json!({"container": {
        "id": short,
        "full_id": container.id,
        "type": number,
        "name": container.name.as_deref().unwrap_or_default(),
        "image": image,
        "imagerepo": repository,
        "imagetag": tag,
        "imagedigest": container.digest.as_ref().map(Digest::as_str).unwrap_or_default(),
        "imageid": container.image_id.as_deref().unwrap_or_default(),
        "privileged": container.privileged,
        "is_pod_sandbox": false,
        "labels": labels,
        "Mounts": mounts,
        "ip": container.ip.as_deref().unwrap_or("0.0.0.0"),
    }})
    .to_string()
}
