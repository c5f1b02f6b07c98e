//! Answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use seawall_admission::review::{answer, parse};
use seawall_admission::{Decision, Endpoint, Judgement, Request, Target, webhook_configuration};
use seawall_policy::Outcome;
use serde_json::{Value, json};

use super::{digest, pin_all, pod, verdict};

fn read(review: &Value) -> Request {
    parse(review.to_string().as_bytes()).unwrap()
}

/// The answer of the validating webhook.
fn validated(request: &Request, judgement: Option<&Judgement>) -> Value {
    answer(request, judgement, Endpoint::Validate)
}

/// The answer of the mutating webhook.
fn mutated(request: &Request, judgement: Option<&Judgement>) -> Value {
    answer(request, judgement, Endpoint::Mutate)
}

#[test]
fn a_denial_names_policy_and_remedy() {
    let request = read(&pod());
    let answer = validated(&request, Some(&Judgement::new(verdict(Outcome::Deny))));
    assert_eq!(answer["response"]["allowed"], false);
    assert_eq!(answer["response"]["uid"], "705ab4f5-6393-11e8-b7cc-42010a800002");
    assert_eq!(answer["response"]["status"]["code"], 403);
    insta::assert_snapshot!(answer["response"]["status"]["message"].as_str().unwrap(), @r#"
    Seawall refuses Pod prod/shop:
    - policy `production` (require[0].signature): registry.example.com/shop:1.1: no valid signature by team.pub
      remedy: sign it: seawall sign registry.example.com/shop:1.1
    "#);
}

#[test]
fn the_patch_pins_every_list() {
    let review = pod();
    let request = read(&review);
    let answer = mutated(&request, Some(&pin_all(&request)));
    assert_eq!(answer["response"]["allowed"], true);
    assert_eq!(answer["response"]["patchType"], "JSONPatch");
    let patch = STANDARD.decode(answer["response"]["patch"].as_str().unwrap()).unwrap();
    let patch: json_patch::Patch = serde_json::from_slice(&patch).unwrap();
    let mut patched = review["request"]["object"].clone();
    json_patch::patch(&mut patched, &patch).unwrap();
    let mut expected = review["request"]["object"].clone();
    expected["spec"]["initContainers"][0]["image"] =
        format!("registry.example.com:5000/shop@{}", digest()).into();
    expected["spec"]["containers"][0]["image"] = format!("registry.example.com/shop:1.1@{}", digest()).into();
    assert_eq!(patched, expected);

    // What is pinned passes the validating webhook, without a patch.
    let mut review = review;
    review["request"]["object"] = patched;
    let request = read(&review);
    let second = validated(&request, Some(&pin_all(&request)));
    assert_eq!(second["response"]["allowed"], true);
    assert!(second["response"].get("patch").is_none());
}

#[test]
fn a_tag_at_validate_is_refused() {
    let request = read(&pod());
    let answer = validated(&request, Some(&pin_all(&request)));
    assert_eq!(answer["response"]["allowed"], false);
    insta::assert_snapshot!(answer["response"]["status"]["message"].as_str().unwrap(), @r#"
    Seawall refuses Pod prod/shop:
    - admission: registry.example.com:5000/shop: is a tag, which can be pushed again before it is pulled
      remedy: write `registry.example.com:5000/shop@sha256:abababababababababababababababababababababababababababababababab`, or see why the mutating webhook of Seawall did not pin it
    "#);
}

#[test]
fn warnings_are_short() {
    let mut warning = verdict(Outcome::Warn);
    warning.reasons[0].message = "ä".repeat(400);
    let reason = warning.reasons[0].clone();
    warning.reasons.extend(std::iter::repeat_n(reason, 40));
    let answer = validated(&read(&pod()), Some(&Judgement::new(warning)));
    let warnings = answer["response"]["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 15);
    assert!(warnings.iter().all(|text| text.as_str().unwrap().len() <= 256));
    assert_eq!(warnings[14], "Seawall: and 27 more warnings");
    assert_eq!(answer["response"]["allowed"], true);
}

#[test]
fn updates_are_judged_unless_the_pod_spec_is_the_same() {
    let mut review = pod();
    review["request"]["operation"] = "UPDATE".into();
    assert_eq!(read(&review).decision, Decision::Judge, "no old object");
    review["request"]["oldObject"] = review["request"]["object"].clone();
    review["request"]["object"]["metadata"]["labels"] = json!({"a": "b"});
    assert!(matches!(read(&review).decision, Decision::Allow(_)));
    review["request"]["object"]["spec"]["hostPID"] = true.into();
    assert_eq!(read(&review).decision, Decision::Judge);
    review["request"]["operation"] = "DELETE".into();
    assert!(matches!(read(&review).decision, Decision::Allow(_)));
    review["request"]["operation"] = "CREATE".into();
    review["request"]["object"]["spec"] = Value::Null;
    let request = read(&review);
    assert!(matches!(request.decision, Decision::Deny(_)));
    assert_eq!(validated(&request, None)["response"]["allowed"], false);
    // A judge that says nothing is a denial.
    assert_eq!(validated(&read(&pod()), None)["response"]["allowed"], false);
}

#[test]
fn only_new_ephemeral_containers() {
    let mut review = pod();
    review["request"]["operation"] = "UPDATE".into();
    review["request"]["subResource"] = "ephemeralcontainers".into();
    review["request"]["object"]["spec"]["ephemeralContainers"] = json!([{"name": "old", "image": "debug:1"}]);
    review["request"]["oldObject"] = review["request"]["object"].clone();
    let list = review["request"]["object"]["spec"]["ephemeralContainers"].as_array_mut().unwrap();
    list.push(json!({"name": "new", "image": "debug:2"}));
    let request = read(&review);
    assert_eq!(request.decision, Decision::Judge);
    let images: Vec<_> = request.images.iter().map(|image| image.image.as_str()).collect();
    assert_eq!(images, ["debug:2"]);
}

#[test]
fn what_is_not_a_review() {
    let error = |text: &str| parse(text.as_bytes()).unwrap_err().to_string();
    insta::assert_snapshot!(error("hello"), @"not an AdmissionReview: the body is not JSON: expected value at line 1 column 1; this address answers the Kubernetes API server only");
    insta::assert_snapshot!(error("[]"), @"not an AdmissionReview: `kind` is not `AdmissionReview`; this address answers the Kubernetes API server only");
    insta::assert_snapshot!(error(r#"{"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v2"}"#), @"not an AdmissionReview: `apiVersion` is `admission.k8s.io/v2`, not `admission.k8s.io/v1` or `admission.k8s.io/v1beta1`; this address answers the Kubernetes API server only");
    insta::assert_snapshot!(error(r#"{"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1"}"#), @"not an AdmissionReview: it has no `request`; this address answers the Kubernetes API server only");
    let mut review = pod();
    review["request"]["uid"] = "".into();
    insta::assert_snapshot!(error(&review.to_string()), @"not an AdmissionReview: `request.uid` is missing; this address answers the Kubernetes API server only");
    let long = vec![b' '; seawall_admission::review::MAX_REVIEW + 1];
    assert!(parse(&long).unwrap_err().to_string().contains("more than"));
}

#[test]
fn what_the_api_server_is_told() {
    let target = Target::Url("https://127.0.0.1:8443/".into());
    let list = webhook_configuration(&target, "PEM", &["kube-system".into()]);
    let [mutating, validating] = list["items"].as_array().unwrap().as_slice() else { panic!("two") };
    assert_eq!(mutating["webhooks"][0]["clientConfig"]["url"], "https://127.0.0.1:8443/mutate");
    assert_eq!(
        validating["webhooks"][0]["clientConfig"],
        json!({"url": "https://127.0.0.1:8443/validate", "caBundle": "UEVN"})
    );
    assert_eq!(validating["webhooks"][0]["failurePolicy"], "Fail");
    assert_eq!(
        validating["webhooks"][0]["namespaceSelector"]["matchExpressions"][0]["values"],
        json!(["kube-system"])
    );
    let service = Target::Service { namespace: "seawall".into(), name: "seawall".into(), port: 443 };
    let list = webhook_configuration(&service, "PEM", &[]);
    assert_eq!(list["items"][0]["webhooks"][0]["clientConfig"]["service"]["path"], "/mutate");
}

proptest! {
    #[test]
    fn any_body_is_answered_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&body);
    }

    #[test]
    fn any_change_of_one_byte(at in 0usize..900, with in any::<u8>()) {
        let mut body = pod().to_string().into_bytes();
        let at = at % body.len();
        body[at] = with;
        if let Ok(request) = parse(&body) {
            let judgement = pin_all(&request);
            let _ = validated(&request, Some(&judgement));
        }
    }
}
