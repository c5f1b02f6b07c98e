//! Real cosign in both directions, both layouts, through a real registry.

use std::collections::BTreeMap;

use seawall_signing::{
    Algorithm, Expected, Form, Format, PrivateKey, PublicKey, Reason, SigningError, Target, layout,
    predicate, sign_attestation, sign_image, verify_attestations, verify_signature,
};
use serde_json::json;

use crate::parts::{Cosign, PASSPHRASE, Registry};

const LOCAL: [&str; 3] = ["--use-signing-config=false", "--tlog-upload=false", "--allow-http-registry"];
const OFFLINE: [&str; 2] = ["--insecure-ignore-tlog=true", "--allow-http-registry"];

fn bundle_flag(form: Form) -> &'static str {
    if form == Form::Bundle { "--new-bundle-format=true" } else { "--new-bundle-format=false" }
}

/// Both parts, with one of our keys as `NAME.key` and `NAME.pub` in cosign's folder.
fn parts() -> Option<(Cosign, Registry)> {
    Some((Cosign::find()?, Registry::start()?))
}

fn our_key(cosign: &Cosign, name: &str, algorithm: Algorithm) -> PrivateKey {
    let key = PrivateKey::generate(algorithm).unwrap();
    cosign.write(&format!("{name}.key"), key.to_encrypted_pem(PASSPHRASE.as_bytes()).unwrap());
    cosign.write(&format!("{name}.pub"), key.public().to_pem().unwrap());
    key
}

fn their_key(cosign: &Cosign, name: &str) -> PublicKey {
    cosign.ok(&["generate-key-pair", "--output-key-prefix", name]);
    PublicKey::from_pem(&cosign.read(&format!("{name}.pub"))).unwrap()
}

#[test]
fn key_files_in_both_directions() {
    let Some(cosign) = Cosign::find() else { return };
    let public = their_key(&cosign, "theirs");
    let file = cosign.read("theirs.key");
    let read = PrivateKey::from_encrypted_pem(&file, PASSPHRASE.as_bytes()).unwrap();
    assert_eq!(read.public(), &public);
    assert!(matches!(PrivateKey::from_encrypted_pem(&file, b"no"), Err(SigningError::Passphrase)));

    cosign.write("message", "a message");
    for algorithm in [Algorithm::EcdsaP256, Algorithm::EcdsaP384, Algorithm::EcdsaP521, Algorithm::Ed25519] {
        let key = our_key(&cosign, "ours", algorithm);
        assert_eq!(
            cosign.ok(&["public-key", "--key", "ours.key"]).trim(),
            key.public().to_pem().unwrap().trim()
        );
        let sign = ["sign-blob", "--key", "ours.key", "--use-signing-config=false", "--tlog-upload=false"];
        let legacy = ["--new-bundle-format=false", "--output-signature", "message.sig", "--yes", "message"];
        cosign.ok(&[&sign[..], &legacy[..]].concat());
        let text = cosign.read("message.sig");
        let signature = base64(text.trim());
        key.public().verify(b"a message", &signature).unwrap();
    }

    let key = our_key(&cosign, "ours", Algorithm::EcdsaP256);
    cosign.write("ours.sig", encode(&key.sign(b"a message").unwrap()));
    let verify =
        ["verify-blob", "--key", "ours.pub", "--signature", "ours.sig", "--insecure-ignore-tlog=true"];
    cosign.ok(&[&verify[..], &["--new-bundle-format=false", "message"]].concat());
}

#[test]
fn cosign_verifies_what_we_sign_and_attest() {
    let Some((cosign, registry)) = parts() else { return };
    let key = our_key(&cosign, "ours", Algorithm::EcdsaP256);
    our_key(&cosign, "other", Algorithm::EcdsaP256);
    for form in [Form::Legacy, Form::Bundle] {
        let name = format!("ours-{form:?}").to_lowercase();
        let image = registry.image(&name);
        let repository = format!("{}/{name}", registry.host);
        let at = format!("{repository}@{}", image.digest);
        let target = Target {
            repository: &repository,
            image: &image,
            existing: None,
            created: "2026-11-24T10:00:00Z",
        };
        let annotations = BTreeMap::from([("env".to_owned(), "prod & <dev>".to_owned())]);
        registry.push(&name, &sign_image(&key, &target, form, &annotations).unwrap());
        let verify = |key: &str, extra: &[&str]| {
            let args =
                [&["verify", "--key", key, bundle_flag(form)], &OFFLINE[..], extra, &[at.as_str()]].concat();
            cosign.run(&args)
        };
        let good = verify("ours.pub", &["-a", "env=prod & <dev>"]);
        assert!(good.status.success(), "{form:?}: {}", String::from_utf8_lossy(&good.stderr));
        assert!(!verify("ours.pub", &["-a", "env=test"]).status.success());
        assert!(!verify("other.pub", &[]).status.success());

        let scan = predicate::Scan {
            scanner: "https://seawall.dev",
            version: "0.1.0",
            started: "2026-11-24T09:59:58Z",
            finished: "2026-11-24T10:00:00Z",
            ..predicate::Scan::default()
        };
        let claims = [
            ("vuln", predicate::VULN, predicate::vuln(&scan, &json!({"findings": []}))),
            ("cyclonedx", predicate::CYCLONEDX, json!({"bomFormat": "CycloneDX", "specVersion": "1.6"})),
            ("https://example.com/review/v1", "https://example.com/review/v1", json!({"by": "<ana & ben>"})),
        ];
        for (short, kind, claim) in claims {
            let existing = registry.manifest(&name, &layout::attestation_tag(&image.digest));
            let target = Target { existing: existing.as_deref(), ..target };
            registry.push(&name, &sign_attestation(&key, &target, form, kind, claim).unwrap());
            let args = ["verify-attestation", "--key", "ours.pub", "--type", short, bundle_flag(form)];
            cosign.ok(&[&args[..], &OFFLINE[..], &[at.as_str()]].concat());
        }
        let stored = registry.stored(&name, &image.digest);
        assert_eq!(verify_attestations(&stored, &image.digest, key.public(), None).unwrap().len(), 3);
        verify_signature(&stored, &image.digest, key.public(), &Expected::default()).unwrap();
    }
}

/// Cosign verifies SHA-256 only, unless it is told the hash; Ed25519 it reads pure, which is what we write.
#[test]
fn cosign_verifies_our_other_algorithms() {
    let Some((cosign, registry)) = parts() else { return };
    let kinds =
        [(Algorithm::EcdsaP384, "sha384"), (Algorithm::EcdsaP521, "sha512"), (Algorithm::Ed25519, "sha256")];
    for (algorithm, hash) in kinds {
        let name = algorithm.name();
        let (key, image) = (our_key(&cosign, name, algorithm), registry.image(name));
        let repository = format!("{}/{name}", registry.host);
        let at = format!("{repository}@{}", image.digest);
        let target = Target {
            repository: &repository,
            image: &image,
            existing: None,
            created: "2026-11-24T10:00:00Z",
        };
        for form in [Form::Legacy, Form::Bundle] {
            registry.push(name, &sign_image(&key, &target, form, &BTreeMap::new()).unwrap());
            let public = format!("{name}.pub");
            let verify =
                ["verify", "--key", &public, "--signature-digest-algorithm", hash, bundle_flag(form)];
            cosign.ok(&[&verify[..], &OFFLINE[..], &[at.as_str()]].concat());
        }
    }
}

#[test]
fn we_verify_what_cosign_signs_and_attests() {
    let Some((cosign, registry)) = parts() else { return };
    let (theirs, other) = (their_key(&cosign, "theirs"), their_key(&cosign, "other"));
    cosign.write(
        "bom.json",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-11-24T10:00:00Z"}}"#,
    );
    for (form, format) in [(Form::Legacy, Format::SimpleSigning), (Form::Bundle, Format::Bundle)] {
        let name = format!("theirs-{form:?}").to_lowercase();
        let image = registry.image(&name);
        let at = format!("{}/{name}@{}", registry.host, image.digest);
        let sign = ["sign", "--key", "theirs.key", "--yes", "-a", "env=prod", bundle_flag(form)];
        cosign.ok(&[&sign[..], &LOCAL[..], &[at.as_str()]].concat());
        let attest =
            ["attest", "--key", "theirs.key", "--yes", "--type", "cyclonedx", "--predicate", "bom.json"];
        cosign.ok(&[&attest[..], &[bundle_flag(form)], &LOCAL[..], &[at.as_str()]].concat());
        let stored = registry.stored(&name, &image.digest);
        assert_eq!(stored.len(), 2);
        let verified = verify_signature(&stored, &image.digest, &theirs, &Expected::default()).unwrap();
        assert_eq!((verified.format, verified.annotations["env"].as_str()), (format, "prod"));
        assert!(verify_signature(&stored, &image.digest, &other, &Expected::default()).is_err());
        let found = verify_attestations(&stored, &image.digest, &theirs, Some(predicate::CYCLONEDX)).unwrap();
        assert_eq!(found[0].timestamp.as_deref(), Some("2026-11-24T10:00:00Z"));
        assert!(verify_attestations(&stored, &image.digest, &other, None).is_err());
    }
}

#[test]
fn signatures_of_both_programs_share_a_tag() {
    let Some((cosign, registry)) = parts() else { return };
    let (theirs, ours) = (their_key(&cosign, "theirs"), our_key(&cosign, "ours", Algorithm::EcdsaP256));
    let image = registry.image("shared");
    let repository = format!("{}/shared", registry.host);
    let at = format!("{repository}@{}", image.digest);
    let legacy = bundle_flag(Form::Legacy);
    cosign.ok(&[&["sign", "--key", "theirs.key", "--yes", legacy], &LOCAL[..], &[at.as_str()]].concat());
    let existing = registry.manifest("shared", &layout::signature_tag(&image.digest));
    let target =
        Target { repository: &repository, image: &image, existing: existing.as_deref(), created: "" };
    registry.push("shared", &sign_image(&ours, &target, Form::Legacy, &BTreeMap::new()).unwrap());
    // And once more by cosign, over what we wrote.
    let third = their_key(&cosign, "third");
    cosign.ok(&[&["sign", "--key", "third.key", "--yes", legacy], &LOCAL[..], &[at.as_str()]].concat());
    let stored = registry.stored("shared", &image.digest);
    assert_eq!(stored.len(), 3);
    for (name, key) in [("theirs.pub", &theirs), ("ours.pub", ours.public()), ("third.pub", &third)] {
        verify_signature(&stored, &image.digest, key, &Expected::default()).unwrap();
        cosign.ok(&[&["verify", "--key", name, legacy], &OFFLINE[..], &[at.as_str()]].concat());
    }
}

/// The difference that Seawall makes: cosign 3.1.3 `verify` answers 0 for an image that nobody signed.
#[test]
fn an_attestation_alone_is_a_signature_to_cosign_and_not_to_us() {
    let Some((cosign, registry)) = parts() else { return };
    let key = our_key(&cosign, "ours", Algorithm::EcdsaP256);
    let image = registry.image("attested");
    let at = format!("{}/attested@{}", registry.host, image.digest);
    cosign.write("bom.json", r#"{"bomFormat":"CycloneDX","specVersion":"1.6"}"#);
    let attest = ["attest", "--key", "ours.key", "--yes", "--type", "cyclonedx", "--predicate", "bom.json"];
    cosign.ok(&[&attest[..], &LOCAL[..], &[at.as_str()]].concat());
    cosign.ok(&[&["verify", "--key", "ours.pub"], &OFFLINE[..], &[at.as_str()]].concat());

    let stored = registry.stored("attested", &image.digest);
    let error = verify_signature(&stored, &image.digest, key.public(), &Expected::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("an attestation of type https://cyclonedx.org/bom, which is not a signature")
    );
    let SigningError::NoSignature { rejected, .. } = error else { panic!("{error}") };
    assert_eq!(rejected[0].reason, Reason::NotASignature(predicate::CYCLONEDX.to_owned()));
    verify_attestations(&stored, &image.digest, key.public(), Some(predicate::CYCLONEDX)).unwrap();
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
