//! Registries as cosign 3.1.3 left them, and what cosign answered (`../shared/judges/cosign/golden`).

use std::collections::BTreeMap;

use seawall_findings::Digest;
use seawall_signing::{
    Expected, Form, Format, PrivateKey, PublicKey, Reason, SigningError, Stored, Target, layout, predicate,
    sign_image, verify_attestations, verify_signature,
};
use serde_json::Value;

use crate::parts::shared;

pub(crate) struct Dump(Value, std::path::PathBuf);

impl Dump {
    pub(crate) fn open(name: &str) -> Option<Self> {
        let folder = shared("judges/cosign/golden")?;
        Some(Self(serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap(), folder))
    }

    pub(crate) fn key(&self, name: &str) -> PublicKey {
        PublicKey::from_pem(
            &std::fs::read_to_string(self.1.join("keys").join(name).join("cosign.pub")).unwrap(),
        )
        .unwrap()
    }

    fn tag(&self, image: &str) -> Digest {
        self.0["tags"][image].as_str().unwrap().parse().unwrap()
    }

    fn manifest(&self, digest: &str) -> &str {
        self.0["mans"][digest][1].as_str().unwrap()
    }

    fn blob(&self, digest: &str) -> Vec<u8> {
        self.0["blobs"][digest].as_str().unwrap().chars().map(|c| u8::try_from(c).unwrap()).collect()
    }

    fn read(&self, manifest: &str) -> Vec<Stored> {
        let contents = layout::parse(manifest.as_bytes()).unwrap();
        let blobs: BTreeMap<_, _> =
            contents.wanted().into_iter().map(|d| (d.digest.clone(), self.blob(d.digest.as_str()))).collect();
        layout::read(&contents, &blobs).unwrap()
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.1
    }

    /// The same, with none where there is no such tag.
    pub(crate) fn find(&self, image: &str) -> Option<(Digest, Vec<Stored>)> {
        self.0["tags"][image].is_string().then(|| self.stored(image))
    }

    /// All that is stored beside an image: legacy tags, and manifests with it as their subject.
    fn stored(&self, image: &str) -> (Digest, Vec<Stored>) {
        let digest = self.tag(image);
        let repository = image.rsplit_once(':').unwrap().0;
        let mut all = Vec::new();
        for tag in [layout::signature_tag(&digest), layout::attestation_tag(&digest)] {
            if let Some(at) = self.0["tags"][format!("{repository}:{tag}")].as_str() {
                all.extend(self.read(self.manifest(at)));
            }
        }
        for manifest in self.0["mans"].as_object().unwrap().values() {
            let text = manifest[1].as_str().unwrap();
            let parsed: Value = serde_json::from_str(text).unwrap();
            if parsed["subject"]["digest"] == digest.as_str()
                && layout::is_ours(parsed["artifactType"].as_str().unwrap())
            {
                all.extend(self.read(text));
            }
        }
        (digest, all)
    }
}

fn reasons(error: SigningError) -> Vec<Reason> {
    match error {
        SigningError::NoSignature { rejected, .. } | SigningError::NoAttestation { rejected, .. } => {
            rejected.into_iter().map(|r| r.reason).collect()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn every_signature_is_read_by_its_own_key_only() {
    let Some(dump) = Dump::open("registry.json") else { return };
    for key in ["p256", "p384", "p521", "rsa2048", "ed25519"] {
        for (layout, format) in [("classic", Format::SimpleSigning), ("bundle", Format::Bundle)] {
            let (digest, stored) = dump.stored(&format!("gold/{key}-{layout}:v1"));
            let env = |v: &str| BTreeMap::from([("env".to_owned(), v.to_owned())]);
            let prod = Expected { annotations: env("prod"), ..Expected::default() };
            let verified = verify_signature(&stored, &digest, &dump.key(key), &prod).unwrap();
            assert_eq!((verified.format, verified.key), (format, dump.key(key).id()), "{key} {layout}");
            let dev = Expected { annotations: env("dev"), ..Expected::default() };
            let error = verify_signature(&stored, &digest, &dump.key(key), &dev).unwrap_err();
            assert!(matches!(reasons(error)[..], [Reason::Annotation { .. }]), "{key} {layout}");
            let error =
                verify_signature(&stored, &digest, &dump.key("other"), &Expected::default()).unwrap_err();
            assert_eq!(reasons(error), [Reason::OtherKey], "{key} {layout}");
        }
    }
}

#[test]
fn a_signature_moved_to_another_image_does_not_count() {
    let Some(dump) = Dump::open("registry.json") else { return };
    for image in ["gold/p256-classic:v2", "gold/p256-bundle:v2"] {
        let (digest, stored) = dump.stored(image);
        let error = verify_signature(&stored, &digest, &dump.key("p256"), &Expected::default()).unwrap_err();
        assert!(matches!(reasons(error)[..], [Reason::OtherDigest(_)]), "{image}");
    }
}

#[test]
fn two_keys_on_one_tag_and_no_signature_at_all() {
    let Some(dump) = Dump::open("registry.json") else { return };
    let (digest, stored) = dump.stored("gold/multi:v1");
    for key in ["p256", "other"] {
        verify_signature(&stored, &digest, &dump.key(key), &Expected::default()).unwrap();
    }
    let (digest, stored) = dump.stored("gold/unsigned:v1");
    let error = verify_signature(&stored, &digest, &dump.key("p256"), &Expected::default()).unwrap_err();
    insta::assert_snapshot!(error, @"no signature of sha256:1c66e654c61f02fd18b7b06849b6c0572f24f1d182f729b04671a6e5402c42e9 by key acbf0b4b9b4a25deb855314129b0e17f7a3f43c9f4b9fe048b54f5f007ed193c: nothing is stored for it; sign it with `seawall sign --key`");
}

#[test]
fn an_attestation_is_not_a_signature() {
    let Some(dump) = Dump::open("registry.json") else { return };
    let key = dump.key("p256");
    for (image, kind) in
        [("gold/attonly:v1", predicate::CYCLONEDX), ("gold/attonly-classic:v1", predicate::VULN)]
    {
        let (digest, stored) = dump.stored(image);
        let error = verify_signature(&stored, &digest, &key, &Expected::default()).unwrap_err();
        assert_eq!(reasons(error), [Reason::NotASignature(kind.to_owned())]);
        let found = verify_attestations(&stored, &digest, &key, Some(kind)).unwrap();
        assert_eq!(found[0].predicate_type, kind);
        let error = verify_attestations(&stored, &digest, &key, Some(predicate::SPDX)).unwrap_err();
        assert_eq!(reasons(error), [Reason::OtherType(kind.to_owned())]);
    }
}

#[test]
fn a_repository_binds_a_legacy_signature_and_no_bundle() {
    let Some(dump) = Dump::open("registry.json") else { return };
    let verify = |image: &str, repository: &str| {
        let (digest, stored) = dump.stored(image);
        let expected = Expected { repository: Some(repository), ..Expected::default() };
        verify_signature(&stored, &digest, &dump.key("p256"), &expected)
    };
    verify("gold/p256-classic:v1", "127.0.0.1:5811/gold/p256-classic").unwrap();
    let error = verify("gold/p256-classic:v1", "registry.example.com/gold").unwrap_err();
    assert!(matches!(reasons(error)[..], [Reason::OtherRepository(Some(_))]));
    let error = verify("gold/p256-bundle:v1", "127.0.0.1:5811/gold/p256-bundle").unwrap_err();
    assert_eq!(reasons(error), [Reason::OtherRepository(None)]);
}

/// The key of this registry was not kept, so that here all is read, and nothing verifies.
#[test]
fn a_registry_without_referrers_holds_the_same_documents() {
    let Some(dump) = Dump::open("registry-no-referrers-api.json") else { return };
    for image in ["app/classic:v1", "app/bundle:v1"] {
        let (digest, stored) = dump.stored(image);
        assert_eq!(stored.len(), 2, "{image}: a signature and an attestation");
        let error = verify_signature(&stored, &digest, &dump.key("p256"), &Expected::default()).unwrap_err();
        assert_eq!(reasons(error), [Reason::OtherKey, Reason::OtherKey], "{image}");
        for one in stored {
            if let Stored::Bundle { bundle, .. } = one {
                assert_eq!(bundle.hint(), Some("KS7YO0uOBalOPPIsCU84QYa8WaHVhcRO1F6PWmYBqkw="));
            }
        }
    }
}

/// What is written here is what cosign wrote, but for the signature, which is never the same twice.
#[test]
fn the_manifests_written_are_cosigns_byte_for_byte() {
    let Some(dump) = Dump::open("registry.json") else { return };
    let file = std::fs::read_to_string(dump.1.join("keys/p256/cosign.key")).unwrap();
    let key = PrivateKey::from_encrypted_pem(&file, b"hello").unwrap();
    let annotations = BTreeMap::from([("env".to_owned(), "prod".to_owned())]);

    // Legacy: with cosign's own signature, all bytes are equal.
    let digest = dump.tag("gold/p256-classic:v1");
    let theirs =
        dump.manifest(dump.tag(&format!("gold/p256-classic:{}", layout::signature_tag(&digest))).as_str());
    let [Stored::Signature { payload, signature, .. }] = &dump.read(theirs)[..] else { panic!() };
    let ours = layout::legacy_signature(None, &digest, payload.clone(), signature).unwrap();
    assert_eq!(String::from_utf8(ours.manifest.clone()).unwrap(), theirs);
    for blob in &ours.blobs {
        assert_eq!(blob.bytes, dump.blob(blob.digest.as_str()));
    }
    let image = layout::Descriptor::new(layout::MANIFEST, digest, 412);
    let target = Target {
        repository: "127.0.0.1:5811/gold/p256-classic",
        image: &image,
        existing: Some(&ours.manifest),
        created: "2026-11-24T11:08:59Z",
    };
    let second = sign_image(&key, &target, Form::Legacy, &annotations).unwrap();
    assert_eq!(second.blobs[1].bytes, *payload, "our payload is cosign's");

    // Two signatures: the second manifest follows from the first.
    let digest = dump.tag("gold/multi:v1");
    let theirs = dump.manifest(dump.tag(&format!("gold/multi:{}", layout::signature_tag(&digest))).as_str());
    let mut existing: Option<Vec<u8>> = None;
    for stored in dump.read(theirs) {
        let Stored::Signature { payload, signature, .. } = stored else { panic!() };
        existing = Some(
            layout::legacy_signature(existing.as_deref(), &digest, payload, &signature).unwrap().manifest,
        );
    }
    assert_eq!(String::from_utf8(existing.unwrap()).unwrap(), theirs);

    // Legacy attestation.
    let digest = dump.tag("gold/attonly-classic:v1");
    let theirs = dump
        .manifest(dump.tag(&format!("gold/attonly-classic:{}", layout::attestation_tag(&digest))).as_str());
    let [Stored::Attestation { envelope, .. }] = &dump.read(theirs)[..] else { panic!() };
    let ours = layout::legacy_attestation(None, &digest, envelope, predicate::VULN).unwrap();
    assert_eq!(String::from_utf8(ours.manifest).unwrap(), theirs);

    // Bundle.
    let theirs = dump.manifest("sha256:7d2bf99694dcd710b0dfe1b45bf0a0c93962981cec1b8830f2fa9cfc21780f3d");
    let image = layout::Descriptor::new(layout::MANIFEST, dump.tag("gold/p256-bundle:v1"), 412);
    let [Stored::Bundle { bundle, .. }] = &dump.read(theirs)[..] else { panic!() };
    let ours = layout::bundle(&image, bundle, predicate::SIGN, "2026-11-24T11:08:59Z").unwrap();
    assert_eq!(String::from_utf8(ours.manifest).unwrap(), theirs);
    let target = Target { image: &image, existing: None, ..target };
    let signed = sign_image(&key, &target, Form::Bundle, &annotations).unwrap();
    let made = seawall_signing::Bundle::parse(&signed.blobs[1].bytes).unwrap();
    assert_eq!(made.envelope().unwrap().payload().unwrap(), bundle.envelope().unwrap().payload().unwrap());
    assert_eq!(made.hint(), bundle.hint());
}
