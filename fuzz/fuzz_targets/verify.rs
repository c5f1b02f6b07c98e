//! Signatures and attestations that nobody made must not verify.

#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use seawall_signing::{
    Algorithm, Descriptor, Expected, PrivateKey, PublicKey, layout, verify_attestations, verify_signature,
};

fuzz_target!(|data: &[u8]| {
    // The blob is the fuzzer's, and its digest is right: it is read and verified, and must never hold.
    static KEY: LazyLock<PublicKey> =
        LazyLock::new(|| PrivateKey::generate(Algorithm::EcdsaP256).unwrap().public().clone());
    let Some((which, blob)) = data.split_first() else { return };
    let types = [
        "application/vnd.dev.cosign.simplesigning.v1+json",
        "application/vnd.dsse.envelope.v1+json",
        "application/vnd.dev.sigstore.bundle.v0.3+json",
    ];
    let descriptor = Descriptor::of(types[usize::from(*which) % types.len()], blob);
    let manifest = serde_json::json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": descriptor.digest, "size": blob.len()},
        "layers": [{
            "mediaType": descriptor.media_type,
            "digest": descriptor.digest,
            "size": blob.len(),
            "annotations": {"dev.cosignproject.cosign/signature": "MEUCIQD"},
        }],
    });
    let contents = layout::parse(manifest.to_string().as_bytes()).unwrap();
    let stored = layout::read(&contents, &BTreeMap::from([(descriptor.digest, blob)])).unwrap();
    let image = seawall_findings::Digest::from_sha256([7; 32]);
    assert!(verify_signature(&stored, &image, &KEY, &Expected::default()).is_err());
    assert!(verify_attestations(&stored, &image, &KEY, None).unwrap_or_default().is_empty());
});
