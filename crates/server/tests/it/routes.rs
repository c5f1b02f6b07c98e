//! Requests to the router, without a socket.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use seawall_ledger::{Kind, Ledger};
use seawall_server::{OpenReads, State, router};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{TOKEN, digest, entry, state};

async fn send(state: &State, request: Request<Body>) -> Response {
    router(state.clone()).oneshot(request).await.unwrap()
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).header(header::AUTHORIZATION, format!("Bearer {TOKEN}")).body(Body::empty()).unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 22).await.unwrap().to_vec()).unwrap()
}

async fn json(state: &State, path: &str) -> Value {
    let response = send(state, get(path)).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    serde_json::from_str(&text(response).await).unwrap()
}

#[tokio::test]
async fn pages_of_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let (state, ledger) = state(folder.path(), OpenReads::Never).await;
    let page = json(&state, "/api/v1/digests?limit=1").await;
    assert_eq!((page["next"].as_u64(), &page["items"][0]["name"]), (Some(3), &json!("shop:1.1")));
    let page = json(&state, "/api/v1/digests?limit=1&before=3").await;
    assert_eq!(page["items"][0]["state"], "denied");
    assert_eq!(page["items"][0]["kinds"]["gated"], json!({"count": 1, "outcome": "deny"}));
    assert_eq!(json(&state, "/api/v1/digests?q=1.1").await["items"].as_array().unwrap().len(), 1);
    let trail = json(&state, &format!("/api/v1/trail/{}?brief=true", digest(1))).await;
    assert_eq!(trail["items"][0]["omitted"], json!(["report"]));
    assert_eq!(trail["items"][0]["body"], json!({"reference": "shop:1.0", "n": 0.1}));
    assert_eq!(trail["items"].as_array().unwrap().len(), 2);
    assert_eq!(json(&state, "/api/v1/entries/1").await["body"]["report"].as_str().unwrap().len(), 20_000);
    assert_eq!(json(&state, "/api/v1/resolve?q=shop:1.0").await["digest"], digest(1).as_str());
    let walk = json(&state, "/api/v1/verify").await;
    assert_eq!((&walk["whole"], walk["entries"].as_u64()), (&json!(true), Some(3)));
    assert_eq!(walk["head"], ledger.head().await.unwrap().hash);
    assert_eq!(json(&state, &format!("/api/v1/verify?head={}", "0a".repeat(32))).await["whole"], false);
}

#[tokio::test]
async fn every_error_is_a_problem_document() {
    let folder = tempfile::tempdir().unwrap();
    let (state, _) = state(folder.path(), OpenReads::Always).await;
    for (path, status) in [
        ("/api/v1/trail/shop", 400),
        ("/api/v1/digests?limit=many", 400),
        ("/api/v1/entries/99", 404),
        ("/api/v1/entries/x", 400),
        ("/api/v1/resolve?q=nothing", 404),
        ("/api/v1/verify?head=xyz", 400),
        ("/api/v1/nothing", 404),
    ] {
        let response = send(&state, get(path)).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "{path}");
        let problem: Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!(problem["status"], status);
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
}

fn post(token: Option<&str>, body: &Value) -> Request<Body> {
    let request = Request::post("/api/v1/evidence").header(header::CONTENT_TYPE, "application/json");
    let request = match token {
        Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => request,
    };
    request.body(Body::from(body.to_string())).unwrap()
}

#[tokio::test]
async fn only_a_token_writes() {
    let folder = tempfile::tempdir().unwrap();
    let (state, ledger) = state(folder.path(), OpenReads::Always).await;
    let mut body = serde_json::to_value(entry(3, Kind::Built, json!({"reference": "new:1"}))).unwrap();
    for token in [None, Some("wrong"), Some("")] {
        let response = send(&state, post(token, &body)).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(response.headers()[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Bearer"));
    }
    assert_eq!(send(&state, post(Some(TOKEN), &body)).await.status(), StatusCode::CREATED);
    assert_eq!(ledger.head().await.unwrap().seq, 4);
    body["actor"] = json!("x".repeat(2000));
    assert_eq!(send(&state, post(Some(TOKEN), &body)).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    body["actor"] = json!("me");
    body["sequence"] = json!(1);
    assert_eq!(send(&state, post(Some(TOKEN), &body)).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let large = json!("x".repeat(34 << 20));
    assert_eq!(send(&state, post(Some(TOKEN), &large)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(ledger.head().await.unwrap().seq, 4);
}

#[tokio::test]
async fn reading_without_a_token_depends_on_where_from() {
    let folder = tempfile::tempdir().unwrap();
    let loopback = "127.0.0.1:9".parse::<std::net::SocketAddr>().unwrap();
    let elsewhere = "192.0.2.1:9".parse::<std::net::SocketAddr>().unwrap();
    let (state, _) = state(folder.path(), OpenReads::Loopback).await;
    let ask = |peer: Option<std::net::SocketAddr>, host: &str, proxied: bool| {
        let mut request = Request::get("/api/v1/head").header(header::HOST, host);
        if let Some(peer) = peer {
            request = request.extension(axum::extract::ConnectInfo(peer));
        }
        if proxied {
            request = request.header("x-forwarded-for", "192.0.2.1");
        }
        let request = request.body(Body::empty()).unwrap();
        let state = state.clone();
        async move { send(&state, request).await.status().as_u16() }
    };
    assert_eq!(ask(Some(loopback), "127.0.0.1:8440", false).await, 200);
    assert_eq!(ask(Some(loopback), "evil.example.com", false).await, 401);
    assert_eq!(ask(Some(loopback), "localhost", true).await, 401);
    assert_eq!(ask(Some(elsewhere), "localhost", false).await, 401);
    assert_eq!(ask(None, "localhost", false).await, 401);
}

#[tokio::test]
async fn health_metrics_description_and_pages() {
    let folder = tempfile::tempdir().unwrap();
    let (state, _) = state(folder.path(), OpenReads::Always).await;
    state.gauges().register("seawall_sensor_dropped{ring=\"main\"}", "Events lost.", || 2.0);
    json(&state, "/api/v1/verify").await;
    let metrics = text(send(&state, get("/metrics")).await).await;
    for line in [
        "seawall_ledger_entries_total{kind=\"scanned\"} 1",
        "seawall_ledger_entries_total{kind=\"alerted\"} 0",
        "seawall_ledger_digests 2",
        "seawall_ledger_whole 1",
        "# TYPE seawall_sensor_dropped gauge",
        "seawall_sensor_dropped{ring=\"main\"} 2",
    ] {
        assert!(metrics.lines().any(|one| one == line), "{line} is not in\n{metrics}");
    }
    assert_eq!(text(send(&state, get("/healthz")).await).await, "ok\n");
    assert_eq!(text(send(&state, get("/readyz")).await).await, "ready\n");
    let description = json(&state, "/api/v1/openapi.json").await;
    let paths: Vec<_> = description["paths"].as_object().unwrap().keys().cloned().collect();
    for path in ["digests", "trail/{digest}", "evidence", "verify", "stream", "entries/{seq}"] {
        assert!(paths.contains(&format!("/api/v1/{path}")), "{paths:?}");
    }
    for path in ["/", &format!("/digests/{}", digest(1))] {
        let response = send(&state, get(path)).await;
        assert_eq!(response.status(), StatusCode::OK);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(text(response).await.contains("<title>Seawall</title>"));
    }
    assert_eq!(send(&state, get("/assets/nothing.js")).await.status(), StatusCode::NOT_FOUND);
}
