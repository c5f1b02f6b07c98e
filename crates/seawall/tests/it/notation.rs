//! `verify --notation-trust-store`, with signatures that the notary project's own library made, in a real registry.

use seawall_signing::{Artifact, Descriptor, Place, layout};
use serde_json::{Value, json};

use crate::home::Home;
use crate::notation_parts::{Authority, COSE, JWS, NotationCore, leaf};
use crate::parts::Registry;

/// A Notation signature of the image, as a referrer of it.
fn artifact(image: &Descriptor, kind: &str, envelope: Vec<u8>) -> Artifact {
    let config = Descriptor::of("application/vnd.oci.empty.v1+json", b"{}");
    let layer = Descriptor::of(kind, &envelope);
    let manifest =
        json!({"schemaVersion": 2, "mediaType": layout::MANIFEST, "artifactType": layout::NOTATION,
        "config": config, "layers": [layer], "subject": image})
        .to_string()
        .into_bytes();
    let mut entry = Descriptor::of(layout::MANIFEST, &manifest);
    entry.artifact_type = Some(layout::NOTATION.to_owned());
    let blob = |descriptor: Descriptor, bytes| layout::Blob { digest: descriptor.digest, bytes };
    Artifact {
        place: Place::Referrer { subject: image.digest.clone(), entry: entry.clone() },
        media_type: layout::MANIFEST,
        digest: entry.digest,
        manifest,
        blobs: vec![blob(config, b"{}".to_vec()), blob(layer, envelope)],
    }
}

#[test]
fn a_notation_signature_is_verified_against_a_trust_store() {
    let (Some(core), Some(registry)) = (NotationCore::find(), Registry::start()) else { return };
    let home = Home::bare();
    let (authority, key) = (Authority::new(), rcgen::KeyPair::generate().unwrap());
    let leaf = leaf().signed_by(&key, &authority.between).unwrap();
    let chain = leaf.pem() + &authority.between.pem() + &authority.root.pem();
    home.write("root.pem", &authority.root.pem());
    home.write("other.pem", &Authority::new().root.pem());
    let store = home.path("truststore/x509/ca/shop");
    std::fs::create_dir_all(&store).unwrap();
    std::fs::write(store.join("root.crt"), authority.root.der()).unwrap();
    for kind in [JWS, COSE] {
        let name = if kind == JWS { "jws" } else { "cose" };
        let described = registry.image(name);
        let image = format!("{}/{name}@{}", registry.host, described.digest);
        let verify =
            |more: &[&str]| home.run(&[&["verify", image.as_str(), "--notation-trust-store"], more].concat());
        let unsigned = verify(&["root.pem"]);
        assert_eq!(unsigned.code, Some(1), "{}", unsigned.stderr);
        let payload = json!({"targetArtifact": described}).to_string();
        let envelope = core.sign(kind, (&chain, &key.serialize_pem()), "notary.x509", None, &payload);
        registry.push(name, &artifact(&described, kind, envelope));

        for store in ["root.pem", "truststore/x509", "truststore/x509/ca/shop"] {
            let ran = verify(&[store, "--notation-identity", "x509.subject: C=US, ST=WA, O=Shop"]);
            assert_eq!(ran.code, Some(0), "{store}: {}", ran.stderr);
            assert!(
                ran.stdout.contains("signature by the Notation trust store (notation)"),
                "{}",
                ran.stdout
            );
        }
        let ran = verify(&["root.pem", "--format", "json"]);
        let json: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(json["verified"][0]["signature"]["certificate"]["subject"], "CN=build,O=Shop,ST=WA,C=US");
        for (arguments, reason) in [
            (&["other.pem"][..], "none of its 3 certificates is in the trust store `ca`"),
            (
                &["root.pem", "--notation-identity", "x509.subject: C=US, ST=WA, O=Other"],
                "identity: it is CN=build",
            ),
        ] {
            let ran = verify(arguments);
            assert!(ran.code == Some(1) && ran.stderr.contains(reason), "{}", ran.stderr);
        }
        let tree = home.run(&["tree", &image]);
        assert!(tree.stdout.contains("signature (Notation): sha256:"), "{}", tree.stdout);
    }
}

#[test]
fn a_trust_store_that_cannot_be_meant() {
    let home = Home::bare();
    home.write("root.pem", &Authority::new().root.pem());
    for folder in ["empty", "mixed"] {
        std::fs::create_dir(home.path(folder)).unwrap();
    }
    home.write("mixed/root.pem", &Authority::new().root.pem());
    home.write("mixed/notes.txt", "hello");
    let refused = |more: &[&str]| {
        let told = home.refused(
            &[&["verify", "registry.example.com/shop:1.0", "--notation-trust-store"], more].concat(),
        );
        told.lines().next().unwrap_or_default().to_owned()
    };
    let told = [
        refused(&["empty"]),
        refused(&["nowhere"]),
        refused(&["mixed"]),
        refused(&["root.pem", "--notation-identity", "CN=build"]),
        refused(&["root.pem", "--notation-identity", "x509.subject: CN=build"]),
    ];
    insta::assert_snapshot!(told.join("\n"), @"
    error: empty: the Notation trust store holds no certificate
    error: nowhere: No such file or directory (os error 2)
    error: mixed/notes.txt: the Notation trust store cannot be read: a file of it is neither PEM nor a certificate: unexpected ASN.1 DER tag: expected SEQUENCE, got APPLICATION [8] (constructed)
    error: the Notation identity cannot be read: it does not start with `x509.subject:`
    error: the Notation identity cannot be read: `C` is missing
    ");
}
