//! The container, its image and its pod.

use std::borrow::Cow;

use seawall_events::{Container, Event, Mount, Pod};

use super::table::{absent, field, recorded, with};
use super::value::{Value, number, text, truth};
use super::{Argument, Field, Takes, Type};

use Type::{Bool, Number, Text};

#[rustfmt::skip]
pub(super) static FIELDS: &[Field] = &[
    field("container.id", Text, |e, _| text(id(e)), "host, or the first twelve digits of the id"),
    field("container.full_id", Text, |e, _| text(of(e)?.id.as_str()), "the whole id"),
    field("container.name", Text, |e, _| name(e), "the container's name"),
    field("container.info", Text, |e, _| text(info(e)), "name and id, as Falco's outputs write them"),
    field("container.type", Text, |e, _| text(of(e).map_or(Some("host"), |c| c.runtime.as_deref())?), "the runtime"),
    field("container.image", Text, |e, _| text(of(e)?.image.as_deref()?), "the image reference"),
    field("container.image.repository", Text, |e, _| text(image(e)?.repository), "registry and repository"),
    field("container.image.tag", Text, |e, _| text(image(e)?.tag?), "the image's tag"),
    field("container.image.digest", Text, |e, _| match image(e) { Some(image) => text(image.digest?), None => text(of(e)?.digest.as_ref()?.as_str()) }, "the image's digest"),
    recorded("container.image.id", Text, |e, _| text(of(e)?.image_id.as_deref()?), "the image's configuration digest"),
    field("container.privileged", Bool, |e, _| truth(of(e)?.privileged), "whether it has all capabilities"),
    with(Takes::OptionalName, field("container.label", Text, |e, a| labels(&of(e)?.labels, a), "a label of the container")),
    field("container.labels", Text, |e, a| labels(&of(e)?.labels, a), "all labels of the container"),
    recorded("container.mounts", Text, |e, _| text(of(e)?.mounts.iter().map(mount_text).collect::<Vec<_>>().join(" ")), "mounts, each as source:destination:mode:writable:propagation"),
    with(Takes::OptionalName, recorded("container.mount", Text, |e, a| mount(e, a, false, |m| mount_text(m).into()), "a mount, by number or source")),
    with(Takes::OptionalName, recorded("container.mount.source", Text, |e, a| mount(e, a, true, |m| m.source.as_str().into()), "a mount's source, by number or destination")),
    with(Takes::OptionalName, recorded("container.mount.dest", Text, |e, a| mount(e, a, false, |m| m.dest.as_str().into()), "a mount's destination, by number or source")),
    with(Takes::OptionalName, recorded("container.mount.mode", Text, |e, a| mount(e, a, false, |m| m.mode.as_str().into()), "a mount's mode, by number or source")),
    with(Takes::OptionalName, recorded("container.mount.rdwr", Text, |e, a| mount(e, a, false, |m| if m.rw { "true" } else { "false" }.into()), "whether a mount may be written, by number or source")),
    with(Takes::OptionalName, recorded("container.mount.propagation", Text, |e, a| mount(e, a, false, |m| m.propagation.as_str().into()), "a mount's propagation, by number or source")),
    recorded("container.start_ts", Number, |e, _| number(start(e)?), "when it started"),
    recorded("container.duration", Number, |e, _| number(e.time.saturating_sub(start(e)?)), "nanoseconds since it started"),
    recorded("container.ip", Text, |e, _| text(of(e)?.ip.as_deref()?), "its address"),
    absent("container.healthcheck", Text, "the health check"),
    absent("container.liveness_probe", Text, "the liveness probe"),
    absent("container.readiness_probe", Text, "the readiness probe"),
    absent("container.cni.json", Text, "its network"),
    absent("container.host_pid", Bool, "whether it shares the host's processes"),
    absent("container.host_network", Bool, "whether it shares the host's network"),
    absent("container.host_ipc", Bool, "whether it shares the host's memory"),
    field("k8s.ns.name", Text, |e, _| text(pod(e)?.namespace.as_str()), "the pod's namespace"),
    field("k8s.pod.name", Text, |e, _| text(pod(e)?.name.as_str()), "the pod's name"),
    field("k8s.pod.uid", Text, |e, _| text(pod(e)?.uid.as_str()), "the pod's uid"),
    field("k8s.pod.id", Text, |e, _| text(pod(e)?.uid.as_str()), "the pod's uid"),
    field("k8s.pod.full_id", Text, |e, _| text(pod(e)?.uid.as_str()), "the pod's uid"),
    with(Takes::OptionalName, field("k8s.pod.label", Text, |e, a| labels(&pod(e)?.labels, a), "a label of the pod")),
    field("k8s.pod.labels", Text, |e, a| labels(&pod(e)?.labels, a), "all labels of the pod"),
    recorded("k8s.pod.ip", Text, |e, _| { pod(e)?; text(of(e)?.ip.as_deref()?) }, "the pod's address"),
    absent("k8s.pod.sandbox_id", Text, "the pod's sandbox"),
    absent("k8s.pod.full_sandbox_id", Text, "the pod's sandbox"),
    absent("k8s.pod.cni.json", Text, "the pod's network"),
];

/// What Falco calls everything outside of containers.
const HOST: &str = "host";

/// `host`, or the id; of the usual 64 hex digits the first twelve, as Falco prints it.
pub(super) fn id(event: &Event) -> &str {
    match &event.container {
        None => HOST,
        Some(container)
            if container.id.len() == 64 && container.id.bytes().all(|b| b.is_ascii_hexdigit()) =>
        {
            &container.id[..12]
        }
        Some(container) => &container.id,
    }
}

fn of(event: &Event) -> Option<&Container> {
    event.container.as_deref()
}

fn name(event: &Event) -> Option<Value<'_>> {
    match of(event) {
        None => text(HOST),
        Some(container) => text(container.name.as_deref()?),
    }
}

fn pod(event: &Event) -> Option<&Pod> {
    of(event)?.pod.as_deref()
}

/// A reference's parts: repository with its registry, tag, digest.
struct Image<'a> {
    repository: &'a str,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

fn image(event: &Event) -> Option<Image<'_>> {
    let container = of(event)?;
    let reference = container.image.as_deref()?;
    let (rest, digest) = match reference.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (reference, None),
    };
    // A colon before the last slash is a port.
    let (repository, tag) = match rest.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (rest, None),
    };
    Some(Image {
        repository,
        tag,
        digest: digest.or_else(|| container.digest.as_ref().map(seawall_findings::Digest::as_str)),
    })
}

fn labels<'a>(
    labels: &'a std::collections::BTreeMap<String, String>,
    argument: &Argument,
) -> Option<Value<'a>> {
    match argument {
        Argument::Name(key) => text(labels.get(key)?.as_str()),
        _ if labels.is_empty() => None,
        _ => {
            let all: Vec<String> = labels.iter().map(|(key, value)| format!("{key}:{value}")).collect();
            Some(Value::Text(Cow::Owned(all.join(", "))))
        }
    }
}

/// `web (id=3ad7b26ded6d)`; for the host `host (id=host)`.
fn info(event: &Event) -> String {
    let name = name(event).map_or_else(|| "<NA>".to_owned(), |name| name.text().into_owned());
    format!("{name} (id={})", id(event))
}

/// When the container started: as its runtime told, else its first process.
fn start(event: &Event) -> Option<u64> {
    let told = of(event)?.started;
    Some(if told == 0 { event.process.namespace_started } else { told }).filter(|time| *time != 0)
}

fn mount_text(mount: &Mount) -> String {
    let Mount { source, dest, mode, rw, propagation } = mount;
    format!("{source}:{dest}:{mode}:{rw}:{propagation}")
}

/// A part of a mount that is named by its number, or by a pattern for its source (or `by_dest`, its destination).
fn mount<'a>(
    event: &'a Event,
    argument: &Argument,
    by_dest: bool,
    get: fn(&'a Mount) -> Cow<'a, str>,
) -> Option<Value<'a>> {
    let mounts = &of(event)?.mounts;
    let Argument::Name(wanted) = argument else { return None };
    let found = match wanted.parse::<usize>() {
        Ok(index) => mounts.get(index),
        Err(_) => {
            let pattern = crate::compile::glob(wanted, false).ok()?;
            mounts.iter().find(|mount| pattern.is_match(if by_dest { &mount.dest } else { &mount.source }))
        }
    };
    // Falco says `none` instead of a missing value.
    text(found.map_or(Cow::Borrowed("none"), get))
}
