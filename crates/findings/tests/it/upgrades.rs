//! What to do first, and what comes with the base image.

use seawall_findings::{
    Digest, Finding, FindingKind, LayerRef, Location, PackageRef, PackageType, Report, Severity, table,
    upgrades,
};

use crate::sample::empty;

fn finding(id: &str, severity: Severity, package: (&str, &str), fixed: &[&str], base: bool) -> Finding {
    let (name, source) = package;
    let mut finding = Finding {
        package: Some(PackageRef {
            kind: PackageType::Deb,
            name: name.into(),
            version: "1.0-1".into(),
            purl: format!("pkg:deb/debian/{name}@1.0-1"),
            source_name: (name != source).then(|| source.into()),
        }),
        fixed: fixed.iter().map(ToString::to_string).collect(),
        location: Location {
            path: "var/lib/dpkg/status".into(),
            layer: Some(LayerRef {
                index: usize::from(!base),
                diff_id: Digest::from_sha256([7; 32]),
                created_by: None,
                base,
            }),
        },
        ..Finding::new(FindingKind::Vulnerability, id, severity, "")
    };
    finding.rate();
    finding
}

fn report() -> Report {
    let mut report = empty();
    report.findings = vec![
        finding("CVE-1", Severity::Critical, ("libssl3", "openssl"), &["1.0-3"], true),
        finding("CVE-1", Severity::Critical, ("openssl", "openssl"), &["1.0-3"], true),
        finding("CVE-2", Severity::Low, ("libssl3", "openssl"), &["1.0-9", "2.0-1"], true),
        finding("CVE-3", Severity::Medium, ("curl", "curl"), &["1.0-2"], false),
        finding("CVE-4", Severity::High, ("curl", "curl"), &[], false),
    ];
    report
}

#[test]
fn one_upgrade_a_source_package() {
    let report = report();
    let upgrades = upgrades(&report, |_, a, b| a.cmp(b));
    let lines: Vec<String> = upgrades
        .iter()
        .map(|u| format!("{} {} {:?} {:?} {} {}", u.name, u.to, u.packages, u.removes, u.worst, u.risk))
        .collect();
    assert_eq!(
        lines,
        [
            r#"openssl 1.0-9 ["libssl3", "openssl"] ["CVE-1", "CVE-2"] critical 54"#,
            r#"curl 1.0-2 ["curl"] ["CVE-3"] medium 33"#,
        ]
    );
}

#[test]
fn the_base_image_stands_apart() {
    let options = table::Options { order: Some(|_, a, b| a.cmp(b)), ..table::Options::default() };
    let text = table::write(&report(), options);
    let text: Vec<&str> = text.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(text.join("\n"), @r#"
./services/shop/, 0 packages

application:
 SEVERITY  RISK  PACKAGE     INSTALLED  FIXED IN      FINDINGS
 high      41    curl (deb)  1.0-1      no fix known  CVE-4
 medium    33    curl (deb)  1.0-1      1.0-2         CVE-3

base image:
 SEVERITY  RISK  PACKAGE        INSTALLED  FIXED IN  FINDINGS
 critical  54    libssl3 (deb)  1.0-1      1.0-3     CVE-1
 critical  54    openssl (deb)  1.0-1      1.0-3     CVE-1
 low       18    libssl3 (deb)  1.0-1      1.0-9     CVE-2

how to fix: 2 upgrades remove 4 of 5 findings
  openssl (deb: libssl3) 1.0-1 -> 1.0-9: 2 vulnerabilities, worst critical
  curl (deb) 1.0-1 -> 1.0-2: 1 vulnerability, worst medium

5 findings: 2 critical, 1 high, 1 medium, 1 low; 4 with a fix
  base image:  3 findings: 2 critical, 1 low; 3 with a fix
  application: 2 findings: 1 high, 1 medium; 1 with a fix
"#);
    assert!(empty().parts().is_none());
}
