//! Records of one vulnerability become one finding.

use seawall_findings::{PackageType, Severity};

use crate::support::{database, distribution, package};

const NVD: &str = r#"{"id":"CVE-2024-1","modified":"2024-03-01T00:00:00Z","published":"2024-02-01T00:00:00Z",
  "summary":"Overflow in thing","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  "references":[{"type":"FIX","url":"https://example.com/fix"},{"type":"WEB","url":"javascript:alert(1)"}]}"#;
const TRACKER: &str = r#"{"id":"DEBIAN-CVE-2024-1","modified":"2024-03-01T00:00:00Z","upstream":["CVE-2024-1"],
  "affected":[{"package":{"ecosystem":"Debian:12","name":"thing"},
    "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2-3+deb12u2"}]}]}]}"#;
const BULLETIN: &str = r#"{"id":"DSA-1-1","modified":"2024-03-01T00:00:00Z","summary":"thing - security update",
  "upstream":["CVE-2024-1","CVE-2024-2"],"affected":[{"package":{"ecosystem":"Debian:12","name":"thing"},
    "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2-3+deb12u3"}]}]}]}"#;

#[test]
fn tracker_and_bulletin_are_one_finding_with_the_trackers_fix() {
    let database = database(&[NVD, TRACKER, BULLETIN]);
    let thing = |version| package(PackageType::Deb, "libthing1", version, Some(("thing", version)));
    let findings = database.find(&distribution("debian", "12"), &[thing("1.2-3")]).unwrap();
    let ids: Vec<&str> = findings.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["CVE-2024-1", "CVE-2024-2"]);
    insta::assert_json_snapshot!(findings[0], @r##"
{
  "id": "CVE-2024-1",
  "kind": "vulnerability",
  "severity": "critical",
  "title": "Overflow in thing",
  "location": {
    "path": "a/file"
  },
  "package": {
    "kind": "deb",
    "name": "libthing1",
    "version": "1.2-3",
    "purl": "pkg:deb/libthing1@1.2-3",
    "source_name": "thing"
  },
  "fixed": [
    "1.2-3+deb12u2"
  ],
  "status": "fixed",
  "cvss": [
    {
      "version": "3.1",
      "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
      "score": 9.8,
      "source": "CVE-2024-1"
    }
  ],
  "risk": 55,
  "published": "2024-02-01T00:00:00Z",
  "remedy": "upgrade libthing1 (thing) to 1.2-3+deb12u2",
  "references": [
    "https://security-tracker.debian.org/tracker/CVE-2024-1",
    "https://nvd.nist.gov/vuln/detail/CVE-2024-1",
    "https://example.com/fix"
  ],
  "sources": [
    "DEBIAN-CVE-2024-1",
    "DSA-1-1"
  ]
}
"##);
    // The bulletin's update is newer than the fix of this one: what the tracker calls fixed is fixed.
    let findings = database.find(&distribution("debian", "12"), &[thing("1.2-3+deb12u2")]).unwrap();
    assert_eq!(findings.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["CVE-2024-2"]);
    assert_eq!(findings[0].sources, ["DSA-1-1"]);
    // Another release and the binary name are not what the advisories speak of.
    assert!(database.find(&distribution("debian", "11"), &[thing("1.2-3")]).unwrap().is_empty());
}

#[test]
fn aliases_merge_and_the_fix_satisfies_every_source() {
    let record = |id: &str, aliases: &str, fixed: &str| {
        format!(
            r#"{{"id":"{id}","modified":"2024-01-01T00:00:00Z","aliases":[{aliases}],"affected":[{{"package":
            {{"ecosystem":"npm","name":"x"}},"ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}],
            "database_specific":{{"severity":"HIGH"}}}}"#
        )
    };
    let records = [
        record("GHSA-aaaa-bbbb-cccc", r#""CVE-2024-9""#, "1.0.1"),
        record("RETIRE-x-0", r#""CVE-2024-9""#, "1.0.2"),
        record("NSWG-1", r#""GHSA-aaaa-bbbb-cccc""#, "1.0.1"),
        record("GHSA-zzzz-zzzz-zzzz", "", "1.0.5"),
        record("OLD-2", r#""CVE-2024-20","CVE-2024-21""#, "1.0.1"),
    ];
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let findings = database(&records).find(&None, &[package(PackageType::Npm, "x", "1.0.0", None)]).unwrap();
    let lines: Vec<String> = findings
        .iter()
        .map(|f| {
            format!(
                "{} {} aliases {:?} sources {:?} fixed {:?}",
                f.severity, f.id, f.aliases, f.sources, f.fixed
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r##"
high CVE-2024-20 aliases ["OLD-2"] sources ["OLD-2"] fixed ["1.0.1"]
high CVE-2024-21 aliases ["OLD-2"] sources ["OLD-2"] fixed ["1.0.1"]
high CVE-2024-9 aliases ["GHSA-aaaa-bbbb-cccc", "NSWG-1", "RETIRE-x-0"] sources ["GHSA-aaaa-bbbb-cccc", "NSWG-1", "RETIRE-x-0"] fixed ["1.0.2"]
high GHSA-zzzz-zzzz-zzzz aliases [] sources ["GHSA-zzzz-zzzz-zzzz"] fixed ["1.0.5"]
"##);
    assert!(findings.iter().all(|f| f.severity == Severity::High));
}

#[test]
fn withdrawn_records_and_older_copies_are_left_out() {
    let withdrawn = TRACKER.replacen('{', r#"{"withdrawn":"2024-04-01T00:00:00Z","#, 1);
    let newer = TRACKER.replace("2024-03-01", "2024-05-01").replace("deb12u2", "deb12u9");
    let thing = [package(PackageType::Deb, "thing", "1.2-3", None)];
    assert!(database(&[&withdrawn]).find(&distribution("debian", "12"), &thing).unwrap().is_empty());
    for order in [[TRACKER, &newer], [&newer, TRACKER]] {
        let findings = database(&order).find(&distribution("debian", "12"), &thing).unwrap();
        assert_eq!(findings[0].fixed, ["1.2-3+deb12u9"]);
    }
}

#[test]
fn pro_packages_are_judged_by_pro_first() {
    let record = r#"{"id":"UBUNTU-CVE-2024-3","modified":"2024-01-01T00:00:00Z","upstream":["CVE-2024-3"],
      "severity":[{"type":"Ubuntu","score":"negligible"},{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
      "affected":[
        {"package":{"ecosystem":"Ubuntu:18.04:LTS","name":"thing"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]},
        {"package":{"ecosystem":"Ubuntu:Pro:18.04:LTS","name":"thing"},
         "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.0-1ubuntu1+esm2"}]}]}]}"#;
    let database = database(&[record]);
    let find = |version| {
        database
            .find(&distribution("ubuntu", "18.04"), &[package(PackageType::Deb, "thing", version, None)])
            .unwrap()
    };
    assert!(find("1.0-1ubuntu1+esm2").is_empty());
    assert_eq!(find("1.0-1ubuntu1+esm1")[0].fixed, ["1.0-1ubuntu1+esm2"]);
    let plain = find("1.0-1ubuntu1");
    assert_eq!((plain[0].severity, plain[0].fixed.len()), (Severity::Negligible, 0));
    assert!(plain[0].remedy.starts_with("no fixed version of thing is known"), "{}", plain[0].remedy);
}
