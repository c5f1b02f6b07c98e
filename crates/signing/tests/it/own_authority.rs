//! An authority of one's own, without logs: chains, dates, uses, identities; in bundles and in legacy annotations.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use seawall_findings::Digest;
use seawall_signing::{
    Algorithm, Bundle, CertificateIdentity, Descriptor, Expected, MessageSignature, PrivateKey, SigningError,
    Trust, TrustedRoot, VerifiedBlob, layout, verify_blob, verify_signature_by,
};
use serde_json::{Value, json};

const ISSUER: &str = "https://login.example.com";

struct Ca(CertifiedIssuer<'static, KeyPair>);

/// Once a leaf: what is wrong with it.
#[derive(Clone, Copy, PartialEq)]
enum Leaf {
    Good,
    NoUse,
    OtherUse,
    NoIssuer,
}

impl Ca {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.not_before = date_time_ymd(2025, 1, 1);
        params.not_after = date_time_ymd(2035, 1, 1);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn root(&self) -> TrustedRoot {
        TrustedRoot::of_authority(&self.0.pem()).unwrap()
    }

    /// A certificate for 2026, and its key.
    fn leaf(&self, kind: Leaf) -> (rcgen::Certificate, PrivateKey) {
        let pair = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2027, 1, 1);
        params.subject_alt_names = vec![SanType::Rfc822Name("ana@example.com".try_into().unwrap())];
        params.extended_key_usages = match kind {
            Leaf::NoUse => Vec::new(),
            Leaf::OtherUse => vec![ExtendedKeyUsagePurpose::ServerAuth],
            _ => vec![ExtendedKeyUsagePurpose::CodeSigning],
        };
        if kind != Leaf::NoIssuer {
            let mut text = vec![0x0c, u8::try_from(ISSUER.len()).unwrap()];
            text.extend_from_slice(ISSUER.as_bytes());
            params.custom_extensions =
                vec![CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 57264, 1, 8], text)];
        }
        let certificate = params.signed_by(&pair, &self.0).unwrap();
        (certificate, PrivateKey::from_pkcs8_der(&pair.serialize_der()).unwrap())
    }
}

fn bundle(certificate: &rcgen::Certificate, key: &PrivateKey, bytes: &[u8]) -> Bundle {
    let made = Bundle::of_message(key.public(), MessageSignature::sign(key, bytes).unwrap());
    let mut value: Value = serde_json::from_slice(&made.to_bytes().unwrap()).unwrap();
    value["verificationMaterial"] = json!({"certificate": {"rawBytes": STANDARD.encode(certificate.der())}});
    Bundle::parse(value.to_string().as_bytes()).unwrap()
}

fn ana() -> CertificateIdentity {
    CertificateIdentity::exact("ana@example.com", ISSUER)
}

fn at(bundle: &Bundle, root: &TrustedRoot, now: &str) -> Result<VerifiedBlob, SigningError> {
    verify_blob(bundle, b"a file", &Trust::identity(&ana(), root).private(now.parse().unwrap()))
}

const NOW: &str = "2026-11-24T10:00:00Z";

#[test]
fn a_certificate_of_ones_own_authority() {
    let ca = Ca::new();
    let (certificate, key) = ca.leaf(Leaf::Good);
    let good = bundle(&certificate, &key, b"a file");
    let verified = at(&good, &ca.root(), NOW).unwrap();
    assert_eq!(verified.certificate.unwrap().issuer, ISSUER);
    assert_eq!(verified.time, None);

    let told = |bundle: &Bundle, root: &TrustedRoot, now: &str| match at(bundle, root, now).unwrap_err() {
        SigningError::NoBlobSignature { rejection, .. } => rejection.reason.to_string(),
        other => panic!("{other}"),
    };
    let kind = |kind: Leaf| {
        let (certificate, key) = ca.leaf(kind);
        told(&bundle(&certificate, &key, b"a file"), &ca.root(), NOW)
    };
    let (_, stranger) = ca.leaf(Leaf::Good);
    let all = [
        told(&good, &ca.root(), "2025-12-31T23:59:59Z"),
        told(&good, &ca.root(), "2027-01-01T00:00:01Z"),
        told(&good, &Ca::new().root(), NOW),
        kind(Leaf::NoUse),
        kind(Leaf::OtherUse),
        kind(Leaf::NoIssuer),
        told(&bundle(&certificate, &key, b"another"), &ca.root(), NOW),
        told(&bundle(&certificate, &stranger, b"a file"), &ca.root(), NOW),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    certificate chain: valid from 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z, which does not include 2025-12-31T23:59:59Z
    certificate chain: valid from 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z, which does not include 2027-01-01T00:00:01Z
    certificate chain: own authority: an authority of the same name issued the certificate, with another key
    certificate use: its extended key usage does not name code signing
    certificate chain: own authority: its extended key usage does not allow this use
    issuer: none is named, not https://login.example.com
    document: it was made for other bytes: its sum is another
    made by another key, or changed afterwards
    ");
    // Logs are asked for where nobody says that there are none.
    let error = verify_blob(&good, b"a file", &Trust::identity(&ana(), &ca.root())).unwrap_err();
    assert!(error.to_string().contains("carries no entry of a transparency log"), "{error}");
    // A key that is asked for is not a certificate's, unless it is.
    let other = PrivateKey::generate(Algorithm::default()).unwrap();
    assert!(verify_blob(&good, b"a file", &Trust::key(other.public())).is_err());
}

/// Cosign's legacy form carries the certificate in an annotation.
#[test]
fn a_certificate_in_the_annotations_of_a_legacy_signature() {
    let ca = Ca::new();
    let (certificate, key) = ca.leaf(Leaf::Good);
    let image = Digest::from_sha256([7; 32]);
    let payload = seawall_signing::SimpleSigning::new("registry.example.com/shop", &image, &BTreeMap::new());
    let payload = payload.to_bytes().unwrap();
    let made = layout::legacy_signature(None, &image, payload.clone(), &key.sign(&payload).unwrap()).unwrap();
    let mut manifest: Value = serde_json::from_slice(&made.manifest).unwrap();
    let blobs = BTreeMap::from([(Descriptor::of("", &payload).digest, payload)]);
    let mut verify = |certificate: &str, chain: &str| {
        let annotations = &mut manifest["layers"][0]["annotations"];
        annotations["dev.sigstore.cosign/certificate"] = certificate.into();
        annotations["dev.sigstore.cosign/chain"] = chain.into();
        let contents = layout::parse(manifest.to_string().as_bytes()).unwrap();
        let stored = layout::read(&contents, &blobs).unwrap();
        let (identity, root) = (ana(), ca.root());
        let trust = Trust::identity(&identity, &root).private(NOW.parse().unwrap());
        verify_signature_by(&stored, &image, &trust, &Expected::default())
    };
    let verified = verify(&certificate.pem(), &ca.0.pem()).unwrap();
    assert_eq!(verified.certificate.unwrap().subject, "ana@example.com");
    assert!(verify("", "").unwrap_err().to_string().contains("carries no certificate"));
    assert!(verify("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "").is_err());
    // Hard limits: an annotation is no place for megabytes.
    let huge = certificate.pem() + &" ".repeat(300 << 10);
    assert!(verify(&huge, "").unwrap_err().to_string().contains("more than the 262144"));
}

#[test]
fn a_root_of_something_else_is_refused() {
    let told: Vec<_> = [
        TrustedRoot::of_authority("hello"),
        TrustedRoot::of_authority(&KeyPair::generate().unwrap().public_key_pem()),
        TrustedRoot::parse(b"{}"),
        TrustedRoot::parse(br#"{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[],"tlogs":[]}"#),
    ]
    .into_iter()
    .map(|result| result.unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    the trusted root cannot be read: it holds no certificate (`-----BEGIN CERTIFICATE-----`)
    the trusted root cannot be read: a PEM block is a PublicKey, not a certificate
    the trusted root cannot be read: its version `` is not known; v0.1 and v0.2 are read
    the trusted root cannot be read: the key `tlogs` stands twice in one object at line 1 column 91
    ");
}
