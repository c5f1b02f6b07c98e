//! Whatever a registry or a file holds, nothing panics.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use seawall_findings::Digest;
use seawall_signing::{
    Algorithm, Bundle, CertificateIdentity, Descriptor, Envelope, Expected, Form, PrivateKey, PublicKey,
    SimpleSigning, Statement, Target, Trust, TrustedRoot, layout, sign_image, verify_blob, verify_signature,
};

use crate::parts::shared;

/// A bundle has one envelope with one signature, and nothing beside it that another reader could prefer.
#[test]
fn bundles_of_more_than_one_meaning_are_refused() {
    let key = PrivateKey::generate(Algorithm::default()).unwrap();
    let good = Bundle::new(key.public(), Envelope::sign(&key, seawall_signing::IN_TOTO, b"{}").unwrap());
    let good = String::from_utf8(good.to_bytes().unwrap()).unwrap();
    Bundle::parse(good.as_bytes()).unwrap();
    let sign = good.rfind("{\"sig\"").unwrap();
    let one = &good[sign..good.len() - 3];
    let changed = [
        good.replace("v0.3+json", "v0.4+json"),
        good.replace(one, &format!("{one},{one}")),
        good.replace(one, ""),
        good.replace("\"dsseEnvelope\":", "\"messageSignature\":{},\"dsseEnvelope\":"),
        good.replace("\"dsseEnvelope\":", "\"dsseEnvelope\":null,\"dsseEnvelope\":"),
    ];
    let told: Vec<_> = changed.iter().map(|t| Bundle::parse(t.as_bytes()).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    the sigstore bundle cannot be read: its version `application/vnd.dev.sigstore.bundle.v0.4+json` is not known; v0.1 to v0.3 are read
    the sigstore bundle cannot be read: its envelope holds 2 signatures, where the format allows one
    the sigstore bundle cannot be read: its envelope holds 0 signatures, where the format allows one
    the sigstore bundle cannot be read: it holds both an envelope and a message signature
    the sigstore bundle cannot be read: the key `dsseEnvelope` stands twice in one object at line 1 column 188
    ");
}

fn feed(bytes: &[u8]) {
    let _ = SimpleSigning::parse(bytes);
    let _ = Statement::parse(bytes);
    let _ = Bundle::parse(bytes);
    let _ = PublicKey::from_der(bytes);
    let _ = TrustedRoot::parse(bytes);
    let _ = PrivateKey::from_pkcs8_der(bytes);
    if let Ok(envelope) = Envelope::parse(bytes) {
        let _ = envelope.payload();
    }
    if let Ok(contents) = layout::parse(bytes) {
        let _ = layout::read::<Vec<u8>>(&contents, &BTreeMap::new());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = PublicKey::from_pem(text);
        let _ = PrivateKey::from_pem(text);
        let _ = TrustedRoot::of_authority(text);
        let _ = PrivateKey::from_encrypted_pem(text, b"");
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        feed(&bytes);
    }

    #[test]
    fn good_documents_with_bytes_changed(at in any::<prop::sample::Index>(), to in any::<u8>(), which in 0..4usize) {
        let key = PrivateKey::from_pkcs8_der(&KEY.with(Clone::clone)).unwrap();
        let image = Descriptor::new(layout::MANIFEST, Digest::from_sha256([7; 32]), 1);
        let target = Target { repository: "r/x", image: &image, existing: None, created: "2026-11-24T10:00:00Z" };
        let form = if which < 2 { Form::Legacy } else { Form::Bundle };
        let signed = sign_image(&key, &target, form, &BTreeMap::new()).unwrap();
        let mut bytes = if which % 2 == 0 { signed.manifest.clone() } else { signed.blobs[1].bytes.clone() };
        let at = at.index(bytes.len());
        let before = bytes[at];
        bytes[at] = to;
        feed(&bytes);
        // A changed signed blob, under a manifest made for it, never verifies as something that it was not.
        if which == 3 && let Ok(bundle) = Bundle::parse(&bytes) {
            let made = layout::bundle(&image, &bundle, "x", "y").unwrap();
            let contents = layout::parse(&made.manifest).unwrap();
            let blobs: BTreeMap<_, _> = made.blobs.iter().map(|b| (b.digest.clone(), &b.bytes)).collect();
            let stored = layout::read(&contents, &blobs).unwrap();
            let verified = verify_signature(&stored, &image.digest, key.public(), &Expected::default());
            if let Ok(verified) = verified {
                let same = Bundle::parse(&signed.blobs[1].bytes).unwrap().envelope().unwrap().payload().unwrap();
                prop_assert_eq!(verified.payload, same, "byte {} from {} to {}", at, before, to);
            }
        }
    }

    #[test]
    fn damaged_keys(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut der = KEY.with(Clone::clone);
        let at = at.index(der.len());
        der[at] = to;
        if let Ok(key) = PrivateKey::from_pkcs8_der(&der) {
            let mut public = key.public().der().to_vec();
            let at = at % public.len();
            public[at] = to;
            let _ = PublicKey::from_der(&public);
        }
    }
}

/// A bundle of the conformance suite that holds, and its root; none where the suite is not here.
fn conformance() -> Option<(serde_json::Value, TrustedRoot, Vec<u8>)> {
    let folder = shared("judges/sigstore-bundles")?;
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let case = "rekor2-timestamp-with-embedded-cert";
    let bundle = serde_json::from_slice(&read(&format!("{case}/bundle.sigstore.json"))).unwrap();
    let root = TrustedRoot::parse(&read(&format!("{case}/trusted_root.json"))).unwrap();
    Some((bundle, root, read("a.txt")))
}

/// One byte of the certificate, the timestamp, the log's entry or its checkpoint is changed: nothing panics, and nothing
/// that is signed by somebody is taken in another form.
#[test]
fn no_byte_of_a_proof_can_be_changed() {
    let Some((bundle, root, artifact)) = conformance() else { return };
    let anybody = CertificateIdentity::new(None, Some("."), None, Some(".")).unwrap();
    let trust = Trust::identity(&anybody, &root);
    let whole = Bundle::parse(bundle.to_string().as_bytes()).unwrap();
    let time = verify_blob(&whole, &artifact, &trust).unwrap().time;
    let places = [
        "/verificationMaterial/certificate/rawBytes",
        "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp",
        "/verificationMaterial/tlogEntries/0/canonicalizedBody",
        "/verificationMaterial/tlogEntries/0/inclusionProof/hashes/0",
        "/messageSignature/signature",
    ];
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..Default::default()
    });
    let strategy = (0..places.len(), any::<prop::sample::Index>(), 1..=255_u8);
    runner
        .run(&strategy, |(place, at, with)| {
            let mut changed = bundle.clone();
            let value = changed.pointer_mut(places[place]).unwrap();
            let mut bytes = STANDARD.decode(value.as_str().unwrap().replace('\n', "")).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= with;
            *value = STANDARD.encode(&bytes).into();
            if let Ok(changed) = Bundle::parse(changed.to_string().as_bytes()) {
                let verified = verify_blob(&changed, &artifact, &trust);
                // A timestamp carries parts that nobody signed: its response's status text, its order of certificates.
                if places[place].contains("imestamp") {
                    let same = |v: &seawall_signing::VerifiedBlob| v.time == time;
                    prop_assert!(verified.as_ref().map_or(true, same), "byte {at}: {verified:?}");
                } else {
                    prop_assert!(verified.is_err(), "byte {at} of {}: {verified:?}", places[place]);
                }
            }
            Ok(())
        })
        .unwrap();
}

thread_local! {
    static KEY: Vec<u8> =
        PrivateKey::generate(Algorithm::default()).unwrap().to_pkcs8_der().unwrap().to_vec();
}
