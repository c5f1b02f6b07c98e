//! `ka.*` and `jevt.*`: entries of the Kubernetes audit log.

use seawall_events::{Audit, Event, EventKind};
use serde_json::Value as Json;

use super::table::{field, with};
use super::value::{Value, text};
use super::{Argument, Field, Takes, Type};
use crate::alert::{iso8601, time_of_day, timestamp};

use Type::{List, Text};

/// A part of the entry, by JSON pointer.
macro_rules! part {
    ($name:literal, $pointer:literal, $description:literal) => {
        field($name, Text, |e, _| one(of(e)?.pointer($pointer)?), $description)
    };
}

/// Parts of the entry's list at a pointer: all, or of one item.
macro_rules! parts {
    ($name:literal, $list:literal, $path:expr, $description:literal) => {
        with(Takes::Index, field($name, List, |e, a| many(e, a, $list, $path), $description))
    };
}

const CONTAINERS: &str = "/requestObject/spec/containers";

#[rustfmt::skip]
pub(super) static FIELDS: &[Field] = &[
    part!("ka.auditid", "/auditID", "the entry's id"),
    part!("ka.stage", "/stage", "RequestReceived, ResponseStarted, ResponseComplete or Panic"),
    part!("ka.auth.decision", "/annotations/authorization.k8s.io~1decision", "allow or forbid"),
    part!("ka.auth.reason", "/annotations/authorization.k8s.io~1reason", "why"),
    part!("ka.user.name", "/user/username", "who asked"),
    with(Takes::Index, field("ka.user.groups", List, |e, a| listed(of(e)?.pointer("/user/groups")?, a), "the user's groups")),
    part!("ka.impuser.name", "/impersonatedUser/username", "whom the user impersonates"),
    part!("ka.verb", "/verb", "what was asked: get, create, delete …"),
    part!("ka.uri", "/requestURI", "the request's path and query"),
    with(Takes::Name, field("ka.uri.param", Text, parameter, "a parameter of the query")),
    part!("ka.target.name", "/objectRef/name", "the object's name"),
    part!("ka.target.namespace", "/objectRef/namespace", "the object's namespace"),
    part!("ka.target.resource", "/objectRef/resource", "the object's resource: pods, secrets …"),
    part!("ka.target.subresource", "/objectRef/subresource", "the subresource: exec, log, status …"),
    with(Takes::Index, field("ka.req.binding.subjects", List, |e, a| listed(of(e)?.pointer("/requestObject/subjects")?, a), "whom a role binding binds")),
    part!("ka.req.binding.role", "/requestObject/roleRef/name", "the role of a binding"),
    with(Takes::Name, field("ka.req.binding.subject.has_name", Text, |e, _| { of(e)?; text("true") }, "kept for old rules: always true")),
    part!("ka.req.configmap.name", "/objectRef/name", "a configuration map's name"),
    part!("ka.req.configmap.obj", "/requestObject/data", "a configuration map's content"),
    parts!("ka.req.pod.containers.image", "/requestObject/spec/containers", &["image"], "the containers' images"),
    field("ka.req.container.image", Text, |e, _| one(of(e)?.pointer("/requestObject/spec/containers/0/image")?), "the first container's image"),
    with(Takes::Index, field("ka.req.pod.containers.image.repository", List, |e, a| repositories(many(e, a, CONTAINERS, &["image"])?), "the containers' images without their tags")),
    field("ka.req.container.image.repository", Text, |e, _| text(repository(of(e)?.text("/requestObject/spec/containers/0/image")?)), "the first container's image without its tag"),
    part!("ka.req.pod.host_ipc", "/requestObject/spec/hostIPC", "hostIPC"),
    part!("ka.req.pod.host_network", "/requestObject/spec/hostNetwork", "hostNetwork"),
    part!("ka.req.container.host_network", "/requestObject/spec/hostNetwork", "hostNetwork"),
    part!("ka.req.pod.host_pid", "/requestObject/spec/hostPID", "hostPID"),
    parts!("ka.req.pod.containers.host_port", "/requestObject/spec/containers", &["ports", "hostPort"], "the containers' host ports"),
    parts!("ka.req.pod.containers.privileged", "/requestObject/spec/containers", &["securityContext", "privileged"], "the containers' privileged"),
    field("ka.req.container.privileged", Text, |e, _| privileged(e), "whether a container is privileged"),
    parts!("ka.req.pod.containers.allow_privilege_escalation", "/requestObject/spec/containers", &["securityContext", "allowPrivilegeEscalation"], "the containers' allowPrivilegeEscalation"),
    parts!("ka.req.pod.containers.read_only_fs", "/requestObject/spec/containers", &["securityContext", "readOnlyRootFilesystem"], "the containers' readOnlyRootFilesystem"),
    part!("ka.req.pod.run_as_user", "/requestObject/spec/securityContext/runAsUser", "the pod's runAsUser"),
    parts!("ka.req.pod.containers.run_as_user", "/requestObject/spec/containers", &["securityContext", "runAsUser"], "the containers' runAsUser"),
    with(Takes::Index, field("ka.req.pod.containers.eff_run_as_user", List, |e, a| effective(e, a, "runAsUser"), "the user that each container runs as; 0 where nothing is said")),
    part!("ka.req.pod.run_as_group", "/requestObject/spec/securityContext/runAsGroup", "the pod's runAsGroup"),
    parts!("ka.req.pod.containers.run_as_group", "/requestObject/spec/containers", &["securityContext", "runAsGroup"], "the containers' runAsGroup"),
    with(Takes::Index, field("ka.req.pod.containers.eff_run_as_group", List, |e, a| effective(e, a, "runAsGroup"), "the group that each container runs as; 0 where nothing is said")),
    parts!("ka.req.pod.containers.proc_mount", "/requestObject/spec/containers", &["securityContext", "procMount"], "the containers' procMount"),
    with(Takes::Index, field("ka.req.role.rules", List, |e, a| listed(of(e)?.pointer("/requestObject/rules")?, a), "a role's rules")),
    parts!("ka.req.role.rules.apiGroups", "/requestObject/rules", &["apiGroups"], "the API groups of a role's rules"),
    parts!("ka.req.role.rules.nonResourceURLs", "/requestObject/rules", &["nonResourceURLs"], "the paths of a role's rules"),
    parts!("ka.req.role.rules.verbs", "/requestObject/rules", &["verbs"], "the verbs of a role's rules"),
    parts!("ka.req.role.rules.resources", "/requestObject/rules", &["resources"], "the resources of a role's rules"),
    part!("ka.req.pod.fs_group", "/requestObject/spec/securityContext/fsGroup", "the pod's fsGroup"),
    with(Takes::Index, field("ka.req.pod.supplemental_groups", List, |e, a| listed(of(e)?.pointer("/requestObject/spec/securityContext/supplementalGroups")?, a), "the pod's supplementalGroups")),
    parts!("ka.req.pod.containers.add_capabilities", "/requestObject/spec/containers", &["securityContext", "capabilities", "add"], "the capabilities that the containers add"),
    part!("ka.req.service.type", "/requestObject/spec/type", "a service's type"),
    with(Takes::Index, field("ka.req.service.ports", List, |e, a| listed(of(e)?.pointer("/requestObject/spec/ports")?, a), "a service's ports")),
    parts!("ka.req.pod.volumes.hostpath", "/requestObject/spec/volumes", &["hostPath", "path"], "the paths of the host that are mounted"),
    with(Takes::Name, field("ka.req.volume.hostpath", Text, host_path, "whether a path of the host is mounted; `*` at the end stands for all below")),
    parts!("ka.req.pod.volumes.flexvolume_driver", "/requestObject/spec/volumes", &["flexVolume", "driver"], "the drivers of flex volumes"),
    with(Takes::Index, field("ka.req.pod.volumes.volume_type", List, volume_types, "the types of the volumes")),
    part!("ka.resp.name", "/responseObject/metadata/name", "the answered object's name"),
    part!("ka.response.code", "/responseStatus/code", "the HTTP status"),
    part!("ka.response.reason", "/responseStatus/reason", "why the request failed"),
    part!("ka.useragent", "/userAgent", "the client's name for itself"),
    part!("ka.sourceips", "/sourceIPs", "where the request came from"),
    part!("ka.cluster.name", "/annotations/cluster-name", "the cluster, where the log says"),
    with(Takes::Name, field("jevt.value", Text, |e, a| match a { Argument::Name(pointer) => one(of(e)?.pointer(pointer)?), _ => None }, "a part of the entry by JSON pointer")),
    field("jevt.obj", Text, |e, _| text(serde_json::to_string_pretty(&of(e)?.body).ok()?), "the whole entry"),
    field("jevt.rawtime", Text, |e, _| { of(e)?; text(e.time.to_string()) }, "nanoseconds since the epoch"),
    field("jevt.time", Text, |e, _| { of(e)?; text(time_of_day(timestamp(e.time))) }, "time of day, UTC"),
    field("jevt.time.iso8601", Text, |e, _| { of(e)?; text(iso8601(timestamp(e.time))) }, "date and time, UTC"),
];

fn of(event: &Event) -> Option<&Audit> {
    match &event.kind {
        EventKind::Audit(audit) => Some(audit),
        _ => None,
    }
}

fn written(json: &Json) -> Option<String> {
    match json {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn one(json: &Json) -> Option<Value<'_>> {
    match json {
        Json::String(string) => text(string.as_str()),
        other => text(written(other)?),
    }
}

/// A JSON list as texts, or the item of it that is asked for.
fn listed<'a>(json: &Json, argument: &Argument) -> Option<Value<'a>> {
    let items = json.as_array()?;
    match argument {
        Argument::Index(index) => text(written(items.get(*index)?)?),
        _ => Some(Value::Texts(items.iter().filter_map(written).map(Into::into).collect())),
    }
}

/// What lies at `path` in each item of the list at `pointer`; lists on the way are walked through.
fn many<'a>(event: &Event, argument: &Argument, pointer: &str, path: &[&str]) -> Option<Value<'a>> {
    let items = of(event)?.pointer(pointer)?.as_array()?;
    let chosen = match argument {
        Argument::Index(index) => std::slice::from_ref(items.get(*index)?),
        _ => items.as_slice(),
    };
    let mut found = Vec::new();
    for item in chosen {
        collect(item, path, &mut found);
    }
    Some(Value::Texts(found.into_iter().map(Into::into).collect()))
}

fn collect(json: &Json, path: &[&str], found: &mut Vec<String>) {
    match (json, path) {
        (Json::Array(items), _) => {
            for item in items {
                collect(item, path, found);
            }
        }
        (json, []) => found.extend(written(json)),
        (json, [key, rest @ ..]) => {
            if let Some(inner) = json.get(key) {
                collect(inner, rest, found);
            }
        }
    }
}

/// The reference without tag and digest; a colon before the last slash is a port.
fn repository(image: &str) -> String {
    let name = image.split('@').next().unwrap_or(image);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository.to_owned(),
        _ => name.to_owned(),
    }
}

fn repositories(images: Value<'_>) -> Option<Value<'_>> {
    let Value::Texts(images) = images else { return None };
    Some(Value::Texts(images.iter().map(|image| repository(image).into()).collect()))
}

fn privileged(event: &Event) -> Option<Value<'_>> {
    let containers = of(event)?.pointer(CONTAINERS)?.as_array()?;
    let any =
        containers.iter().any(|one| one.pointer("/securityContext/privileged") == Some(&Json::Bool(true)));
    text(if any { "true" } else { "false" })
}

fn effective<'a>(event: &Event, argument: &Argument, key: &str) -> Option<Value<'a>> {
    let audit = of(event)?;
    let pod = audit.pointer("/requestObject/spec/securityContext").and_then(|context| context.get(key));
    let containers = audit.pointer(CONTAINERS)?.as_array()?;
    let ids = containers.iter().map(|one| {
        let own = one.pointer("/securityContext").and_then(|context| context.get(key));
        own.or(pod).and_then(written).unwrap_or_else(|| "0".to_owned())
    });
    let ids: Vec<String> = ids.collect();
    match argument {
        Argument::Index(index) => text(ids.get(*index)?.clone()),
        _ => Some(Value::Texts(ids.into_iter().map(Into::into).collect())),
    }
}

fn host_path<'a>(event: &'a Event, argument: &Argument) -> Option<Value<'a>> {
    let Argument::Name(wanted) = argument else { return None };
    let Value::Texts(paths) =
        many(event, &Argument::None, "/requestObject/spec/volumes", &["hostPath", "path"])?
    else {
        return None;
    };
    let found = paths.iter().any(|path| match wanted.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => path == wanted,
    });
    text(if found { "true" } else { "false" })
}

fn volume_types<'a>(event: &'a Event, argument: &Argument) -> Option<Value<'a>> {
    let volumes = of(event)?.pointer("/requestObject/spec/volumes")?.as_array()?;
    let chosen = match argument {
        Argument::Index(index) => std::slice::from_ref(volumes.get(*index)?),
        _ => volumes.as_slice(),
    };
    let keys = chosen.iter().filter_map(Json::as_object).flat_map(serde_json::Map::keys);
    Some(Value::Texts(keys.filter(|key| *key != "name").map(|key| key.as_str().into()).collect()))
}

fn parameter<'a>(event: &'a Event, argument: &Argument) -> Option<Value<'a>> {
    let Argument::Name(wanted) = argument else { return None };
    let (_, query) = of(event)?.text("/requestURI")?.split_once('?')?;
    let query = query.split('#').next().unwrap_or(query);
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if decoded(key) == *wanted { text(decoded(value)) } else { None }
    })
}

/// Percent-encoding, and `+` for a blank.
fn decoded(encoded: &str) -> String {
    let bytes = encoded.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = encoded.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, hex) {
            (b'%', Some(value)) => {
                out.push(value);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (other, _) => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_and_images_are_taken_apart() {
        assert_eq!(decoded("a%20b+c%2"), "a b c%2");
        assert_eq!(repository("registry.example.com:5000/a/b:1@sha256:00"), "registry.example.com:5000/a/b");
        assert_eq!(repository("nginx"), "nginx");
    }
}
