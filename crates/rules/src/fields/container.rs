//! The container, its image and its pod.

use std::borrow::Cow;

use seawall_events::{Container, Event, Pod};

use super::Argument;
use super::value::{Value, text};

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

pub(super) fn of(event: &Event) -> Option<&Container> {
    event.container.as_deref()
}

pub(super) fn name(event: &Event) -> Option<Value<'_>> {
    match of(event) {
        None => text(HOST),
        Some(container) => text(container.name.as_deref()?),
    }
}

pub(super) fn pod(event: &Event) -> Option<&Pod> {
    of(event)?.pod.as_deref()
}

/// A reference's parts: repository with its registry, tag, digest.
pub(super) struct Image<'a> {
    pub(super) repository: &'a str,
    pub(super) tag: Option<&'a str>,
    pub(super) digest: Option<&'a str>,
}

pub(super) fn image(event: &Event) -> Option<Image<'_>> {
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

pub(super) fn labels<'a>(
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
