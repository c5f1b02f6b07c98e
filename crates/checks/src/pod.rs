//! The pod template of every workload kind, its containers and images.

use serde_json::Value;

/// The kinds of Kubernetes that carry a pod template, and where their pod spec is (JSON pointer).
pub const WORKLOADS: &[(&str, &str)] = &[
    ("Pod", "/spec"),
    ("PodTemplate", "/template/spec"),
    ("Deployment", "/spec/template/spec"),
    ("ReplicaSet", "/spec/template/spec"),
    ("StatefulSet", "/spec/template/spec"),
    ("DaemonSet", "/spec/template/spec"),
    ("ReplicationController", "/spec/template/spec"),
    ("Job", "/spec/template/spec"),
    ("CronJob", "/spec/jobTemplate/spec/template/spec"),
];

/// Where a kind that we do not know (a Rollout, a Knative Service …) has its pod spec, if it has one.
const GUESSES: &[&str] = &["/spec/template/spec", "/spec/jobTemplate/spec/template/spec"];

/// A pod spec inside an object.
#[derive(Clone, Debug)]
pub struct PodTemplate<'a> {
    /// The pod spec.
    pub spec: &'a Value,
    /// JSON pointer to it.
    pub pointer: String,
    /// The metadata of the pods: of the pod itself, or of the template.
    pub metadata: Option<&'a Value>,
    /// JSON pointer to it, also where there is none.
    pub metadata_pointer: String,
}

/// What a container or image is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// `initContainers`, sidecars among them.
    Init,
    /// `containers`.
    Main,
    /// `ephemeralContainers`.
    Ephemeral,
    /// `volumes[].image`: an image mounted as files (Kubernetes 1.31).
    Volume,
}

impl ImageKind {
    /// The word for messages.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Init => "init container",
            Self::Main => "container",
            Self::Ephemeral => "ephemeral container",
            Self::Volume => "volume",
        }
    }
}

/// One image that an object names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageUse {
    /// JSON pointer to the image text.
    pub pointer: String,
    /// Name of the container or volume.
    pub container: String,
    /// As written.
    pub image: String,
    /// What it is there for.
    pub kind: ImageKind,
}

/// One container of a pod spec.
#[derive(Clone, Debug)]
pub struct Container<'a> {
    /// JSON pointer to it.
    pub pointer: String,
    /// Its name, or `#2` where it has none.
    pub name: String,
    /// Which list it is in.
    pub kind: ImageKind,
    /// The container.
    pub value: &'a Value,
}

/// The pod template of an object: by its kind, and for kinds that Kubernetes itself does not have by the shape
/// `spec.template.spec.containers`.
pub fn pod_template(object: &Value) -> Option<PodTemplate<'_>> {
    let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default();
    let at = |pointer: &str| {
        let spec = object.pointer(pointer).filter(|spec| spec.is_object())?;
        let metadata_pointer = format!("{}/metadata", pointer.strip_suffix("/spec").unwrap_or(pointer));
        let metadata = object.pointer(&metadata_pointer);
        Some(PodTemplate { spec, pointer: pointer.to_owned(), metadata, metadata_pointer })
    };
    if let Some((_, pointer)) = WORKLOADS.iter().find(|(name, _)| *name == kind) {
        return at(pointer);
    }
    GUESSES
        .iter()
        .filter_map(|pointer| at(pointer))
        .find(|template| template.spec.get("containers").is_some_and(Value::is_array))
}

const LISTS: &[(&str, ImageKind)] = &[
    ("initContainers", ImageKind::Init),
    ("containers", ImageKind::Main),
    ("ephemeralContainers", ImageKind::Ephemeral),
];

/// Every container of a pod template: init, main, ephemeral.
pub fn containers<'a>(template: &PodTemplate<'a>) -> Vec<Container<'a>> {
    let mut found = Vec::new();
    for (list, kind) in LISTS {
        let Some(items) = template.spec.get(list).and_then(Value::as_array) else { continue };
        for (index, value) in items.iter().enumerate() {
            let name =
                value.get("name").and_then(Value::as_str).map_or_else(|| format!("#{index}"), str::to_owned);
            found.push(Container {
                pointer: format!("{}/{list}/{index}", template.pointer),
                name,
                kind: *kind,
                value,
            });
        }
    }
    found
}

/// Every image that the object's pod template names. A container without an image (allowed in templates that
/// something else completes) has no entry: the pod made from it has.
pub fn images(object: &Value) -> Vec<ImageUse> {
    let Some(template) = pod_template(object) else { return Vec::new() };
    let mut found: Vec<ImageUse> = containers(&template)
        .into_iter()
        .filter_map(|container| {
            let image = container.value.get("image")?.as_str().filter(|image| !image.is_empty())?.to_owned();
            Some(ImageUse {
                pointer: format!("{}/image", container.pointer),
                container: container.name,
                image,
                kind: container.kind,
            })
        })
        .collect();
    let volumes = template.spec.get("volumes").and_then(Value::as_array).into_iter().flatten();
    for (index, volume) in volumes.enumerate() {
        let Some(image) = volume.pointer("/image/reference").and_then(Value::as_str) else { continue };
        found.push(ImageUse {
            pointer: format!("{}/volumes/{index}/image/reference", template.pointer),
            container: volume.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            image: image.to_owned(),
            kind: ImageKind::Volume,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_workload_kind() {
        let pod = json!({"containers": [{"name": "c", "image": "shop:1"}], "initContainers": [{"image": "init:1"}],
            "ephemeralContainers": [{"name": "e", "image": "debug:1"}], "volumes": [{"name": "v", "image": {"reference": "files:1"}}]});
        let nest = |pointer: &str| {
            pointer
                .rsplit('/')
                .filter(|part| !part.is_empty())
                .fold(pod.clone(), |value, key| json!({key: value}))
        };
        for (kind, pointer) in WORKLOADS.iter().copied().chain([("Rollout", "/spec/template/spec")]) {
            let mut object = nest(pointer);
            object["kind"] = kind.into();
            let found = images(&object);
            let names: Vec<_> =
                found.iter().map(|image| (image.container.as_str(), image.image.as_str())).collect();
            assert_eq!(
                names,
                [("#0", "init:1"), ("c", "shop:1"), ("e", "debug:1"), ("v", "files:1")],
                "{kind}"
            );
            for image in found {
                assert_eq!(object.pointer(&image.pointer), Some(&json!(image.image)));
            }
        }
        assert!(pod_template(&json!({"kind": "Service", "spec": {"ports": []}})).is_none());
        assert!(pod_template(&json!({"kind": "Pod"})).is_none());
    }
}
