//! AdmissionReview in.

use seawall_checks::{Document, ImageKind, ImageUse, WORKLOADS, images, pod_template};
use serde_json::Value;

use super::{Decision, Endpoint, Operation, Request};
use crate::AdmissionError;

/// Longest body that is read: the API server takes objects of 3 MiB, and a review may carry the old and the new one.
pub const MAX_REVIEW: usize = 7 << 20;

/// Reads the body of a review and says what it needs.
///
/// - No pod template, or `DELETE`: allowed.
/// - `UPDATE` whose pod spec is exactly the old one (a label, a scale, a finalizer): allowed; every other update is judged
///   as if it were new, also where the old object is missing.
/// - A workload kind without a readable pod spec, and `CONNECT`: refused, since nothing can be said about it.
pub fn parse(body: &[u8]) -> Result<Request, AdmissionError> {
    if body.len() > MAX_REVIEW {
        return Err(AdmissionError::TooLarge(body.len(), MAX_REVIEW));
    }
    let mut review: Value = serde_json::from_slice(body)
        .map_err(|error| AdmissionError::NotAReview(format!("the body is not JSON: {error}")))?;
    let wrong = |text: &str| AdmissionError::NotAReview(text.to_owned());
    let api_version = text(&review, "/apiVersion").unwrap_or_default().to_owned();
    if text(&review, "/kind") != Some("AdmissionReview") {
        return Err(wrong("`kind` is not `AdmissionReview`"));
    }
    if !["admission.k8s.io/v1", "admission.k8s.io/v1beta1"].contains(&api_version.as_str()) {
        return Err(AdmissionError::NotAReview(format!(
            "`apiVersion` is `{api_version}`, not `admission.k8s.io/v1` or `admission.k8s.io/v1beta1`"
        )));
    }
    let request = review
        .pointer_mut("/request")
        .map(Value::take)
        .filter(Value::is_object)
        .ok_or_else(|| wrong("it has no `request`"))?;
    read(api_version, request)
}

fn read(api_version: String, mut request: Value) -> Result<Request, AdmissionError> {
    let wrong = |text: &str| AdmissionError::NotAReview(text.to_owned());
    let uid = text(&request, "/uid")
        .filter(|uid| !uid.is_empty())
        .ok_or_else(|| wrong("`request.uid` is missing"))?
        .to_owned();
    let operation = match text(&request, "/operation") {
        Some("CREATE") => Operation::Create,
        Some("UPDATE") => Operation::Update,
        Some("DELETE") => Operation::Delete,
        Some("CONNECT") => Operation::Connect,
        _ => return Err(wrong("`request.operation` is not CREATE, UPDATE, DELETE or CONNECT")),
    };
    let kind =
        text(&request, "/kind/kind").ok_or_else(|| wrong("`request.kind.kind` is missing"))?.to_owned();
    let sub_resource = text(&request, "/subResource").filter(|text| !text.is_empty()).map(str::to_owned);
    let namespace = text(&request, "/namespace").filter(|text| !text.is_empty()).map(str::to_owned);
    let user = text(&request, "/userInfo/username").unwrap_or_default().to_owned();
    let name = text(&request, "/name").unwrap_or_default().to_owned();
    let dry_run = request.get("dryRun").and_then(Value::as_bool).unwrap_or(false);

    let mut object = request.get_mut("object").map(Value::take).unwrap_or_default();
    let old = request.get_mut("oldObject").map(Value::take).unwrap_or_default();
    // What the API server says of the object wins over what the object says of itself.
    if let Some(map) = object.as_object_mut() {
        map.insert("kind".into(), kind.clone().into());
    }
    let mut document = Document::from_value("", object);
    document.kind.clone_from(&kind);
    document.namespace.clone_from(&namespace);
    if document.name.is_empty() {
        document.name = name;
    }
    document.path = document.title();

    let decision = decide(operation, &kind, &document.value, old);
    let images = select(sub_resource.as_deref(), &document.value, &decision.1);
    Ok(Request {
        api_version,
        uid,
        endpoint: Endpoint::Validate,
        operation,
        kind,
        sub_resource,
        namespace,
        user,
        dry_run,
        document,
        images,
        decision: decision.0,
    })
}

/// The decision, and the old object as a value with its kind.
fn decide(operation: Operation, kind: &str, object: &Value, mut old: Value) -> (Decision, Value) {
    if let Some(map) = old.as_object_mut() {
        map.insert("kind".into(), kind.into());
    }
    let is_workload = WORKLOADS.iter().any(|(name, _)| *name == kind);
    let decision = match (operation, pod_template(object)) {
        (Operation::Delete, _) => Decision::Allow("nothing runs because of a deletion"),
        (Operation::Connect, _) => {
            Decision::Deny("Seawall does not judge CONNECT; take it out of the webhook's rules")
        }
        (Operation::Create | Operation::Update, None) if is_workload => {
            Decision::Deny("the request carries no readable pod spec, so nothing can be verified")
        }
        (Operation::Create | Operation::Update, None) => Decision::Allow("it carries no pod template"),
        (Operation::Create, Some(_)) => Decision::Judge,
        (Operation::Update, Some(new)) => match pod_template(&old) {
            Some(before) if before.pointer == new.pointer && before.spec == new.spec => {
                Decision::Allow("the pod spec is unchanged")
            }
            _ => Decision::Judge,
        },
    };
    (decision, old)
}

fn select(sub_resource: Option<&str>, object: &Value, old: &Value) -> Vec<ImageUse> {
    let all = images(object);
    if sub_resource != Some("ephemeralcontainers") {
        return all;
    }
    let before = images(old);
    all.into_iter().filter(|image| image.kind == ImageKind::Ephemeral && !before.contains(image)).collect()
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}
