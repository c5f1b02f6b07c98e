//! A report to apply documents to.

use seawall_findings::{
    Digest, Finding, FindingKind, Location, PackageRef, PackageType, Report, Severity, Subject,
};

pub(crate) fn digest() -> Digest {
    Digest::from_sha256([0xab; 32])
}

pub(crate) fn finding(id: &str, kind: PackageType, purl: &str) -> Finding {
    Finding {
        package: Some(PackageRef {
            kind,
            name: "x".into(),
            version: "1".into(),
            purl: purl.into(),
            source_name: None,
        }),
        location: Location { path: "a/file".into(), layer: None },
        ..Finding::new(FindingKind::Vulnerability, id, Severity::High, "")
    }
}

pub(crate) const OPENSSL: &str = "pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12";
pub(crate) const LODASH: &str = "pkg:npm/lodash@4.17.15";

/// An image with openssl and lodash.
pub(crate) fn report() -> Report {
    let mut lodash = finding("CVE-2021-23337", PackageType::Npm, LODASH);
    lodash.aliases = vec!["GHSA-35jh-r3h4-6jhm".into()];
    Report {
        schema: 1,
        subject: Subject::Image {
            reference: "registry.example.com:5000/team/shop:1.0".into(),
            digest: digest(),
            manifest: None,
            platform: None,
        },
        scanned_at: "2026-11-24T10:00:00Z".into(),
        distribution: None,
        database: None,
        findings: vec![finding("CVE-2023-5363", PackageType::Deb, OPENSSL), lodash],
        packages: vec![],
        problems: vec![],
        looked_for: vec![],
    }
}

/// The ids that a document suppresses.
pub(crate) fn suppressed(document: &str) -> Vec<String> {
    let mut report = report();
    let document = seawall_vex::read(document.as_bytes(), "a test").unwrap();
    seawall_vex::apply(&mut report, &[document]);
    let findings = report.findings.into_iter().filter(|finding| finding.suppressed.is_some());
    findings.map(|finding| finding.id).collect()
}
