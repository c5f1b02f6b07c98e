//! What a check looks at.

use serde_json::Value;

use super::Hit;
use crate::{
    Container, Document, ImageKind, LATEST, PodTemplate, Profile, Version, containers, pod_template,
};

/// What a check looks at: one object that has a pod template.
#[derive(Debug)]
pub struct Context<'a> {
    /// The object itself.
    pub document: &'a Document,
    /// The pod template.
    pub template: PodTemplate<'a>,
    /// Its containers.
    pub containers: Vec<Container<'a>>,
    /// The version of the Pod Security Standards to judge by.
    pub version: Version,
    /// The standard that is asked for, where the question is one standard's verdict.
    pub level: Option<Profile>,
}

/// A field of a security context, of the pod or of one container.
pub(super) struct Setting<'a> {
    pub pointer: String,
    /// `the pod` or ``container `web` ``.
    pub who: String,
    pub value: &'a Value,
}

/// One annotation of the pods.
pub(super) struct Annotation<'a> {
    pub pointer: String,
    pub name: &'a str,
    pub value: &'a str,
}

impl<'a> Context<'a> {
    /// Of the object, by the latest version; none where it has no pod template.
    pub(crate) fn new(document: &'a Document) -> Option<Self> {
        let template = pod_template(&document.value)?;
        let containers = containers(&template);
        Some(Self { document, template, containers, version: LATEST, level: None })
    }

    /// The containers that run for as long as the pod does, or do its work: not the ephemeral ones, which take neither
    /// resources nor probes.
    pub(super) fn lasting(&self) -> impl Iterator<Item = &Container<'a>> {
        self.containers.iter().filter(|container| container.kind != ImageKind::Ephemeral)
    }

    /// The containers of `containers`, without init and ephemeral ones.
    pub(super) fn main(&self) -> impl Iterator<Item = &Container<'a>> {
        self.containers.iter().filter(|container| container.kind == ImageKind::Main)
    }

    /// A field of the container's security context, else of the pod's, as the kubelet takes it.
    pub(super) fn effective(&self, container: &Container<'a>, field: &str) -> Option<&'a Value> {
        let path = format!("/securityContext/{field}");
        present(container.value.pointer(&path)).or_else(|| present(self.template.spec.pointer(&path)))
    }

    /// A hit at the pod spec.
    pub(super) fn pod_hit(&self, field: &str, message: impl Into<String>) -> Hit {
        Hit::new(format!("{}/{field}", self.template.pointer), message)
    }

    /// A hit at a field of a container: ``container `web` `` and what is said of it.
    pub(super) fn container_hit(container: &Container<'_>, field: &str, what: &str) -> Hit {
        Hit::new(
            format!("{}/{field}", container.pointer),
            format!("{} `{}` {what}", container.kind.noun(), container.name),
        )
    }

    /// True from 1.`minor` on.
    pub(super) fn since(&self, minor: u32) -> bool {
        self.version >= (1, minor)
    }

    /// True for a pod that says it is for Windows, from 1.25 on: Linux' settings are then not asked for (the API server
    /// refuses them in such a pod).
    pub(super) fn windows_exempt(&self) -> bool {
        self.since(25) && self.template.spec.pointer("/os/name").and_then(Value::as_str) == Some("windows")
    }

    /// True where `restricted` is asked for, has a control of its own instead (from 1.`minor` on), and that one leaves
    /// this Windows pod out.
    pub(super) fn overridden_for_windows(&self, minor: u32) -> bool {
        self.level == Some(Profile::Restricted) && self.since(minor) && self.windows_exempt()
    }

    /// True for a pod with users of its own, from 1.35 on: its root is nobody on the node.
    pub(super) fn user_namespace(&self) -> bool {
        self.since(35) && self.template.spec.get("hostUsers") == Some(&Value::Bool(false))
    }

    /// A field of every security context that sets it: the pod's, then each container's.
    pub(super) fn settings(&self, field: &str) -> Vec<Setting<'a>> {
        let path = format!("/securityContext/{field}");
        let mut found = Vec::new();
        if let Some(value) = present(self.template.spec.pointer(&path)) {
            let pointer = format!("{}{path}", self.template.pointer);
            found.push(Setting { pointer, who: "the pod".into(), value });
        }
        for container in &self.containers {
            if let Some(value) = present(container.value.pointer(&path)) {
                let pointer = format!("{}{path}", container.pointer);
                found.push(Setting { pointer, who: format!("container `{}`", container.name), value });
            }
        }
        found
    }

    /// The annotations of the pods.
    pub(super) fn annotations(&self) -> Vec<Annotation<'a>> {
        let map = self.template.metadata.and_then(|metadata| metadata.get("annotations"));
        let map = map.and_then(Value::as_object).into_iter().flatten();
        map.map(|(name, value)| {
            let key = name.replace('~', "~0").replace('/', "~1");
            let pointer = format!("{}/annotations/{key}", self.template.metadata_pointer);
            Annotation { pointer, name, value: text(Some(value)) }
        })
        .collect()
    }
}

/// The value, where it is there and not null: the API server takes null as unset.
pub(super) fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// The text; empty where it is unset. Something else than a text is not a word that any list of ours allows: the API server
/// refuses it.
pub(super) fn text(value: Option<&Value>) -> &str {
    match present(value) {
        None => "",
        Some(Value::String(text)) => text,
        Some(_) => "(not a text)",
    }
}

/// The list at a JSON pointer; empty where there is none.
pub(super) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// True if the list at a JSON pointer has one of these words.
pub(super) fn has(value: &Value, pointer: &str, words: &[&str]) -> bool {
    list(value, pointer).iter().filter_map(Value::as_str).any(|word| words.contains(&word))
}

/// The text at a JSON pointer; empty where there is none.
pub(super) fn text_at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    text(value.pointer(pointer))
}

/// The key as a part of a JSON pointer.
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// True as the API server would take it; the text `"true"` is taken as true as well: it is wrong in either case.
pub(super) fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}
