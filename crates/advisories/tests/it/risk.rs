//! Scores, predictions, states of a fix, and the order that they give.

use std::io::Write as _;

use seawall_advisories::{Builder, Database};
use seawall_findings::{Finding, PackageType, Severity, Status};

use crate::support::{distribution, package};

const EPSS: &str = "#model_version:v2025.03.14,score_date:2026-11-23T12:55:00Z\ncve,epss,percentile\nCVE-2024-1,0.94321,0.99912\nCVE-2024-2,0.00042,0.05\nCVE-1999-1,0.5,0.9\n";

fn record(id: &str, cve: &str, ranges: &str, specific: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"2026-01-01T00:00:00Z","upstream":["{cve}"],
        "severity":[{{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:P/I:P/A:P"}},{{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}},
          {{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}}],
        "affected":[{{"package":{{"ecosystem":"Debian:12","name":"thing"}},"ranges":[{{"type":"ECOSYSTEM","events":[{ranges}]}}],
        "ecosystem_specific":{specific}}}]}}"#
    )
}

fn find(records: &[String], epss: &[u8]) -> Vec<Finding> {
    let mut builder = Builder::new("a test", "2026-11-24T00:00:00Z");
    for record in records {
        builder.add_json(record.as_bytes()).unwrap();
    }
    assert_eq!(builder.add_epss(epss).unwrap(), 3);
    builder.add_kev(br#"{"vulnerabilities":[{"cveID":"CVE-2024-3"}]}"#).unwrap();
    let mut bytes = vec![];
    builder.finish(&mut bytes).unwrap();
    let database = Database::from_bytes(bytes, "a test").unwrap();
    database.verify().unwrap();
    assert_eq!(database.info().source, "a test, EPSS of 2026-11-23");
    database
        .find(&distribution("debian", "12"), &[package(PackageType::Deb, "thing", "1.0-1", None)])
        .unwrap()
}

const OPEN: &str = r#"{"introduced":"0"}"#;
const FIXED: &str = r#"{"introduced":"0"},{"fixed":"1.0-2"}"#;

#[test]
fn scores_predictions_and_states() {
    let records = [
        record("DEBIAN-CVE-2024-1", "CVE-2024-1", FIXED, "{}"),
        record("DEBIAN-CVE-2024-2", "CVE-2024-2", OPEN, r#"{"urgency":"end-of-life"}"#),
        record("DEBIAN-CVE-2024-3", "CVE-2024-3", OPEN, r#"{"urgency":"unimportant"}"#),
        record("DEBIAN-CVE-2024-4", "CVE-2024-4", OPEN, r#"{"fix_state":"Will not fix"}"#),
        record("DEBIAN-CVE-2024-5", "CVE-2024-5", OPEN, r#"{"urgency":"not yet assigned"}"#),
    ];
    let findings = find(&records, EPSS.as_bytes());
    let lines: Vec<String> = findings
        .iter()
        .map(|f| {
            let epss = f.epss.map(|e| (f64::from(e.probability), f64::from(e.percentile)));
            format!("{:?} {} {} {:?} {epss:?}", f.risk.unwrap(), f.id, f.severity, f.status.unwrap())
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
91 CVE-2024-3 negligible Affected None
84 CVE-2024-1 high Fixed Some((0.94321, 0.99912))
46 CVE-2024-4 high WillNotFix None
46 CVE-2024-5 high Affected None
45 CVE-2024-2 high EndOfLife Some((0.00042, 0.05))
"#);
    let scores: Vec<String> =
        findings[0].cvss.iter().map(|c| format!("{} {} {}", c.version, c.score, c.source)).collect();
    assert_eq!(
        scores,
        ["4.0 9.3 DEBIAN-CVE-2024-3", "3.1 7.5 DEBIAN-CVE-2024-3", "2.0 7.5 DEBIAN-CVE-2024-3"]
    );
}

#[test]
fn a_packed_file_says_the_same() {
    let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::default());
    gzip.write_all(EPSS.as_bytes()).unwrap();
    let packed = gzip.finish().unwrap();
    let records = [record("DEBIAN-CVE-2024-1", "CVE-2024-1", FIXED, "{}")];
    assert_eq!(find(&records, &packed), find(&records, EPSS.as_bytes()));
    let mut builder = Builder::new("a test", "2026-11-24T00:00:00Z");
    for bad in [
        &b"\x1f\x8b\x08"[..],
        &packed[..packed.len() / 2],
        b"CVE-1,2,0.1",
        b"a,b",
        b"CVE-2024-1,NaN,0",
        b"\xff",
    ] {
        assert!(builder.add_epss(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn the_distribution_knows_its_own_build() {
    let generic = r#"{"id":"CVE-2024-5","modified":"2026-01-01T00:00:00Z",
      "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}"#;
    let own = r#"{"id":"UBUNTU-CVE-2024-5","modified":"2026-01-01T00:00:00Z","upstream":["CVE-2024-5"],
      "severity":[{"type":"Ubuntu","score":"low"}],
      "affected":[{"package":{"ecosystem":"Ubuntu:22.04:LTS","name":"thing"},
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}],"ecosystem_specific":{"status":"deferred"}}]}"#;
    let database = crate::support::database(&[generic, own]);
    let thing = [package(PackageType::Deb, "thing", "1.0-1", None)];
    let finding = &database.find(&distribution("ubuntu", "22.04"), &thing).unwrap()[0];
    assert_eq!((finding.severity, finding.status), (Severity::Low, Some(Status::FixDeferred)));
    assert_eq!(finding.cvss[0].source, "CVE-2024-5");
    // The score alone would say 98: it stays within the band of the distribution's word.
    assert_eq!(finding.risk, Some(20));
}

/// AlmaLinux's bulletins carry the severity in their title and the CVEs as related; those of bug fixes name none.
#[test]
fn rpm_bulletins() {
    let bulletin = |id: &str, title: &str, related: &str| {
        format!(
            r#"{{"id":"{id}","modified":"2026-01-01T00:00:00Z","summary":"{title}","related":[{related}],"affected":[{{"package":
            {{"ecosystem":"AlmaLinux:9","name":"openssl-libs"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"1:3.0.7-25.el9_3"}}]}}]}}]}}"#
        )
    };
    let security =
        bulletin("ALSA-2024:1", "Important: openssl security update", r#""CVE-2024-7","CVE-2024-8""#);
    let fix = bulletin("ALBA-2024:2", "openssl bug fix update", "");
    let database = crate::support::database(&[&security, &fix]);
    let find = |version| {
        let libs = package(PackageType::Rpm, "openssl-libs", version, Some(("openssl", "3.0.7-24.el9")));
        database.find(&distribution("almalinux", "9.3"), &[libs]).unwrap()
    };
    let findings = find("1:3.0.7-24.el9");
    let ids: Vec<_> = findings.iter().map(|f| (f.id.as_str(), f.severity, f.fixed.as_slice())).collect();
    let fixed = ["1:3.0.7-25.el9_3".to_owned()];
    assert_eq!(ids, [("CVE-2024-7", Severity::High, &fixed[..]), ("CVE-2024-8", Severity::High, &fixed[..])]);
    assert!(find("1:3.0.7-25.el9_3").is_empty());
    // What a module is built of is judged by the module's fixes.
    assert!(find("1:1.0-1.module_el9.3.0+1+aaaaaaaa").is_empty());
}
