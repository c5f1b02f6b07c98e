//! Vault's protocol, as its API documentation and real answers show it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seawall_kms::{KeyUri, RemoteKey, VaultSettings};
use seawall_signing::{Algorithm, Bundle, MessageSignature, PrivateKey, Signer as _, Trust, verify_blob};
use serde_json::{Value, json};

const TOKEN: &str = "hvs.test";

/// The keys that the server holds, by name; each has an older version that must not be used.
struct Engine(BTreeMap<&'static str, (PrivateKey, &'static str)>);

type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

fn refuse(status: StatusCode, text: &str) -> (StatusCode, Json<Value>) {
    let errors = if text.is_empty() { json!([]) } else { json!([text]) };
    (status, Json(json!({"errors": errors})))
}

fn entered(headers: &HeaderMap) -> Result<(), (StatusCode, Json<Value>)> {
    let good =
        headers.get("X-Vault-Token").is_some_and(|t| t == TOKEN) && headers.contains_key("X-Vault-Request");
    if good { Ok(()) } else { Err(refuse(StatusCode::FORBIDDEN, "permission denied")) }
}

async fn key(State(engine): State<Arc<Engine>>, Path(name): Path<String>, headers: HeaderMap) -> Answer {
    entered(&headers)?;
    let Some((key, kind)) = engine.0.get(name.as_str()) else {
        return Err(refuse(StatusCode::NOT_FOUND, ""));
    };
    let public = |key: &PrivateKey| match *kind {
        "ed25519" => STANDARD.encode(&key.public().der()[12..]),
        _ => key.public().to_pem().unwrap(),
    };
    let older = PrivateKey::generate(Algorithm::EcdsaP256).unwrap();
    let keys = match *kind {
        "aes256-gcm96" => json!({"1": 1_764_000_000}),
        _ => json!({
            "1": {"creation_time": "2026-01-01T00:00:00Z", "name": "P-256", "public_key": public(&older)},
            "2": {"creation_time": "2026-02-01T00:00:00Z", "name": "P-256", "public_key": public(key)},
        }),
    };
    let latest = if *kind == "aes256-gcm96" { 1 } else { 2 };
    Ok(Json(json!({"request_id": "1", "lease_duration": 0, "renewable": false, "data": {
        "type": kind, "latest_version": latest, "keys": keys, "exportable": false, "supports_signing": true}})))
}

async fn sign(
    State(engine): State<Arc<Engine>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Answer {
    entered(&headers)?;
    let Some((key, kind)) = engine.0.get(name.as_str()) else {
        return Err(refuse(StatusCode::BAD_REQUEST, "signing key not found"));
    };
    let hash = body["hash_algorithm"].as_str().unwrap();
    let right = match *kind {
        "ecdsa-p384" => "sha2-384",
        _ => "sha2-256",
    };
    if (hash, &body["prehashed"], &body["key_version"]) != (right, &json!(false), &json!(2)) {
        return Err(refuse(StatusCode::BAD_REQUEST, "invalid hash algorithm"));
    }
    let message = STANDARD.decode(body["input"].as_str().unwrap()).unwrap();
    let signature = if name == "liar" { vec![1, 2, 3] } else { key.sign(&message).unwrap() };
    Ok(Json(
        json!({"data": {"key_version": 2, "signature": format!("vault:v2:{}", STANDARD.encode(signature))}}),
    ))
}

async fn server() -> String {
    let generate = |algorithm| PrivateKey::generate(algorithm).unwrap();
    let engine = Engine(BTreeMap::from([
        ("team", (generate(Algorithm::EcdsaP256), "ecdsa-p256")),
        ("team-384", (generate(Algorithm::EcdsaP384), "ecdsa-p384")),
        ("team-ed", (generate(Algorithm::Ed25519), "ed25519")),
        ("secret", (generate(Algorithm::EcdsaP256), "aes256-gcm96")),
        ("liar", (generate(Algorithm::EcdsaP256), "ecdsa-p256")),
    ]));
    let app = Router::new()
        .route("/v1/keys-of-ours/keys/{name}", get(key))
        .route("/v1/keys-of-ours/sign/{name}", post(sign))
        .with_state(Arc::new(engine));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn settings(address: &str, token: &str) -> VaultSettings {
    VaultSettings::from_environment(|name| match name {
        "VAULT_ADDR" => Some(address.to_owned()),
        "VAULT_TOKEN" => Some(token.to_owned()),
        "TRANSIT_SECRET_ENGINE_PATH" => Some("/keys-of-ours/".to_owned()),
        _ => None,
    })
    .unwrap()
}

async fn open(address: &str, name: &str, token: &str) -> Result<RemoteKey, seawall_kms::KmsError> {
    let uri: KeyUri = format!("hashivault://{name}").parse().unwrap();
    RemoteKey::open(&uri, settings(address, token)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_vault_sign() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let address = server().await;
    for name in ["team", "team-384", "team-ed"] {
        let key = open(&address, name, TOKEN).await.unwrap();
        let message = MessageSignature::sign(&key, b"a file").unwrap();
        let bundle = Bundle::of_message(key.public(), message);
        verify_blob(&bundle, b"a file", &Trust::key(key.public())).unwrap();
        assert!(!format!("{key:?}").contains(TOKEN));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_vault_refuses_is_said() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let address = server().await;
    let mut told = Vec::new();
    for (name, token) in [("nobody", TOKEN), ("team", "hvs.other"), ("secret", TOKEN)] {
        told.push(open(&address, name, token).await.unwrap_err().to_string());
    }
    let liar = open(&address, "liar", TOKEN).await.unwrap();
    told.push(liar.sign(b"x").unwrap_err().to_string());
    let unset = VaultSettings::from_environment(|_| None).unwrap_err();
    told.push(unset.to_string());
    insta::assert_snapshot!(told.join("\n").replace(&address, "http://vault"), @"
    http://vault/v1/keys-of-ours/keys/nobody answered 404
    http://vault/v1/keys-of-ours/keys/team answered 403: permission denied
    the answer of http://vault/v1/keys-of-ours/keys/secret cannot be used: a key of type `aes256-gcm96` has no public half
    the private key could not sign: the answer of http://vault/v1/keys-of-ours/sign/liar cannot be used: its signature does not verify with its own public key; check that the key file is whole
    VAULT_ADDR is not set
    ");
    // Nobody there.
    assert!(open("http://127.0.0.1:1", "team", TOKEN).await.is_err());
}
