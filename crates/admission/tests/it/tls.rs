//! The webhook over TLS, with its own CA.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seawall_admission::webhook::{Certificates, Lifetimes};
use seawall_admission::{Judge, Judgement, Options, Request, Webhook};
use seawall_policy::Outcome;
use serde_json::Value;

use super::{pin_all, pod, verdict};

/// Answers by the namespace of the request.
struct ByNamespace;

#[async_trait::async_trait]
impl Judge for ByNamespace {
    async fn judge(&self, request: &Request) -> Judgement {
        match request.namespace.as_deref() {
            Some("slow") => tokio::time::sleep(Duration::from_mins(1)).await,
            Some("broken") => panic!("a judge that fails"),
            Some("denied") => return Judgement::new(verdict(Outcome::Deny)),
            _ => {}
        }
        pin_all(request)
    }
}

async fn start(folder: &Path) -> Webhook {
    let mut options = Options::new(
        "127.0.0.1:0".parse().unwrap(),
        folder.into(),
        vec!["127.0.0.1".into(), "localhost".into()],
    );
    options.deadline = Duration::from_millis(300);
    options.check_every = Duration::from_millis(50);
    Webhook::start(options, Arc::new(ByNamespace)).await.unwrap()
}

fn client(ca_pem: &str) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = reqwest::Certificate::from_pem(ca_pem.as_bytes()).unwrap();
    reqwest::Client::builder().tls_certs_only([ca]).timeout(Duration::from_secs(10)).build().unwrap()
}

async fn ask(webhook: &Webhook, path: &str, namespace: &str) -> Value {
    let mut review = pod();
    review["request"]["namespace"] = namespace.into();
    let url = format!("https://{}{path}", webhook.address());
    let response = client(webhook.ca_pem()).post(url).json(&review).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

#[tokio::test]
async fn round_trip() {
    let folder = tempfile::tempdir().unwrap();
    let webhook = start(folder.path()).await;
    let answer = ask(&webhook, "/mutate", "prod").await;
    assert_eq!(answer["response"]["allowed"], true);
    assert!(answer["response"]["patch"].is_string());
    assert_eq!(ask(&webhook, "/mutate", "denied").await["response"]["status"]["code"], 403);

    let began = Instant::now();
    let slow = ask(&webhook, "/validate", "slow").await;
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(slow["response"]["allowed"], false);
    assert!(
        slow["response"]["status"]["message"].as_str().unwrap().contains("no judgement within 300ms"),
        "{slow}"
    );
    assert_eq!(ask(&webhook, "/validate", "broken").await["response"]["allowed"], false);

    let client = client(webhook.ca_pem());
    let base = format!("https://localhost:{}", webhook.address().port());
    let health = client.get(format!("{base}/healthz")).send().await.unwrap();
    assert_eq!(health.text().await.unwrap(), "ok");
    for body in ["", "hello", "{\"kind\":\"Pod\"}"] {
        let response = client.post(format!("{base}/validate")).body(body).send().await.unwrap();
        assert_eq!(response.status(), 400);
        assert!(response.text().await.unwrap().contains("not an AdmissionReview"));
    }
    let long = vec![b'x'; seawall_admission::review::MAX_REVIEW + 1];
    let response = client.post(format!("{base}/validate")).body(long).send().await;
    assert!(response.map_or(true, |response| response.status() == 413));
    webhook.stop().await;
}

#[tokio::test]
async fn a_stranger_is_not_trusted_and_a_new_certificate_needs_no_restart() {
    let folder = tempfile::tempdir().unwrap();
    let webhook = start(folder.path()).await;
    let url = format!("https://{}/healthz", webhook.address());
    let other = tempfile::tempdir().unwrap();
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let stranger = Certificates::ensure(other.path(), &names, Lifetimes::default()).unwrap();
    assert!(client(&stranger.ca_pem).get(&url).send().await.is_err());

    let ca = webhook.ca_pem().to_owned();
    std::fs::remove_file(folder.path().join("serving.pem")).unwrap();
    for file in ["ca.pem", "serving.pem"] {
        std::fs::copy(other.path().join(file), folder.path().join(file)).unwrap();
    }
    let mut reloaded = false;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if client(&stranger.ca_pem).get(&url).send().await.is_ok() {
            reloaded = true;
            break;
        }
    }
    assert!(reloaded);
    assert!(client(&ca).get(&url).send().await.is_err());
}

#[test]
fn certificates_are_kept_renewed_and_closed() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["seawall.seawall.svc".to_owned(), "::1".to_owned()];
    let first = Certificates::ensure(folder.path(), &names, Lifetimes::default()).unwrap();
    assert_eq!(Certificates::ensure(folder.path(), &names, Lifetimes::default()).unwrap(), first);
    let mode = |file: &str| std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("ca.pem"), mode("serving.pem"), mode("ca.crt")), (0o600, 0o600, 0o644));

    // A key that others may read is closed again.
    std::fs::set_permissions(folder.path().join("ca.pem"), std::fs::Permissions::from_mode(0o644)).unwrap();
    // A new name: a new certificate by the same CA.
    let wider = [names[0].clone(), "127.0.0.1".to_owned()];
    let second = Certificates::ensure(folder.path(), &wider, Lifetimes::default()).unwrap();
    assert_eq!(mode("ca.pem"), 0o600);
    assert!(second != first && second.ca_pem == first.ca_pem);
    // Near its end: a new one.
    let early = Lifetimes { renew_before: Duration::from_hours(24 * 100), ..Lifetimes::default() };
    let third = Certificates::ensure(folder.path(), &wider, early).unwrap();
    assert!(third != second && third.ca_pem == first.ca_pem);
    assert!(!format!("{third:?}").contains("PRIVATE"));

    std::fs::write(folder.path().join("ca.pem"), "damaged").unwrap();
    let error = Certificates::ensure(folder.path(), &wider, Lifetimes::default()).unwrap_err().to_string();
    assert!(
        error.contains("ca.pem: it holds no certificate") && error.contains("remove the file"),
        "{error}"
    );
    let bad = Certificates::ensure(
        tempfile::tempdir().unwrap().path(),
        &["bäd name".to_owned()],
        Lifetimes::default(),
    );
    assert!(bad.unwrap_err().to_string().contains("bäd name"));
}
