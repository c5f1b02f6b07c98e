//! Signing and verifying as a user does it, beside real cosign and a real registry.

use serde_json::{Value, json};

use crate::home::{Home, Ran};
use crate::parts::{Cosign, PASSPHRASE, Registry};

const PASSWORD: [(&str, &str); 1] = [("SEAWALL_PASSWORD", PASSPHRASE)];
const LOCAL: [&str; 4] =
    ["--use-signing-config=false", "--tlog-upload=false", "--allow-http-registry", "--yes"];
const OFFLINE: [&str; 2] = ["--insecure-ignore-tlog=true", "--allow-http-registry"];

/// A home with a cosign, whose keys lie in the home, and a registry; none where they are not installed.
struct Team {
    home: Home,
    cosign: Cosign,
    registry: Registry,
}

impl Team {
    fn new() -> Option<Self> {
        let (cosign, registry) = (Cosign::find()?, Registry::start()?);
        Some(Self { home: Home::bare(), cosign, registry })
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.home.run_with(arguments, &PASSWORD)
    }

    /// What must succeed; what it said.
    fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    fn denied(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        ran.stdout + &ran.stderr
    }

    fn generate(&self, name: &str, algorithm: &str) {
        self.ok(&["key", "generate", "--out", name, "--algorithm", algorithm]);
        for ending in ["key", "pub"] {
            let file = format!("{name}.{ending}");
            self.cosign.write(&file, std::fs::read(self.home.path(&file)).unwrap());
        }
    }

    fn image(&self, name: &str) -> String {
        let image = self.registry.image(name);
        format!("{}/{name}@{}", self.registry.host, image.digest)
    }

    fn cosign(&self, arguments: &[&[&str]]) -> String {
        self.cosign.ok(&arguments.concat())
    }
}

#[test]
fn several_keys_annotations_and_every_step() {
    let Some(team) = Team::new() else { return };
    team.generate("ana", "ecdsa-p256");
    team.generate("ben", "ed25519");
    team.generate("eve", "ecdsa-p384");
    let image = team.image("shop");
    assert_eq!(
        team.ok(&["key", "public", "--key", "ben.key"]),
        std::fs::read_to_string(team.home.path("ben.pub")).unwrap()
    );
    for format in ["bundle", "legacy"] {
        let said = team.ok(&[
            "sign",
            &image,
            "--key",
            "ana.key",
            "--key",
            "ben.key",
            "-a",
            "env=prod",
            "--signature-format",
            format,
        ]);
        assert_eq!(said.lines().count(), 2, "{said}");
    }
    team.cosign(&[&["verify", "--key", "ana.pub", "-a", "env=prod"], &OFFLINE, &[&image]]);
    team.cosign(&[
        &["verify", "--key", "ben.pub", "--new-bundle-format=false", "-a", "env=prod"],
        &OFFLINE,
        &[&image],
    ]);

    let both =
        ["verify", &image, "--key", "ana.pub", "--key", "ben.pub", "--threshold", "2", "-a", "env=prod"];
    team.ok(&both);
    let told = team.denied(&["verify", &image, "--key", "ana.pub", "--key", "eve.pub", "--threshold", "2"]);
    assert!(told.contains("no signature by 2 different signers, only by 1"), "{told}");
    // One key in two files is one signer.
    std::fs::copy(team.home.path("ana.pub"), team.home.path("ana-again.pub")).unwrap();
    let twice =
        team.run(&["verify", &image, "--key", "ana.pub", "--key", "ana-again.pub", "--threshold", "2"]);
    assert_eq!(twice.code, Some(2), "{}", twice.stderr);
    let told = team.denied(&["verify", &image, "--key", "ana.pub", "-a", "env=test"]);
    assert!(told.contains("with the annotation `env=prod`, not `env=test`"), "{told}");
    let told = team.denied(&["verify", &image, "--key", "eve.pub", "--explain"]);
    assert!(told.contains("FAILED  signature: the signature was not made by key"), "{told}");
    let json: Value =
        serde_json::from_str(&team.ok(&[&both[..], &["--format", "json", "--explain"]].concat())).unwrap();
    assert_eq!(json["verified"].as_array().unwrap().len(), 2);
    assert_eq!(json["steps"][0]["steps"].as_array().unwrap().last().unwrap()["name"], "content");
    // A bundle is bound to no repository, a legacy signature is.
    team.ok(&["verify", &image, "--key", "ana.pub", "--same-repository"]);
    // Keys from the environment.
    let key = std::fs::read_to_string(team.home.path("ana.key")).unwrap();
    let variables = [PASSWORD[0], ("TEAM_KEY", key.as_str())];
    let ran = team.home.run_with(&["sign", &image, "--key", "env://TEAM_KEY"], &variables);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

#[test]
fn an_index_is_signed_copied_and_shown_with_its_images() {
    let Some(team) = Team::new() else { return };
    team.generate("ana", "ecdsa-p256");
    let one = team.registry.image("multi");
    let name = "multi";
    let kind = "application/vnd.oci.image.index.v1+json";
    let entry = |image: &seawall_signing::Descriptor, architecture: &str| {
        json!({"mediaType": image.media_type, "digest": image.digest, "size": image.size,
            "platform": {"os": "linux", "architecture": architecture}})
    };
    let index =
        json!({"schemaVersion": 2, "mediaType": kind, "manifests": [entry(&one, "amd64")]}).to_string();
    team.registry.push_manifest(name, "2.0", kind, index.as_bytes());
    let image = format!("{}/multi:2.0", team.registry.host);
    let said = team.ok(&["sign", &image, "--key", "ana.key", "--recursive"]);
    assert_eq!(said.lines().count(), 2, "{said}");
    team.ok(&["sign", &image, "--key", "ana.key", "--recursive", "--signature-format", "legacy"]);
    let child = format!("{}/multi@{}", team.registry.host, one.digest);
    for reference in [&image, &child] {
        team.ok(&["verify", reference, "--key", "ana.pub"]);
        team.cosign(&[&["verify", "--key", "ana.pub"], &OFFLINE, &[reference]]);
    }
    let tree = team.ok(&["tree", &image]);
    assert_eq!(tree.matches("signature (bundle)").count(), 2, "{tree}");
    assert_eq!(tree.matches("signatures: tag sha256-").count(), 2, "{tree}");
    assert!(tree.contains("(linux/amd64)"), "{tree}");

    let elsewhere = format!("{}/elsewhere/multi", team.registry.host);
    let said = team.ok(&["copy", &image, &elsewhere]);
    assert!(said.contains("4 attachments"), "{said}");
    let copied = format!("{elsewhere}:2.0");
    team.ok(&["verify", &copied, "--key", "ana.pub"]);
    team.ok(&["verify", &format!("{elsewhere}@{}", one.digest), "--key", "ana.pub"]);
    team.cosign(&[&["verify", "--key", "ana.pub"], &OFFLINE, &[&copied]]);
    team.cosign(&[&["verify", "--key", "ana.pub", "--new-bundle-format=false"], &OFFLINE, &[&copied]]);
    // Again changes nothing, and what it says of the repository still is of the first one.
    let again = team.ok(&["copy", &image, &elsewhere]);
    assert!(again.contains(" 2 manifests"), "{again}");
    team.denied(&["verify", &copied, "--key", "ana.pub", "--same-repository"]);
    let bare = format!("{}/bare/multi", team.registry.host);
    team.ok(&["copy", &image, &bare, "--image-only"]);
    team.denied(&["verify", &format!("{bare}:2.0"), "--key", "ana.pub"]);
}

#[test]
fn what_cosign_stores_is_copied_and_shown() {
    let Some(team) = Team::new() else { return };
    team.generate("ana", "ecdsa-p256");
    let image = team.image("theirs");
    for form in ["--new-bundle-format=true", "--new-bundle-format=false"] {
        team.cosign(&[&["sign", "--key", "ana.key", form], &LOCAL, &[&image]]);
    }
    team.cosign.write("bom.json", r#"{"bomFormat":"CycloneDX","specVersion":"1.6"}"#);
    team.cosign(&[
        &["attest", "--key", "ana.key", "--type", "cyclonedx", "--predicate", "bom.json"],
        &LOCAL,
        &[&image],
    ]);
    let tree = team.ok(&["tree", &image]);
    for what in ["signature (bundle)", "signatures: tag", "attestation of https://cyclonedx.org/bom (bundle)"]
    {
        assert!(tree.contains(what), "{what}: {tree}");
    }
    let there = format!("{}/mirror/theirs:1.0", team.registry.host);
    team.ok(&["copy", &image, &there]);
    team.ok(&["verify", &there, "--key", "ana.pub"]);
    team.ok(&["verify", &there, "--key", "ana.pub", "--attestation", "cyclonedx"]);
    team.cosign(&[&["verify-attestation", "--key", "ana.pub", "--type", "cyclonedx"], &OFFLINE, &[&there]]);
}

#[test]
fn documents_are_attested_attached_and_fetched() {
    let Some(team) = Team::new() else { return };
    team.generate("ci", "ecdsa-p256");
    let image = team.image("built");
    let pipeline = [
        PASSWORD[0],
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "shop/web"),
        ("GITHUB_WORKFLOW_REF", "shop/web/.github/workflows/build.yml@refs/heads/main"),
        ("GITHUB_RUN_ID", "9"),
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567"),
    ];
    for kind in ["slsaprovenance", "slsaprovenance1"] {
        let ran = team.home.run_with(&["attest", &image, "--type", kind, "--key", "ci.key"], &pipeline);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        team.ok(&["verify", &image, "--key", "ci.pub", "--attestation", kind]);
        team.cosign(&[&["verify-attestation", "--key", "ci.pub", "--type", kind], &OFFLINE, &[&image]]);
    }
    let ran = team.run(&["attest", &image, "--type", "slsaprovenance1", "--key", "ci.key"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);

    team.home.write("vex.json", r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/vex/1","author":"ana","timestamp":"2026-11-24T10:00:00Z","version":1,"statements":[]}"#);
    team.home.write("spdx.json", r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"built","creationInfo":{"created":"2026-11-24T10:00:00Z"}}"#);
    team.home.write("note.txt", "reviewed by ana & ben");
    team.home.write("review.json", r#"{"by":"ana"}"#);
    let files = [
        ("openvex", "vex.json"),
        ("spdxjson", "spdx.json"),
        ("custom", "note.txt"),
        ("https://example.com/review/v1", "review.json"),
    ];
    for (kind, file) in files {
        for format in ["bundle", "legacy"] {
            team.ok(&[
                "attest",
                &image,
                "--type",
                kind,
                "--predicate",
                file,
                "--key",
                "ci.key",
                "--signature-format",
                format,
            ]);
        }
        team.ok(&["verify", &image, "--key", "ci.pub", "--attestation", kind]);
        team.cosign(&[&["verify-attestation", "--key", "ci.pub", "--type", kind], &OFFLINE, &[&image]]);
        let legacy = ["verify-attestation", "--key", "ci.pub", "--new-bundle-format=false", "--type", kind];
        team.cosign(&[&legacy, &OFFLINE, &[&image]]);
    }
    let ran =
        team.run(&["attest", &image, "--type", "openvex", "--predicate", "review.json", "--key", "ci.key"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    // All that, and still nobody signed it.
    team.denied(&["verify", &image, "--key", "ci.pub"]);

    team.ok(&["attach", "sbom", &image, "--sbom", "spdx.json"]);
    assert_eq!(
        team.ok(&["download", "sbom", &image]).trim(),
        std::fs::read_to_string(team.home.path("spdx.json")).unwrap()
    );
    assert_eq!(
        team.cosign(&[&["download", "sbom", "--allow-http-registry", &image]]).trim(),
        std::fs::read_to_string(team.home.path("spdx.json")).unwrap()
    );
    let fetched = team.ok(&["download", "attestation", &image]);
    assert_eq!(fetched.lines().count(), 10, "{fetched}");
    team.denied(&["download", "signature", &image]);

    // What was fetched is attached elsewhere, and holds there only if it is about that image.
    let line = fetched.lines().find(|line| line.contains("dsseEnvelope")).unwrap();
    team.home.write("one.json", line);
    team.ok(&["attach", "attestation", &image, "--attestation", "one.json"]);
    let other = team.image("unrelated");
    let ran = team.run(&["attach", "attestation", &other, "--attestation", "one.json"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("it is not about sha256:"), "{}", ran.stderr);
}

#[test]
fn signatures_made_by_hand_are_attached() {
    let Some(team) = Team::new() else { return };
    team.generate("ana", "ecdsa-p256");
    let image = team.image("byhand");
    let payload = team.cosign(&[&["generate", "--allow-http-registry", &image]]);
    team.home.write("payload.json", &payload);
    team.ok(&["sign-blob", "payload.json", "--key", "ana.key", "--output-signature", "payload.sig"]);
    team.ok(&["attach", "signature", &image, "--payload", "payload.json", "--signature", "payload.sig"]);
    team.ok(&["verify", &image, "--key", "ana.pub"]);
    team.cosign(&[&["verify", "--key", "ana.pub", "--new-bundle-format=false"], &OFFLINE, &[&image]]);
    let fetched = team.ok(&["download", "signature", &image]);
    let document: Value = serde_json::from_str(fetched.trim()).unwrap();
    assert_eq!(document["Base64Signature"], std::fs::read_to_string(team.home.path("payload.sig")).unwrap());
    let other = team.image("otherhand");
    let ran =
        team.run(&["attach", "signature", &other, "--payload", "payload.json", "--signature", "payload.sig"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
}

#[test]
fn files_are_signed_and_verified_beside_cosign() {
    let Some(team) = Team::new() else { return };
    team.home.write("file", "a file");
    team.cosign.write("file", "a file");
    for (name, algorithm) in [("p256", "ecdsa-p256"), ("p384", "ecdsa-p384"), ("ed", "ed25519")] {
        team.generate(name, algorithm);
        let (key, public) = (format!("{name}.key"), format!("{name}.pub"));
        // Ours, read by us and by cosign.
        team.ok(&[
            "sign-blob",
            "file",
            "--key",
            &key,
            "--bundle",
            "ours.json",
            "--output-signature",
            "ours.sig",
        ]);
        team.ok(&["verify-blob", "file", "--key", &public, "--bundle", "ours.json"]);
        team.ok(&["verify-blob", "file", "--key", &public, "--signature", "ours.sig"]);
        for file in ["ours.json", "ours.sig"] {
            team.cosign.write(file, std::fs::read(team.home.path(file)).unwrap());
        }
        // cosign hashes with SHA-256 whatever the curve, unless it is told.
        let hash = if name == "p384" { "sha384" } else { "sha256" };
        let verify = [
            "verify-blob",
            "--key",
            &public,
            "--insecure-ignore-tlog=true",
            "--signature-digest-algorithm",
            hash,
        ];
        team.cosign(&[&verify, &["--bundle", "ours.json", "file"]]);
        team.cosign(&[&verify, &["--signature", "ours.sig", "--new-bundle-format=false", "file"]]);
        // Theirs, in a bundle, read by us.
        team.cosign(&[
            &["sign-blob", "--key", &key, "--bundle", "theirs.json", "--use-signing-config=false"],
            &["--tlog-upload=false", "--yes", "file"],
        ]);
        team.home.write("theirs.json", &team.cosign.read("theirs.json"));
        team.ok(&["verify-blob", "file", "--key", &public, "--bundle", "theirs.json"]);
    }
    team.ok(&[
        "sign-blob",
        "file",
        "--key",
        "p256.key",
        "--bundle",
        "it.json",
        "--output-signature",
        "it.sig",
    ]);
    team.home.write("file", "another");
    let told = team.denied(&["verify-blob", "file", "--key", "p256.pub", "--bundle", "it.json", "--explain"]);
    assert!(told.contains("FAILED  document: it was made for other bytes"), "{told}");
    team.denied(&["verify-blob", "file", "--key", "p256.pub", "--signature", "it.sig"]);
}
