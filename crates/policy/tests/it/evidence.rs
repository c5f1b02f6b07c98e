//! Evidence for the verdicts.

use seawall_findings::{
    DatabaseInfo, Digest, Finding, FindingKind, PackageRef, PackageType, Report, Severity, Subject,
};
use seawall_policy::{ImageEvidence, Question, Stage, VerifiedAttestation, VerifiedSignature};

pub(crate) fn digest() -> Digest {
    Digest::from_sha256([0xab; 32])
}

pub(crate) fn finding(id: &str, severity: Severity, package: &str, fixed: &[&str]) -> Finding {
    Finding {
        package: Some(PackageRef {
            kind: PackageType::Deb,
            name: package.into(),
            version: "1.0".into(),
            purl: format!("pkg:deb/debian/{package}@1.0"),
            source_name: None,
        }),
        fixed: fixed.iter().map(ToString::to_string).collect(),
        published: Some("2026-01-01T00:00:00Z".into()),
        ..Finding::new(FindingKind::Vulnerability, id, severity, "")
    }
}

pub(crate) fn report(findings: Vec<Finding>) -> Report {
    Report {
        schema: 1,
        subject: Subject::Image {
            reference: "registry.example.com/shop:1.1".into(),
            digest: digest(),
            manifest: None,
            platform: None,
        },
        scanned_at: "2026-11-24T10:00:00Z".into(),
        distribution: None,
        database: Some(DatabaseInfo {
            path: "seawall.db".into(),
            built_at: "2026-11-24T00:00:00Z".into(),
            newest_advisory: "2026-11-24T00:00:00Z".into(),
            advisories: 1,
            source: "folder osv".into(),
        }),
        looked_for: vec![],
        findings,
        packages: vec![],
        problems: vec![],
    }
}

/// An image with everything that the production policy asks for.
pub(crate) fn good(findings: Vec<Finding>) -> ImageEvidence {
    ImageEvidence {
        reference: "registry.example.com/shop:1.1".into(),
        repository: "registry.example.com/shop".into(),
        digest: Some(digest()),
        pinned: true,
        in_manifest: true,
        report: Some(report(findings)),
        signatures: vec![VerifiedSignature {
            key: "team.pub".into(),
            key_id: "k".into(),
            format: "bundle".into(),
            remembered: None,
        }],
        attestations: vec![VerifiedAttestation {
            predicate_type: "https://cosign.sigstore.dev/attestation/vuln/v1".into(),
            key: "ci.pub".into(),
            timestamp: Some("2026-11-24T08:00:00Z".parse().unwrap()),
            key_id: "c".into(),
            remembered: None,
            predicate: None,
        }],
        problems: vec![],
    }
}

pub(crate) fn ask(stage: Stage, image: ImageEvidence) -> Question<'static> {
    Question {
        stage,
        namespace: Some("prod-eu"),
        images: vec![image],
        checks: vec![],
        objects: vec![],
        today: jiff::civil::date(2026, 11, 24),
        now: "2026-11-24T12:00:00Z".parse().unwrap(),
    }
}
