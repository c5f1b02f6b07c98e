//! Signing and verifying without a registry: round trips, and everything that must not count.

use std::collections::BTreeMap;

use seawall_findings::Digest;
use seawall_signing::{
    Algorithm, Artifact, Descriptor, Expected, Form, PrivateKey, SigningError, Stored, Target, layout,
    limits, predicate, sign_attestation, sign_image, verify_attestations, verify_signature,
};
use serde_json::json;

fn key() -> PrivateKey {
    PrivateKey::generate(Algorithm::default()).unwrap()
}

fn image(seed: u8) -> Descriptor {
    Descriptor::new(layout::MANIFEST, Digest::from_sha256([seed; 32]), 412)
}

fn target<'a>(image: &'a Descriptor, existing: Option<&'a [u8]>) -> Target<'a> {
    Target { repository: "registry.example.com/shop", image, existing, created: "2026-11-24T10:00:00Z" }
}

/// What a registry that holds only this artifact gives back.
fn stored(artifact: &Artifact) -> Vec<Stored> {
    let contents = layout::parse(&artifact.manifest).unwrap();
    let blobs: BTreeMap<_, _> = artifact.blobs.iter().map(|b| (b.digest.clone(), &b.bytes)).collect();
    layout::read(&contents, &blobs).unwrap()
}

#[test]
fn both_forms_and_every_algorithm_come_back() {
    for algorithm in [Algorithm::EcdsaP256, Algorithm::EcdsaP384, Algorithm::EcdsaP521, Algorithm::Ed25519] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let image = image(1);
        for form in [Form::Legacy, Form::Bundle] {
            let annotations = BTreeMap::from([("build".to_owned(), "<7>".to_owned())]);
            let signed = stored(&sign_image(&key, &target(&image, None), form, &annotations).unwrap());
            let expected = Expected { annotations: annotations.clone(), ..Expected::default() };
            let verified = verify_signature(&signed, &image.digest, key.public(), &expected).unwrap();
            assert_eq!((verified.key, verified.annotations), (key.id(), annotations));
            let scan = predicate::Scan { finished: "2026-11-24T09:59:00Z", ..predicate::Scan::default() };
            let claim = predicate::vuln(&scan, &json!({"findings": 0}));
            let made =
                sign_attestation(&key, &target(&image, None), form, predicate::VULN, claim.clone()).unwrap();
            let found = verify_attestations(&stored(&made), &image.digest, key.public(), None).unwrap();
            assert_eq!(
                (&found[0].predicate, found[0].timestamp.as_deref()),
                (&claim, Some("2026-11-24T09:59:00Z"))
            );
        }
    }
}

#[test]
fn what_does_not_count_is_explained() {
    let (ours, other, shop, rogue) = (key(), key(), image(1), image(2));
    let none = BTreeMap::new();
    let mut all = stored(&sign_image(&other, &target(&shop, None), Form::Legacy, &none).unwrap());
    all.extend(stored(&sign_image(&ours, &target(&rogue, None), Form::Bundle, &none).unwrap()));
    let bom = predicate::cyclonedx(json!({"bomFormat": "CycloneDX", "specVersion": "1.6"})).unwrap();
    all.extend(stored(
        &sign_attestation(&ours, &target(&shop, None), Form::Bundle, predicate::CYCLONEDX, bom).unwrap(),
    ));
    let error = verify_signature(&all, &shop.digest, ours.public(), &Expected::default()).unwrap_err();
    let SigningError::NoSignature { rejected, .. } = &error else { panic!("{error}") };
    let reasons: Vec<_> = rejected.iter().map(|r| r.reason.to_string()).collect();
    insta::assert_snapshot!(reasons.join("\n"), @"
    made by another key, or changed afterwards
    made for sha256:0202020202020202020202020202020202020202020202020202020202020202
    an attestation of type https://cyclonedx.org/bom, which is not a signature
    ");
    let error = verify_attestations(&all, &shop.digest, ours.public(), Some(predicate::VULN)).unwrap_err();
    assert!(error.to_string().contains(predicate::CYCLONEDX), "{error}");
    assert!(sign_attestation(&ours, &target(&shop, None), Form::Bundle, predicate::SIGN, json!({})).is_err());
}

#[test]
fn a_changed_payload_or_blob_is_refused() {
    let (key, image) = (key(), image(1));
    let artifact = sign_image(&key, &target(&image, None), Form::Legacy, &BTreeMap::new()).unwrap();
    let contents = layout::parse(&artifact.manifest).unwrap();
    let wanted = contents.wanted()[0].digest.clone();
    let mut bytes = artifact.blobs[1].bytes.clone();
    bytes[40] ^= 1;
    // The registry serves other bytes than the manifest names …
    let error = layout::read(&contents, &BTreeMap::from([(wanted.clone(), bytes.clone())])).unwrap_err();
    assert!(matches!(error, SigningError::Blob { .. }), "{error}");
    let missing = layout::read::<Vec<u8>>(&contents, &BTreeMap::new()).unwrap();
    assert!(matches!(missing[..], [Stored::Unreadable { .. }]));
    // … or somebody writes a manifest that names the changed bytes, with the old signature.
    let [Stored::Signature { signature, .. }] = &stored(&artifact)[..] else { panic!() };
    let forged = layout::legacy_signature(None, &image.digest, bytes, signature).unwrap();
    assert!(verify_signature(&stored(&forged), &image.digest, key.public(), &Expected::default()).is_err());
}

#[test]
fn former_signatures_are_kept_and_the_same_one_is_not_doubled() {
    let (first, second, image) = (key(), key(), image(1));
    let none = BTreeMap::new();
    let one = sign_image(&first, &target(&image, None), Form::Legacy, &none).unwrap();
    let two = sign_image(&second, &target(&image, Some(&one.manifest)), Form::Legacy, &none).unwrap();
    let contents = layout::parse(&two.manifest).unwrap();
    assert_eq!(contents.wanted().len(), 1, "both sign the same payload");
    for key in [&first, &second] {
        verify_signature(&stored(&two), &image.digest, key.public(), &Expected::default()).unwrap();
    }
    let again = sign_image(&first, &target(&image, Some(&two.manifest)), Form::Legacy, &none).unwrap();
    assert_eq!((again.manifest, again.blobs.len()), (two.manifest, 0));
    let index =
        br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
    assert!(sign_image(&first, &target(&image, Some(index)), Form::Legacy, &none).is_err());
}

#[test]
fn thousands_of_signatures_are_bounded_and_an_unreadable_one_hides_no_other() {
    let (key, image) = (key(), image(1));
    let good = sign_image(&key, &target(&image, None), Form::Legacy, &BTreeMap::new()).unwrap();
    let mut manifest: serde_json::Value = serde_json::from_slice(&good.manifest).unwrap();
    let layer = manifest["layers"][0].clone();
    let mut junk = layer.clone();
    junk["annotations"] = json!({});
    let mut foreign = layer.clone();
    foreign["mediaType"] = "application/x-tar".into();
    let mut huge = layer.clone();
    huge["size"] = (limits::PAYLOAD_BYTES + 1).into();
    manifest["layers"] = json!([junk, foreign, huge, layer]);
    let mixed = Artifact { manifest: manifest.to_string().into_bytes(), ..good.clone() };
    verify_signature(&stored(&mixed), &image.digest, key.public(), &Expected::default()).unwrap();
    manifest["layers"] = vec![layer; 300].into();
    let error = layout::parse(manifest.to_string().as_bytes()).unwrap_err();
    insta::assert_snapshot!(error, @"the manifest of signatures holds 300 layers, more than the 256 that are accepted; remove old signatures with `cosign clean`, and sign again");
}
