//! The adapter against an API server on loopback that speaks the documented forms.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, patch};
use seawall_cluster::{Cluster, ClusterError, Owner};
use serde_json::{Value, json};

const DIGEST: &str = "sha256:3333333333333333333333333333333333333333333333333333333333333333";

type Seen = Arc<Mutex<Vec<(String, Value)>>>;
type Parameters = Query<BTreeMap<String, String>>;

struct Fake {
    seen: Seen,
    cluster: Cluster,
    _folder: tempfile::TempDir,
}

fn failure(code: u16, reason: &str, message: &str) -> (StatusCode, Json<Value>) {
    let body = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code});
    (StatusCode::from_u16(code).unwrap(), Json(body))
}

async fn list(State(seen): State<Seen>, Query(query): Parameters) -> (StatusCode, Json<Value>) {
    seen.lock().unwrap().push(("list".to_owned(), json!(query)));
    if query.get("fieldSelector").is_some_and(|text| text.contains("secret-node")) {
        return failure(
            403,
            "Forbidden",
            "pods is forbidden: User \"system:serviceaccount:seawall:seawall\" cannot list",
        );
    }
    let (name, next) = if query.contains_key("continue") { ("shop-2", "") } else { ("shop-1", "more") };
    let pod = json!({"metadata": {"name": name, "namespace": "store", "uid": "u-1", "labels": {"app": "shop"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "shop", "uid": "x", "controller": true}]},
        "spec": {"nodeName": "node-1", "containers": [{"name": "web", "image": "registry.example.com/shop:1"}],
            "initContainers": [{"name": "prepare", "image": "local/prepare:1"}]},
        "status": {"containerStatuses": [{"name": "web", "image": "registry.example.com/shop:other", "ready": true, "restartCount": 0,
                "imageID": format!("registry.example.com/shop@{DIGEST}"), "containerID": "containerd://abc"}],
            "initContainerStatuses": [{"name": "prepare", "image": "local/prepare:1", "ready": true, "restartCount": 0,
                "imageID": DIGEST}]}});
    (
        StatusCode::OK,
        Json(json!({"kind": "PodList", "apiVersion": "v1", "metadata": {"continue": next}, "items": [pod]})),
    )
}

async fn remove(
    State(seen): State<Seen>,
    Path((_, name)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    seen.lock().unwrap().push((format!("delete {name}"), body));
    match name.as_str() {
        "gone" => failure(404, "NotFound", "pods \"gone\" not found"),
        "again" => failure(409, "Conflict", "the UID in the precondition does not match"),
        _ => (StatusCode::OK, Json(json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name}}))),
    }
}

async fn apply(
    State(seen): State<Seen>,
    Path((plural, name)): Path<(String, String)>,
    Query(query): Parameters,
    body: axum::body::Bytes,
) -> Json<Value> {
    let body: Value = serde_json::from_slice(&body).unwrap();
    seen.lock().unwrap().push((format!("apply {plural}/{name}"), json!(query)));
    Json(body)
}

async fn fake() -> Fake {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let seen: Seen = Seen::default();
    let router = axum::Router::new()
        .route("/api/v1/pods", get(list))
        .route("/api/v1/namespaces/{namespace}/pods/{name}", delete(remove))
        .route("/apis/admissionregistration.k8s.io/v1/{plural}/{name}", patch(apply))
        .with_state(Arc::clone(&seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kubeconfig");
    let config = json!({"apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": format!("http://{address}")}}],
        "users": [{"name": "test", "user": {"token": "not-a-secret"}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}]});
    std::fs::write(&file, config.to_string()).unwrap();
    Fake { seen, cluster: Cluster::connect(Some(&file)).await.unwrap(), _folder: folder }
}

#[tokio::test]
async fn pods_of_a_node_with_the_digests_they_run() {
    let fake = fake().await;
    let pods = fake.cluster.pods(Some("node-1")).await.unwrap();
    assert_eq!(
        pods.iter().map(|pod| pod.name.as_str()).collect::<Vec<_>>(),
        ["shop-1", "shop-2"],
        "all pages"
    );
    let pod = &pods[0];
    assert_eq!(pod.owner, Some(Owner { kind: "ReplicaSet".into(), name: "shop".into() }));
    assert_eq!((pod.node.as_deref(), pod.labels["app"].as_str()), (Some("node-1"), "shop"));
    let [web, prepare] = &pod.containers[..] else { panic!("{pod:?}") };
    assert_eq!(
        (web.image.as_str(), web.container_id.as_deref()),
        ("registry.example.com/shop:1", Some("abc"))
    );
    assert_eq!(web.image_digest.as_ref().unwrap().as_str(), DIGEST);
    assert_eq!(prepare.image_digest, None, "the digest of a configuration is not one of a manifest");
    let seen = fake.seen.lock().unwrap();
    assert_eq!(seen[0].1["fieldSelector"], "spec.nodeName=node-1");
    assert_eq!(seen[1].1["continue"], "more");
}

#[tokio::test]
async fn a_missing_right_is_named() {
    let error = fake().await.cluster.pods(Some("secret-node")).await.unwrap_err();
    assert!(matches!(error, ClusterError::Forbidden { verb: "list", resource: "pods", .. }), "{error:?}");
    assert!(error.to_string().contains("the verb `list` on `pods`"), "{error}");
}

#[tokio::test]
async fn deletion_is_of_one_uid_and_at_once() {
    let fake = fake().await;
    fake.cluster.delete_pod("store", "shop-1", "u-1").await.unwrap();
    let (what, body) = fake.seen.lock().unwrap()[0].clone();
    assert_eq!(what, "delete shop-1");
    assert_eq!(body["gracePeriodSeconds"], 0);
    assert_eq!(body["preconditions"]["uid"], "u-1");
    let error = fake.cluster.delete_pod("store", "gone", "u-1").await.unwrap_err();
    assert!(matches!(error, ClusterError::NotFound(_)), "{error:?}");
    let error = fake.cluster.delete_pod("store", "again", "u-1").await.unwrap_err();
    assert!(matches!(error, ClusterError::Replaced { .. }), "{error:?}");
}

#[tokio::test]
async fn webhooks_are_applied_and_nothing_else() {
    let fake = fake().await;
    let webhook = |kind: &str| json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": "seawall"}, "webhooks": []});
    let both = json!([webhook("ValidatingWebhookConfiguration"), webhook("MutatingWebhookConfiguration")]);
    fake.cluster.apply_webhooks(&both).await.unwrap();
    {
        let seen = fake.seen.lock().unwrap();
        assert_eq!(seen[0].0, "apply validatingwebhookconfigurations/seawall");
        assert_eq!(seen[1].0, "apply mutatingwebhookconfigurations/seawall");
        assert_eq!((&seen[0].1["fieldManager"], &seen[0].1["force"]), (&json!("seawall"), &json!("true")));
    }
    let mixed = json!([webhook("ValidatingWebhookConfiguration"), {"apiVersion": "v1", "kind": "Secret"}]);
    let error = fake.cluster.apply_webhooks(&mixed).await.unwrap_err();
    assert!(matches!(error, ClusterError::Webhooks(_)), "{error:?}");
    assert_eq!(fake.seen.lock().unwrap().len(), 2, "nothing was applied");
}

#[tokio::test]
async fn a_missing_kubeconfig_is_named() {
    let error = Cluster::connect(Some(&PathBuf::from("/nowhere/kubeconfig"))).await.err().unwrap();
    assert!(error.to_string().contains("/nowhere/kubeconfig"), "{error}");
}
