//! Requests that are no AdmissionReview.

use std::io::BufRead as _;
use std::process::{Child, Stdio};

use crate::home::Home;
use crate::policies::GOOD;

fn admit(review: &str) -> String {
    let home = Home::new();
    home.write("policy.yaml", GOOD);
    home.write("review.json", review);
    home.refused(&["admit", "review.json", "--policy", "policy.yaml"])
}

#[test]
fn what_is_no_review() {
    insta::assert_snapshot!(admit("<html>"), @r"
    error: not an AdmissionReview: the body is not JSON: expected value at line 1 column 1; this address answers the Kubernetes API server only
    exit code 2
    ");
    insta::assert_snapshot!(admit(r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"shop"}}"#), @r"
    error: not an AdmissionReview: `kind` is not `AdmissionReview`; this address answers the Kubernetes API server only
    exit code 2
    ");
    insta::assert_snapshot!(admit(r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}"#), @r"
    error: not an AdmissionReview: it has no `request`; this address answers the Kubernetes API server only
    exit code 2
    ");
    insta::assert_snapshot!(admit(""), @r"
    error: not an AdmissionReview: the body is not JSON: EOF while parsing a value at line 1 column 0; this address answers the Kubernetes API server only
    exit code 2
    ");
}

#[test]
fn a_file_that_is_not_there() {
    let home = Home::new();
    home.write("policy.yaml", GOOD);
    insta::assert_snapshot!(home.refused(&["admit", "gone.json", "--policy", "policy.yaml"]), @r"
    error: gone.json: No such file or directory (os error 2)
    exit code 2
    ");
}

/// Killed when dropped.
struct Up(Child);

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the server with its webhook and nothing else; the webhook's address.
fn up(home: &Home) -> (Up, String) {
    home.write("policy.yaml", GOOD);
    home.write(
        "seawall.yaml",
        "policies: [policy.yaml]\nserver: {listen: '127.0.0.1:0'}\nwebhook: {listen: '127.0.0.1:0'}\nsensor: {enabled: false}\n",
    );
    let mut child = home.command(&["up"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = std::io::BufReader::new(child.stderr.take().unwrap()).lines();
    let up = Up(child);
    let lines: Vec<String> =
        reader.by_ref().map_while(Result::ok).take_while(|line| line != "ready").collect();
    // What it says later must have somewhere to go.
    std::thread::spawn(move || reader.for_each(drop));
    let address = lines.iter().find_map(|line| {
        let address = &line[line.find("https://")?..];
        address.split(',').next().map(str::to_owned)
    });
    (up, address.unwrap_or_else(|| panic!("no webhook: {lines:?}")))
}

#[tokio::test]
async fn the_webhook_says_what_it_is() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let home = Home::new();
    let (_up, address) = up(&home);
    let authority = std::fs::read(home.path("../data/seawall/webhook/ca.crt")).unwrap();
    let authority = reqwest::Certificate::from_pem(&authority).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
    let mut said = Vec::new();
    for path in ["validate", "mutate"] {
        for body in ["<html>", r#"{"apiVersion":"v1","kind":"Pod"}"#] {
            let answer = client.post(format!("{address}/{path}")).body(body).send().await.unwrap();
            said.push(format!("{path} {}: {}", answer.status(), answer.text().await.unwrap().trim()));
        }
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    validate 400 Bad Request: not an AdmissionReview: the body is not JSON: expected value at line 1 column 1; this address answers the Kubernetes API server only
    validate 400 Bad Request: not an AdmissionReview: `kind` is not `AdmissionReview`; this address answers the Kubernetes API server only
    mutate 400 Bad Request: not an AdmissionReview: the body is not JSON: expected value at line 1 column 1; this address answers the Kubernetes API server only
    mutate 400 Bad Request: not an AdmissionReview: `kind` is not `AdmissionReview`; this address answers the Kubernetes API server only
    ");
    let verified = home.run(&["trail", "--verify"]);
    assert!(verified.stdout.starts_with("0 entries"), "evidence was written: {}", verified.stdout);
}
