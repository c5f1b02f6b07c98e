//! Registration of admission webhooks.

use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams};
use serde_json::Value;

use crate::connect::ask;
use crate::{Cluster, ClusterError};

/// The owner of the fields, in the words of server-side apply.
const MANAGER: &str = "seawall";
const API_VERSION: &str = "admissionregistration.k8s.io/v1";
const KINDS: [(&str, &str); 2] = [
    ("ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
    ("MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
];

impl Cluster {
    /// Applies one ValidatingWebhookConfiguration or MutatingWebhookConfiguration, an array, or a `List` of them, by server-side
    /// apply (made where absent, changed where present). Everything is checked before anything is applied. Needs the verbs
    /// `create` and `patch` on both resources. Gives the names that were applied.
    pub async fn apply_webhooks(&self, configurations: &Value) -> Result<Vec<String>, ClusterError> {
        let list = match configurations {
            Value::Array(list) => list.iter().collect(),
            object if object["kind"] == "List" => object["items"].as_array().into_iter().flatten().collect(),
            object => vec![object],
        };
        let checked = list.into_iter().map(checked).collect::<Result<Vec<_>, _>>()?;
        if checked.is_empty() {
            return Err(ClusterError::Webhooks("the list is empty".to_owned()));
        }
        let mut names = Vec::new();
        for (kind, resource, name, object) in checked {
            let gvk = GroupVersionKind::gvk("admissionregistration.k8s.io", "v1", kind);
            let api: Api<DynamicObject> =
                Api::all_with(self.client.clone(), &ApiResource::from_gvk_with_plural(&gvk, resource));
            let parameters = PatchParams::apply(MANAGER).force();
            ask("patch", resource, name, api.patch(name, &parameters, &Patch::Apply(object))).await?;
            names.push(name.to_owned());
        }
        Ok(names)
    }
}

type Checked<'a> = (&'static str, &'static str, &'a str, &'a Value);

fn checked(object: &Value) -> Result<Checked<'_>, ClusterError> {
    let fail = |what: String| Err(ClusterError::Webhooks(what));
    if object["apiVersion"] != API_VERSION {
        return fail(format!("`apiVersion` is {}, not {API_VERSION}", object["apiVersion"]));
    }
    let Some((kind, resource)) = KINDS.into_iter().find(|(kind, _)| object["kind"] == *kind) else {
        return fail(format!("`kind` is {}", object["kind"]));
    };
    match object["metadata"]["name"].as_str() {
        Some(name) if !name.is_empty() => Ok((kind, resource, name, object)),
        _ => fail("`metadata.name` is missing".to_owned()),
    }
}
