//! What verification answers where something is missing, contradictory or changes underway.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::response::Response;

use crate::home::Home;
use crate::server::Item::File;
use crate::server::{Server, image, small, status};

fn with_key() -> Home {
    let home = Home::bare();
    let made = home.run_with(&["key", "generate", "--out", "team"], &[("SEAWALL_PASSWORD", "x")]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    home
}

/// The tag is moved between two requests: only what it meant first is spoken of, by its digest.
#[test]
fn a_tag_that_means_something_else_the_second_time() {
    let home = with_key();
    let (shop, other) = (small(), image(&[File("other", b"image")]));
    let asked = AtomicUsize::new(0);
    let second = other.manifest.clone();
    let server = Server::of(&shop, move |path| {
        let again = path.ends_with("/manifests/1.0") && asked.fetch_add(1, Ordering::SeqCst) > 0;
        again.then(|| Response::new(Body::from(second.clone())))
    });
    let ran = home.run(&["verify", &server.image(), "--key", "team.pub"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(
        ran.stderr.contains(shop.digest.as_str()) && !ran.stderr.contains(other.digest.as_str()),
        "{}",
        ran.stderr
    );
}

#[test]
fn flags_that_leave_open_who_must_have_signed() {
    let home = with_key();
    home.write("root.json", "{}");
    let server = Server::start(|_| status(404));
    let image = server.image();
    let refused = |arguments: &[&str]| {
        let told = home.refused(&[&["verify", &image], arguments].concat());
        told.lines()
            .filter(|line| line.starts_with("error") || line.starts_with("exit"))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let told = [
        refused(&[
            "--certificate-identity",
            "ana@example.com",
            "--certificate-oidc-issuer",
            "https://i.example.com",
        ]),
        refused(&["--key", "team.pub", "--threshold", "2"]),
        refused(&["--key", "team.pub", "--trusted-root", "root.json"]),
        refused(&["--key", "team.pub", "--attestation", "vulns"]),
        refused(&["--key", "awskms:///alias/team"]),
        refused(&["--key", "hashivault://team"]),
        refused(&["--key", "env://NOBODY"]),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    error: a certificate is verified against an authority, and none is given; exit code 2
    error: --threshold 2 of 1 different signers; exit code 2
    error: root.json: the trusted root cannot be read: its version `` is not known; v0.1 and v0.2 are read; exit code 2
    error: invalid value 'vulns' for '--attestation <TYPE>': the predicate type cannot be read: `vulns` is neither one of cyclonedx, vuln, spdx, spdxjson, custom, slsaprovenance, slsaprovenance02, slsaprovenance1, openvex, link nor a URI; exit code 2
    error: keys of AWS KMS are not supported yet; export the public key to verify, and sign with a file or hashivault://; exit code 2
    error: VAULT_ADDR is not set; exit code 2
    error: env://NOBODY: the environment has no such variable, or it is no text; exit code 2
    ");
    assert_eq!(server.requests(), 0, "nothing is asked of a registry before the flags are clear");
}

#[test]
fn rsa_keys_are_imported_not_generated() {
    let home = Home::bare();
    insta::assert_snapshot!(home.refused_with(&["key", "generate", "--algorithm", "rsa"], &[("SEAWALL_PASSWORD", "x")]), @"
    error: RSA keys are not generated
    hint: make one with `openssl genrsa -out rsa.pem 3072` and import it with `seawall key import rsa.pem`
    exit code 2
    ");
    home.write("notes.pem", "hello");
    insta::assert_snapshot!(home.refused_with(&["key", "import", "notes.pem"], &[("SEAWALL_PASSWORD", "x")]), @"
    error: notes.pem: not a private key: it holds no private key (`-----BEGIN PRIVATE KEY-----`); give a plain PEM key: PKCS #8, PKCS #1 (RSA) or SEC 1 (elliptic curve), such as `openssl genpkey` writes
    exit code 2
    ");
}

/// A bundle of Sigstore's conformance suite, offline: certificate, logs, identity.
#[test]
fn a_keyless_signature_of_a_file() {
    let Some(folder) = crate::parts::shared("judges/sigstore-bundles") else { return };
    let home = Home::bare();
    for (name, from) in [
        ("a.txt", "a.txt"),
        ("root.json", "public-good-trusted_root.json"),
        ("bundle.json", "happy-path-v0.3/bundle.sigstore.json"),
    ] {
        std::fs::copy(folder.join(from), home.path(name)).unwrap();
    }
    let given = ["verify-blob", "a.txt", "--bundle", "bundle.json", "--trusted-root", "root.json"];
    let subject = ["--certificate-identity-regexp", "^https://github.com/sigstore-conformance/"];
    let issuer = ["--certificate-oidc-issuer", "https://token.actions.githubusercontent.com"];
    let all = [&given[..], &subject, &issuer, &["--no-ledger"]].concat();
    let ran = home.run(&[&all[..], &["--explain"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let short = |text: &str| {
        let line = |line: &str| line.split(": ").next().unwrap_or_default().trim_end().to_owned();
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(short(&ran.stdout), @"
    a.txt
        ok      certificate
        ok      transparency log key
        ok      inclusion promise
        ok      inclusion proof
        ok      checkpoint
        ok      content of the log entry
        ok      signing time
        ok      certificate chain
        ok      certificate use
        ok      certificate transparency
        ok      identity
        ok      issuer
        ok      signature
        ok      signed content
    ");
    let json = home.run(&[&all[..], &["--format", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["verified"]["time"], "2024-03-19T17:26:26Z");
    assert_eq!(json["verified"]["certificate"]["claims"]["build-trigger"], "workflow_dispatch");

    let refused = |arguments: &[&str]| home.refused(&[&given[..], arguments, &["--no-ledger"]].concat());
    let other = ["--certificate-oidc-issuer", "https://accounts.example.com"];
    let told = refused(&[&subject[..], &other].concat());
    assert!(told.contains("issuer: it is https://token.actions.") && told.ends_with("exit code 1"), "{told}");
    let told = refused(&subject);
    assert!(told.contains("its issuer is not given") && told.ends_with("exit code 2"), "{told}");
    // Without the log nothing says when it was made, and the certificate was valid for ten minutes.
    let told = refused(&[&subject[..], &issuer, &["--private-infrastructure"]].concat());
    assert!(told.contains("certificate chain: valid from 2024-03-19T17:26:26Z until"), "{told}");
}
