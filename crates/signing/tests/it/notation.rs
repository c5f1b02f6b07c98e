//! Signatures of the notary project: beside its own library, and what is wrong with them in every way that we know.

use std::collections::BTreeMap;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use coset::cbor::value::Value as Cbor;
use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable as _, iana};
use proptest::prelude::*;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use seawall_findings::Digest;
use seawall_signing::{
    Expected, Format, NotationEnvelope, NotationStore, NotationTrust, SigningError, Trust, Verified, layout,
    verify_attestations_by, verify_signature, verify_signature_by,
};
use serde_json::{Value, json};

use crate::notation_parts::{Authority, COSE, JWS, NotationCore, leaf};
use crate::parts::skip;

const NOW: &str = "2026-11-24T10:00:00Z";
const X509: &str = "notary.x509";
const AUTHORITY: &str = "notary.x509.signingAuthority";
const PAYLOAD: &str = "application/vnd.cncf.notary.payload.v1+json";

fn image() -> Digest {
    Digest::from_sha256([7; 32])
}

fn payload() -> String {
    json!({"targetArtifact": {"mediaType": layout::MANIFEST, "digest": image(), "size": 412,
        "annotations": {"env": "prod"}}})
    .to_string()
}

fn protected() -> Value {
    json!({"alg": "ES256", "cty": PAYLOAD, "crit": ["io.cncf.notary.signingScheme"],
        "io.cncf.notary.signingScheme": X509, "io.cncf.notary.signingTime": "2026-11-20T10:00:00Z"})
}

fn sign(key: &KeyPair, bytes: &[u8]) -> Vec<u8> {
    let random = ring::rand::SystemRandom::new();
    let key =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.serialized_der(), &random).unwrap();
    key.sign(&random, bytes).unwrap().as_ref().to_vec()
}

/// A signer of one authority, and who trusts that one.
struct Team {
    authority: Authority,
    key: KeyPair,
    chain: Vec<Vec<u8>>,
}

impl Team {
    fn new() -> Self {
        Self::of(&leaf())
    }

    fn of(params: &CertificateParams) -> Self {
        let (authority, key) = (Authority::new(), KeyPair::generate().unwrap());
        let chain = authority.issue(params, &key);
        Self { authority, key, chain }
    }

    fn trust(&self) -> NotationTrust {
        let mut trust = NotationTrust::new();
        trust.add(NotationStore::Authority, self.authority.root.pem().as_bytes()).unwrap();
        trust
    }

    fn jws(&self, protected: &Value, payload: &str) -> Value {
        let protected = URL_SAFE_NO_PAD.encode(protected.to_string());
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let signature = sign(&self.key, format!("{protected}.{payload}").as_bytes());
        let chain: Vec<String> = self.chain.iter().map(|der| STANDARD.encode(der)).collect();
        json!({"payload": payload, "protected": protected, "signature": URL_SAFE_NO_PAD.encode(signature),
            "header": {"x5c": chain, "io.cncf.notary.signingAgent": "seawall-tests"}})
    }

    fn cose(&self, expiry: i64, critical: bool) -> Vec<u8> {
        let text = |text: &str| Cbor::Text(text.to_owned());
        let time = |seconds: i64| Cbor::Tag(1, Box::new(Cbor::Integer(seconds.into())));
        let label = |text: &str| text.to_owned();
        let mut header = HeaderBuilder::new()
            .algorithm(iana::Algorithm::ES256)
            .content_type(PAYLOAD.to_owned())
            .add_critical_label(coset::RegisteredLabelWithPrivate::Text(label(
                "io.cncf.notary.signingScheme",
            )))
            .text_value(label("io.cncf.notary.signingScheme"), text(X509))
            .text_value(label("io.cncf.notary.signingTime"), time(1_790_000_000))
            .text_value(label("io.cncf.notary.expiry"), time(expiry));
        if critical {
            header = header
                .add_critical_label(coset::RegisteredLabelWithPrivate::Text(label("io.cncf.notary.expiry")));
        }
        let chain = self.chain.iter().map(|der| Cbor::Bytes(der.clone())).collect();
        CoseSign1Builder::new()
            .protected(header.build())
            .unprotected(HeaderBuilder::new().value(33, Cbor::Array(chain)).build())
            .payload(payload().into_bytes())
            .create_signature(b"", |bytes| sign(&self.key, bytes))
            .build()
            .to_tagged_vec()
            .unwrap()
    }
}

/// A manifest with that envelope, read as an adapter does.
fn stored(kind: &str, envelope: &[u8]) -> Vec<layout::Stored> {
    let (config, layer) = (
        layout::Descriptor::of("application/vnd.oci.empty.v1+json", b"{}"),
        layout::Descriptor::of(kind, envelope),
    );
    let digest = layer.digest.clone();
    let manifest = json!({"schemaVersion": 2, "mediaType": layout::MANIFEST,
        "artifactType": "application/vnd.cncf.notary.signature", "config": config, "layers": [layer],
        "subject": layout::Descriptor::new(layout::MANIFEST, image(), 412)});
    let contents = layout::parse(manifest.to_string().as_bytes()).unwrap();
    layout::read(&contents, &BTreeMap::from([(digest, envelope)])).unwrap()
}

fn verify_at(
    kind: &str,
    envelope: &[u8],
    trust: &NotationTrust,
    now: &str,
) -> Result<Verified, SigningError> {
    let trust = Trust::notation(trust, now.parse().unwrap());
    verify_signature_by(&stored(kind, envelope), &image(), &trust, &Expected::default())
}

/// Why it is refused.
fn told(kind: &str, envelope: &[u8], trust: &NotationTrust) -> String {
    match verify_at(kind, envelope, trust, NOW).unwrap_err() {
        SigningError::NoSignature { rejected, .. } => rejected[0].reason.to_string(),
        other => panic!("{other}"),
    }
}

/// Ids of keys and certificates differ with every run.
fn steady(text: &str) -> String {
    regex::Regex::new("[0-9a-f]{64}").unwrap().replace_all(text, "…").into_owned()
}

#[test]
fn envelopes_that_hold() {
    assert!(layout::is_ours("application/vnd.cncf.notary.signature"));
    let team = Team::new();
    let mut trust = team.trust();
    let jws = team.jws(&protected(), &payload()).to_string();
    let held = verify_at(JWS, jws.as_bytes(), &trust, NOW).unwrap();
    assert_eq!((held.format, held.time, held.payload), (Format::Notation, None, payload().into_bytes()));
    assert_eq!(held.annotations["env"], "prod");
    let steps: Vec<String> = held.steps.iter().map(|step| steady(&step.to_string())).collect();
    insta::assert_snapshot!(steps.join("\n"), @"
    ok      document: JWS envelope, signing scheme notary.x509
    ok      certificate: CN=build,O=Shop,ST=WA,C=US
    ok      signature: ES256 by key …
    skipped signing time: nothing proves it; the certificates must be valid now
    ok      certificate chain: leads to a certificate of the trust store
    ok      certificate use: signatures
    ok      identity: CN=build,O=Shop,ST=WA,C=US
    skipped expiry: it says none
    ok      signed content: as asked for
    ");
    trust.subject("x509.subject: C=US, ST=WA, O=Shop, CN=build").unwrap();
    let held = verify_at(COSE, &team.cose(1_890_000_000, true), &trust, NOW).unwrap();
    assert_eq!(held.certificate.unwrap().subject, "CN=build,O=Shop,ST=WA,C=US");
    // Expected annotations are asked for as of any other signature.
    let expected =
        Expected { annotations: BTreeMap::from([("env".into(), "test".into())]), ..Expected::default() };
    let by = Trust::notation(&trust, NOW.parse().unwrap());
    let refused = verify_signature_by(&stored(JWS, jws.as_bytes()), &image(), &by, &expected).unwrap_err();
    assert!(refused.to_string().contains("with the annotation `env=prod`, not `env=test`"), "{refused}");
    // It is no attestation, and no signature of a key.
    let refused = verify_attestations_by(&stored(JWS, jws.as_bytes()), &image(), &by, None).unwrap_err();
    assert!(refused.to_string().contains("which is not an attestation"), "{refused}");
    let key = seawall_signing::PublicKey::from_pem(&team.key.public_key_pem()).unwrap();
    let refused = verify_signature(&stored(JWS, jws.as_bytes()), &image(), &key, &Expected::default());
    assert!(refused.unwrap_err().to_string().contains("only a Notation trust store can verify"));
}

#[test]
fn a_signer_that_stands_for_itself() {
    let key = KeyPair::generate().unwrap();
    let own = leaf().self_signed(&key).unwrap();
    let mut team = Team::new();
    (team.chain, team.key) = (vec![own.der().to_vec()], key);
    let jws = team.jws(&protected(), &payload()).to_string();
    let mut trust = NotationTrust::new();
    trust.add(NotationStore::Authority, own.der()).unwrap();
    verify_at(JWS, jws.as_bytes(), &trust, NOW).unwrap();
    // It is no authority for others.
    let other = KeyPair::generate().unwrap();
    let below = leaf().signed_by(&other, &rcgen::Issuer::from_params(&leaf(), &team.key)).unwrap();
    (team.chain, team.key) = (vec![below.der().to_vec(), own.der().to_vec()], other);
    let jws = team.jws(&protected(), &payload()).to_string();
    insta::assert_snapshot!(told(JWS, jws.as_bytes(), &trust), @"certificate chain: CN=build,O=Shop,ST=WA,C=US is not marked as an authority for certificates");
}

#[test]
fn who_is_not_trusted() {
    let team = Team::new();
    let jws = team.jws(&protected(), &payload()).to_string();
    let refused = |trust: &NotationTrust| told(JWS, jws.as_bytes(), trust);
    let with = |params: CertificateParams| {
        let team = Team::of(&params);
        told(JWS, team.jws(&protected(), &payload()).to_string().as_bytes(), &team.trust())
    };
    let mut other_subject = team.trust();
    other_subject.subject("x509.subject: C=US, ST=WA, O=Other").unwrap();
    let mut leaf_alone = NotationTrust::new();
    assert!(leaf_alone.add(NotationStore::Authority, &team.chain[0]).is_err());
    let mut other_store = NotationTrust::new();
    other_store.add(NotationStore::SigningAuthority, team.authority.root.pem().as_bytes()).unwrap();
    let uses = |uses: Vec<KeyUsagePurpose>| {
        let mut params = leaf();
        params.key_usages = uses;
        params
    };
    let extended = |more| {
        let mut params = leaf();
        params.extended_key_usages.push(more);
        params
    };
    let late = match verify_at(JWS, jws.as_bytes(), &team.trust(), "2041-01-01T00:00:00Z").unwrap_err() {
        SigningError::NoSignature { rejected, .. } => rejected[0].reason.to_string(),
        other => panic!("{other}"),
    };
    let mut short = Team::new();
    short.chain.remove(1);
    let mut mixed = Team::new();
    mixed.chain[2] = team.chain[2].clone();
    let all = [
        refused(&Team::new().trust()),
        refused(&other_store),
        refused(&other_subject),
        late,
        with(uses(vec![])),
        with(uses(vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign])),
        with(extended(ExtendedKeyUsagePurpose::TimeStamping)),
        told(JWS, short.jws(&protected(), &payload()).to_string().as_bytes(), &short.trust()),
        told(JWS, mixed.jws(&protected(), &payload()).to_string().as_bytes(), &team.trust()),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    certificate chain: none of its 3 certificates is in the trust store `ca`
    certificate chain: the trust store `ca` is empty
    identity: it is CN=build,O=Shop,ST=WA,C=US, not x509.subject: C=US, ST=WA, O=Other
    certificate chain: valid from 2020-01-01T00:00:00Z until 2040-01-01T00:00:00Z, which does not include 2041-01-01T00:00:00Z
    certificate use: it has no critical key usage
    certificate use: its key usage allows more than signatures
    certificate use: its extended key usage names 1.3.6.1.5.5.7.3.8
    certificate chain: CN=build,O=Shop,ST=WA,C=US was issued by CN=between,O=Shop,ST=WA,C=US, which does not follow it
    certificate chain: the trust store: an authority of the same name issued the certificate, with another key
    ");
}

#[test]
fn what_is_wrong_with_an_envelope() {
    let team = Team::new();
    let trust = team.trust();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut header = protected();
        change(&mut header);
        steady(&told(JWS, team.jws(&header, &payload()).to_string().as_bytes(), &trust))
    };
    let expiry = "io.cncf.notary.expiry";
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut envelope = team.jws(&protected(), &payload());
        change(&mut envelope);
        steady(&told(JWS, envelope.to_string().as_bytes(), &trust))
    };
    let paid =
        |payload: &str| steady(&told(JWS, team.jws(&protected(), payload).to_string().as_bytes(), &trust));
    let all = [
        with(&|h| h["alg"] = "none".into()),
        with(&|h| h["alg"] = "HS256".into()),
        with(&|h| h["alg"] = "ES384".into()),
        with(&|h| h["cty"] = "application/json".into()),
        with(&|h| h["crit"] = json!([])),
        with(&|h| h["crit"] = json!(["io.cncf.notary.signingScheme", "io.cncf.notary.signingScheme"])),
        with(&|h| h["crit"] = json!(["io.cncf.notary.signingScheme", "com.example.more"])),
        with(&|h| h["crit"] = json!(["io.cncf.notary.signingScheme", "io.cncf.notary.verificationPlugin"])),
        with(&|h| h["io.cncf.notary.signingScheme"] = "notary.other".into()),
        with(&|h| h["io.cncf.notary.signingScheme"] = AUTHORITY.into()),
        with(&|h| h["io.cncf.notary.signingTime"] = "yesterday".into()),
        with(&|h| h[expiry] = "2026-11-23T10:00:00Z".into()),
        with(&|h| {
            h[expiry] = "2026-11-23T10:00:00Z".into();
            h["crit"] = json!(["io.cncf.notary.signingScheme", expiry]);
        }),
        changed(&|e| e["payload"] = URL_SAFE_NO_PAD.encode(payload().replace("prod", "test")).into()),
        changed(&|e| e["payload"] = (e["payload"].as_str().unwrap().to_owned() + "=").into()),
        changed(&|e| e["signature"] = URL_SAFE_NO_PAD.encode([0; 64]).into()),
        changed(&|e| e["signatures"] = json!([])),
        changed(&|e| e["header"]["x5c"] = json!([])),
        changed(&|e| e["header"]["x5c"] = json!(["AAAA"])),
        changed(&|e| e["header"]["x5c"] = json!(vec!["AAAA"; 9])),
        paid(&payload().replace("0707", "0808")),
        paid(&payload().replace(r#""size""#, r#""digest":"sha256:00","size""#)),
        paid("{}"),
        paid(&(payload() + "{}")),
        told(COSE, &team.cose(1_790_000_001, true), &trust),
        told(COSE, &team.cose(1_890_000_000, false), &trust),
        told(COSE, &[team.cose(1_890_000_000, true), vec![0]].concat(), &trust),
        told(COSE, team.jws(&protected(), &payload()).to_string().as_bytes(), &trust),
        told(JWS, &team.cose(1_890_000_000, true), &trust),
        told(JWS, &vec![b' '; (1 << 20) + 1], &trust),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    signature: it names none, but its key is for ES256
    signature: it names HS256, but its key is for ES256
    signature: it names ES384, but its key is for ES256
    the JWS envelope cannot be read: it signs a `application/json`, not a `application/vnd.cncf.notary.payload.v1+json`
    the JWS envelope cannot be read: `io.cncf.notary.signingScheme` is not marked as critical
    the JWS envelope cannot be read: `io.cncf.notary.signingScheme` is marked as critical 2 times
    the JWS envelope cannot be read: its critical attribute `com.example.more` is not understood
    the JWS envelope cannot be read: its critical attribute `io.cncf.notary.verificationPlugin` is not understood (verification plugins are not run)
    the JWS envelope cannot be read: its signing scheme `notary.other` is not known
    the JWS envelope cannot be read: its signing times are not those of notary.x509.signingAuthority
    the JWS envelope cannot be read: `io.cncf.notary.signingTime`: `yesterday` is no time: failed to parse four digit integer as year: invalid digit, expected 0-9 but got y
    the JWS envelope cannot be read: `io.cncf.notary.expiry` is not marked as critical
    expiry: it expired at 2026-11-23T10:00:00Z, and it is 2026-11-24T10:00:00Z
    signature: the signature was not made by key … over these bytes
    the JWS envelope cannot be read: `payload` is not base64url: Invalid padding
    signature: the signature was not made by key … over these bytes
    the JWS envelope cannot be read: unknown field `signatures`, expected one of `payload`, `protected`, `header`, `signature`
    the Notation envelope cannot be read: it carries no certificate
    certificate: not a certificate: unknown/unsupported ASN.1 DER tag: 0x00 at DER byte 1
    the Notation envelope cannot be read: it carries 9 certificates, more than 8
    made for sha256:…
    signed content: the payload of the Notation envelope cannot be read: the key `digest` stands twice in one object at line 1 column 196
    signed content: the payload of the Notation envelope cannot be read: missing field `targetArtifact`
    signed content: the payload of the Notation envelope cannot be read: trailing characters at line 1 column 201
    expiry: it expired at 2026-09-21T14:13:21Z, and it is 2026-11-24T10:00:00Z
    the Notation envelope cannot be read: `io.cncf.notary.expiry` is not marked as critical
    the Notation envelope cannot be read: it is no tagged COSE_Sign1: extraneous data in CBOR input
    the Notation envelope cannot be read: it is no tagged COSE_Sign1: decode CBOR failure: Io(EndOfFile)
    the JWS envelope cannot be read: expected value at line 1 column 1
    a layer of 1048577 bytes, more than the 1048576 that are accepted
    ");
    // A timestamp that nobody trusted made proves nothing, and takes nothing away.
    let mut stamped = team.jws(&protected(), &payload());
    stamped["header"]["io.cncf.notary.timestampSignature"] = STANDARD.encode("0\0").into();
    verify_at(JWS, stamped.to_string().as_bytes(), &trust, NOW).unwrap();
}

/// Every kind of key and both envelopes, made by the notary project's own library; and ours are read by it.
#[test]
fn beside_notation_core() {
    let Some(core) = NotationCore::find() else { return };
    // rcgen knows neither P-521 nor RSA here.
    let dir = tempfile::tempdir().unwrap();
    let made = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).current_dir(dir.path()).output().ok()?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).unwrap())
    };
    let mut read = 0;
    for arguments in [
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"][..],
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        &["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        &["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
    ] {
        let Some(private) = made(arguments) else { return skip("openssl is not installed") };
        let authority = Authority::new();
        for (file, text) in [
            ("key.pem", &private),
            ("ca.pem", &authority.between.pem()),
            ("ca.key", &authority.between.key().serialize_pem()),
            ("more", &"keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n".to_owned()),
        ] {
            std::fs::write(dir.path().join(file), text).unwrap();
        }
        made(&["pkey", "-pubout", "-in", "key.pem", "-out", "public.pem"]).unwrap();
        let issue = "x509 -new -force_pubkey public.pem -CA ca.pem -CAkey ca.key -extfile more -days 3650 -set_serial 7";
        let issue: Vec<&str> = issue.split(' ').chain(["-subj", "/C=US/ST=WA/O=Shop/CN=build"]).collect();
        let chain = made(&issue).unwrap() + &authority.between.pem() + &authority.root.pem();
        for (scheme, store) in
            [(X509, NotationStore::Authority), (AUTHORITY, NotationStore::SigningAuthority)]
        {
            let mut trust = NotationTrust::new();
            trust.add(store, authority.root.pem().as_bytes()).unwrap();
            trust.subject("x509.subject: C=US, ST=WA, O=Shop").unwrap();
            for kind in [JWS, COSE] {
                for expiry in [None, Some("2034-01-01T00:00:00Z")] {
                    let envelope = core.sign(kind, (&chain, &private), scheme, expiry, &payload());
                    let now = jiff::Timestamp::now().to_string();
                    let held = verify_at(kind, &envelope, &trust, &now)
                        .unwrap_or_else(|e| panic!("{arguments:?} {scheme} {kind}: {e}"));
                    assert_eq!(held.time.is_some(), scheme == AUTHORITY);
                    assert_eq!(held.payload, core.verify(kind, &envelope).unwrap());
                    read += 1;
                }
            }
        }
    }
    assert_eq!(read, 40);
    // What the tests here make is what that library reads, and what it refuses is refused here as well.
    let team = Team::new();
    let jws = team.jws(&protected(), &payload()).to_string();
    assert_eq!(core.verify(JWS, jws.as_bytes()).unwrap(), payload().into_bytes());
    assert_eq!(core.verify(COSE, &team.cose(2_190_000_000, true)).unwrap(), payload().into_bytes());
    for (name, value) in [
        ("alg", json!("ES384")),
        ("crit", json!([])),
        ("cty", json!("application/json")),
        ("io.cncf.notary.signingScheme", json!(AUTHORITY)),
    ] {
        let mut header = protected();
        header[name] = value;
        let jws = team.jws(&header, &payload()).to_string();
        let theirs = core.verify(JWS, jws.as_bytes());
        let ours = verify_at(JWS, jws.as_bytes(), &team.trust(), NOW);
        // notation-core leaves the kind of content to notation-go.
        assert_eq!(theirs.is_err(), name != "cty", "{name}");
        assert!(ours.is_err(), "{name}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(NotationEnvelope::parse(JWS, &bytes).is_err());
        prop_assert!(NotationEnvelope::parse(COSE, &bytes).is_err());
        let tagged = [&[0xd2, 0x84][..], &bytes].concat();
        let _ = NotationEnvelope::parse(COSE, &tagged);
    }
}
