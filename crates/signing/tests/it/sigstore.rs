//! Sigstore's conformance bundles (`../shared/judges/sigstore-bundles`), each with the rules of their README.

use std::path::Path;

use seawall_signing::{
    Bundle, CertificateIdentity, PublicKey, Reason, SigningError, Trust, TrustedRoot, VerifiedBlob,
    verify_blob,
};

use crate::parts::shared;

const IDENTITY: &str = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// Cases that are answered otherwise, each with the reason. There are none.
const DISAGREEMENTS: [(&str, &str); 0] = [];

fn text(case: &Path, name: &str) -> Option<String> {
    std::fs::read_to_string(case.join(name)).ok().map(|text| text.trim().to_owned())
}

fn verify(folder: &Path, case: &Path) -> Result<VerifiedBlob, SigningError> {
    let own = |name: &str, other: &str| {
        std::fs::read(case.join(name)).or_else(|_| std::fs::read(folder.join(other))).unwrap()
    };
    let bundle = Bundle::parse(&std::fs::read(case.join("bundle.sigstore.json")).unwrap())?;
    let root = TrustedRoot::parse(&own("trusted_root.json", "public-good-trusted_root.json"))?;
    let artifact = own("artifact", "a.txt");
    if let Some(pem) = text(case, "key.pub") {
        // A key that is no key is a refusal as well.
        let key = PublicKey::from_pem(&pem)?;
        return verify_blob(&bundle, &artifact, &Trust::logged_key(&key, &root));
    }
    let identity = text(case, "identity").unwrap_or_else(|| IDENTITY.to_owned());
    let issuer = text(case, "issuer").unwrap_or_else(|| ISSUER.to_owned());
    let identity = CertificateIdentity::exact(&identity, &issuer);
    verify_blob(&bundle, &artifact, &Trust::identity(&identity, &root))
}

#[test]
fn every_case_of_sigstore_conformance() {
    let Some(folder) = shared("judges/sigstore-bundles") else { return };
    let mut cases: Vec<_> =
        std::fs::read_dir(&folder).unwrap().flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect();
    cases.sort();
    let mut told = Vec::new();
    let mut disagree = Vec::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        let result = verify(&folder, case);
        if result.is_ok() == name.ends_with("_fail") {
            disagree.push(name.to_owned());
        }
        let step = match &result {
            Ok(_) => "verified".to_owned(),
            Err(SigningError::NoBlobSignature { rejection, .. }) => match &rejection.reason {
                Reason::Step { step, .. } => step.to_string(),
                Reason::OtherKey => "signature".to_owned(),
                other => other.to_string(),
            },
            Err(other) => other.to_string(),
        };
        told.push(format!("{name}: {step}"));
    }
    let listed: Vec<_> = DISAGREEMENTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(disagree, listed, "{}", told.join("\n"));
    assert!(cases.len() >= 39);
    insta::assert_snapshot!(told.join("\n"), @"
    bundle-empty-certificate-chain_fail: document
    bundle-invalid-base64-signature_fail: the message signature cannot be read: not base64: Invalid symbol 33, offset 7.
    bundle-malformed-json_fail: the sigstore bundle cannot be read: EOF while parsing a string at line 1 column 4753
    checkpoint-bad-keyhint_fail: checkpoint
    checkpoint-wrong-roothash_fail: checkpoint
    dsse-mismatch-envelope_fail: content of the log entry
    dsse-mismatch-sig_fail: content of the log entry
    happy-path-intoto-in-dsse-v3: verified
    happy-path-v0.2: verified
    happy-path-v0.3: verified
    inclusion-proof-corrupted-hash_fail: inclusion proof
    intoto-missing-inclusion-proof_fail: inclusion proof
    intoto-tsa-timestamp-outside-cert-validity_fail: certificate chain
    invalid-checkpoint-signature_fail: checkpoint
    invalid-ct-key_fail: certificate transparency
    managed-key-no-key_fail: certificate
    managed-key-wrong-key_fail: not a public key: damaged PEM (PEM Base64 error: invalid Base64 encoding); give a PEM file `PUBLIC KEY` with an ECDSA (P-256, P-384, P-521), Ed25519 or RSA key, such as cosign.pub
    message-digest-mismatch_fail: document
    rekor2-checkpoint-missing-log-signature_fail: checkpoint
    rekor2-checkpoint-missing-origin_fail: checkpoint
    rekor2-checkpoint-missing-root-hash_fail: checkpoint
    rekor2-checkpoint-missing-size_fail: checkpoint
    rekor2-checkpoint-multiple-cosigs: verified
    rekor2-checkpoint-no-matching-signature_fail: checkpoint
    rekor2-checkpoint-two-sigs-cosigned: verified
    rekor2-dsse-happy-path: verified
    rekor2-dsse-mismatch-envelope_fail: content of the log entry
    rekor2-no-inclusion-proof_fail: inclusion proof
    rekor2-timestamp-payload-mismatch_fail: signing time
    rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail: signing time
    rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail: signing time
    rekor2-timestamp-with-embedded-cert: verified
    rekor2-timestamp-with-expired-cert-chain: verified
    rekor2-timestamp-with-incorrect-time_fail: certificate chain
    set-invalid-signature_fail: inclusion promise
    trust-root-tlog-missing-validity-start_fail: the trusted root cannot be read: a part says not from when it is valid (`validFor.start`)
    trust-root-tlog-validity-end-inclusive: verified
    wrong-hashedrekord-cert-and-sig_fail: content of the log entry
    wrong-material_fail: document
    ");
}

/// The bundle is refused for its timestamp alone: without it, the log's time counts, and all other steps hold.
#[test]
fn a_timestamp_outside_of_the_certificate_is_what_refuses() {
    let Some(folder) = shared("judges/sigstore-bundles") else { return };
    let case = folder.join("intoto-tsa-timestamp-outside-cert-validity_fail");
    let mut bundle: serde_json::Value =
        serde_json::from_slice(&std::fs::read(case.join("bundle.sigstore.json")).unwrap()).unwrap();
    bundle["verificationMaterial"].as_object_mut().unwrap().remove("timestampVerificationData").unwrap();
    let bundle = Bundle::parse(bundle.to_string().as_bytes()).unwrap();
    let root = TrustedRoot::parse(&std::fs::read(case.join("trusted_root.json")).unwrap()).unwrap();
    let identity = CertificateIdentity::exact(IDENTITY, ISSUER);
    let artifact = std::fs::read(case.join("artifact")).unwrap();
    let verified = verify_blob(&bundle, &artifact, &Trust::identity(&identity, &root)).unwrap();
    assert_eq!(verified.predicate_type.as_deref(), Some("https://slsa.dev/provenance/v1"));
    let steps: Vec<_> = verified.steps.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(steps.join("\n"), @"
    ok      certificate: https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main
    ok      transparency log key: entry 5450558 of localhost:8000
    ok      inclusion promise: integrated at 2023-02-01T00:00:00Z
    ok      inclusion proof: entry 0 of 1
    ok      checkpoint: signed by localhost:8000 - 66685725041719
    ok      content of the log entry: intoto 0.0.2
    ok      signing time: 2023-02-01T00:00:00Z
    ok      certificate chain: leads to an authority of the trusted root
    ok      certificate use: code signing
    ok      certificate transparency: seen at 2023-02-01T00:00:00Z
    ok      identity: https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main
    ok      issuer: https://token.actions.githubusercontent.com
    ok      signature: by ecdsa-p256 key ee5e8ac97b465f3c7db2bbf11cf1c0c82cb8ba92a49bce913769194c1f75f6e8
    ok      signed content: as asked for
    ");
}

/// What must not hold of a bundle that does: another identity, another issuer, no root for it.
#[test]
fn identities_are_looked_at() {
    let Some(folder) = shared("judges/sigstore-bundles") else { return };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let bundle = Bundle::parse(&read("happy-path-v0.3/bundle.sigstore.json")).unwrap();
    let root = TrustedRoot::parse(&read("public-good-trusted_root.json")).unwrap();
    let artifact = read("a.txt");
    let verify =
        |identity: CertificateIdentity| verify_blob(&bundle, &artifact, &Trust::identity(&identity, &root));
    let pattern = |subject: &str, issuer: &str| {
        CertificateIdentity::new(None, Some(subject), None, Some(issuer)).unwrap()
    };
    let verified =
        verify(pattern("^https://github.com/sigstore-conformance/", "^https://token.actions.")).unwrap();
    let certificate = verified.certificate.unwrap();
    assert_eq!((certificate.subject.as_str(), certificate.issuer.as_str()), (IDENTITY, ISSUER));
    assert_eq!(
        certificate.claims["source-repository-uri"],
        "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon"
    );
    let told: Vec<_> = [
        verify(CertificateIdentity::exact("mallory@example.com", ISSUER)),
        verify(CertificateIdentity::exact(IDENTITY, "https://accounts.example.com")),
        verify(pattern("^sigstore-conformance", ".")),
    ]
    .into_iter()
    .map(|result| result.unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    the file is not signed by mallory@example.com of issuer https://token.actions.githubusercontent.com: identity: it is https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main, not mallory@example.com
    the file is not signed by https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main of issuer https://accounts.example.com: issuer: it is https://token.actions.githubusercontent.com, not https://accounts.example.com
    the file is not signed by /^sigstore-conformance/ of issuer /./: identity: it is https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main, not /^sigstore-conformance/
    ");
    // A root with the authority alone: neither log is known.
    let mut only: serde_json::Value = serde_json::from_slice(&read("public-good-trusted_root.json")).unwrap();
    only["tlogs"] = serde_json::json!([]);
    only["ctlogs"] = serde_json::json!([]);
    let only = TrustedRoot::parse(only.to_string().as_bytes()).unwrap();
    let identity = CertificateIdentity::exact(IDENTITY, ISSUER);
    let trust = Trust::identity(&identity, &only);
    let now = "2024-03-19T17:30:00Z".parse().unwrap();
    let late = "2026-11-24T00:00:00Z".parse().unwrap();
    let told: Vec<_> = [trust, trust.without_log(now), trust.private(late)]
        .iter()
        .map(|trust| verify_blob(&bundle, &artifact, trust).unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    the file is not signed by https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main of issuer https://token.actions.githubusercontent.com: transparency log key: entry 79571823 is of a log that is not in the trusted root
    the file is not signed by https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main of issuer https://token.actions.githubusercontent.com: certificate transparency: the log dd3d306a… that saw it is not in the trusted root
    the file is not signed by https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main of issuer https://token.actions.githubusercontent.com: certificate chain: valid from 2024-03-19T17:26:26Z until 2024-03-19T17:36:26Z, which does not include 2026-11-24T00:00:00Z
    ");
    verify_blob(&bundle, &artifact, &trust.private(now)).unwrap();
}

/// The bundle of a managed key holds with the key that the log's entry names, and with no other.
#[test]
fn a_managed_key_and_its_log_entry() {
    use base64::Engine as _;
    let Some(folder) = shared("judges/sigstore-bundles") else { return };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let text = read("managed-key-no-key_fail/bundle.sigstore.json");
    let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let decode = |text: &serde_json::Value| {
        base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap()
    };
    let body = decode(&value["verificationMaterial"]["tlogEntries"][0]["canonicalizedBody"]);
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let pem = String::from_utf8(decode(&body["spec"]["signature"]["publicKey"]["content"])).unwrap();
    let key = PublicKey::from_pem(&pem).unwrap();
    let root = TrustedRoot::parse(&read("public-good-trusted_root.json")).unwrap();
    let (bundle, artifact) = (Bundle::parse(&text).unwrap(), read("a.txt"));
    let verified = verify_blob(&bundle, &artifact, &Trust::logged_key(&key, &root)).unwrap();
    assert_eq!(bundle.hint().unwrap().len(), 44);
    let steps: Vec<_> = verified.steps.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(steps.join("\n"), @"
    ok      transparency log key: entry 771488337 of rekor.sigstore.dev
    ok      inclusion promise: integrated at 2025-12-18T17:04:39Z
    ok      inclusion proof: entry 649584075 of 649584076
    ok      checkpoint: signed by rekor.sigstore.dev - 1193050959916656506
    ok      content of the log entry: hashedrekord 0.0.1
    ok      timestamp: 2025-12-18T17:04:39Z
    ok      signature: by ecdsa-p256 key 4cb32c4837c6dda8cfb1681efb3fef5f94ffce5b979e6bdb9139302c857af139
    ok      signed content: as asked for
    ");
    let other = seawall_signing::PrivateKey::generate(seawall_signing::Algorithm::default()).unwrap();
    let error = verify_blob(&bundle, &artifact, &Trust::logged_key(other.public(), &root)).unwrap_err();
    assert!(error.to_string().contains("content of the log entry: it is about another key"), "{error}");
    // Without asking for a log, the key alone tells.
    verify_blob(&bundle, &artifact, &Trust::key(&key)).unwrap();
}

/// A log whose key no longer counted proves nothing, and a time that nobody vouches for does not help.
#[test]
fn a_log_key_counts_only_in_its_time() {
    let Some(folder) = shared("judges/sigstore-bundles") else { return };
    let case = folder.join("rekor2-timestamp-with-embedded-cert");
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(case.join(name)).unwrap()).unwrap()
    };
    let (mut bundle, mut root) = (json("bundle.sigstore.json"), json("trusted_root.json"));
    let artifact = std::fs::read(folder.join("a.txt")).unwrap();
    let verify = |bundle: &serde_json::Value, root: &serde_json::Value| {
        let bundle = Bundle::parse(bundle.to_string().as_bytes()).unwrap();
        let root = TrustedRoot::parse(root.to_string().as_bytes()).unwrap();
        let identity = CertificateIdentity::exact(IDENTITY, ISSUER);
        verify_blob(&bundle, &artifact, &Trust::identity(&identity, &root))
    };
    verify(&bundle, &root).unwrap();
    for log in root["tlogs"].as_array_mut().unwrap() {
        log["publicKey"]["validFor"]["end"] = "2025-05-01T00:00:00Z".into();
    }
    let error = verify(&bundle, &root).unwrap_err();
    assert!(error.to_string().contains("did not count when the signature was made"), "{error}");
    bundle["verificationMaterial"]["tlogEntries"][0]["integratedTime"] = "1746000000".into();
    let error = verify(&bundle, &root).unwrap_err();
    assert!(error.to_string().contains("did not count when the signature was made"), "{error}");
}
