//! The real advisories of `../shared/osv`.

use std::sync::LazyLock;
use std::time::Instant;

use seawall_advisories::Database;
use seawall_findings::{Finding, PackageType};

use crate::support::{build, distribution, package, shared};

static BYTES: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| shared("osv").map(|folder| build(&folder)));

fn database() -> Option<Database> {
    Some(Database::from_bytes(BYTES.clone()?, "shared").unwrap())
}

fn ids(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|f| f.id.as_str()).collect()
}

#[test]
fn all_of_it_is_small_and_whole() {
    let Some(database) = database() else { return };
    let bytes = BYTES.as_ref().unwrap();
    assert!(bytes.len() < 25 << 20, "{} bytes", bytes.len());
    database.verify().unwrap();
    let info = database.info();
    assert!(info.advisories > 50_000, "{info:?}");
    assert!(info.newest_advisory.starts_with("2026-"), "{info:?}");
    assert_eq!(info.built_at, "2026-11-24T12:00:00Z");
}

/// The best of a few, as other tests run beside it.
#[test]
fn opened_at_once() {
    let Some(bytes) = BYTES.as_ref() else { return };
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let once = || {
        let start = Instant::now();
        Database::open(file.path()).unwrap();
        start.elapsed()
    };
    let best = (0..5).map(|_| once()).min().unwrap();
    assert!(best < std::time::Duration::from_millis(10), "{best:?}");
}

#[test]
fn debian_openssl() {
    let Some(database) = database() else { return };
    let debian = distribution("debian", "12");
    let version = "3.0.11-1~deb12u1";
    let packages = [
        package(PackageType::Deb, "libssl3", version, Some(("openssl", version))),
        package(PackageType::Deb, "openssl", version, None),
    ];
    let findings = database.find(&debian, &packages).unwrap();
    let of = |name: &str| {
        findings.iter().find(|f| f.id == "CVE-2023-5363" && f.package.as_ref().unwrap().name == name)
    };
    insta::assert_json_snapshot!(of("openssl").unwrap(), @r##"
{
  "id": "CVE-2023-5363",
  "kind": "vulnerability",
  "severity": "high",
  "title": "openssl: wrong key or IV length is used in some ciphers",
  "location": {
    "path": "a/file"
  },
  "package": {
    "kind": "deb",
    "name": "openssl",
    "version": "3.0.11-1~deb12u1",
    "purl": "pkg:deb/openssl@3.0.11-1~deb12u1"
  },
  "fixed": [
    "3.0.11-1~deb12u2"
  ],
  "status": "fixed",
  "cvss": [
    {
      "version": "3.1",
      "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
      "score": 7.5,
      "source": "DEBIAN-CVE-2023-5363"
    }
  ],
  "risk": 43,
  "published": "2023-10-25T00:00:00Z",
  "remedy": "upgrade openssl to 3.0.11-1~deb12u2",
  "references": [
    "https://security-tracker.debian.org/tracker/CVE-2023-5363",
    "https://nvd.nist.gov/vuln/detail/CVE-2023-5363"
  ],
  "sources": [
    "DEBIAN-CVE-2023-5363"
  ]
}
"##);
    assert_eq!(of("libssl3").unwrap().remedy, "upgrade libssl3 (openssl) to 3.0.11-1~deb12u2");
    assert!(!ids(&findings).contains(&"CVE-2023-3446"), "fixed in 3.0.10-1~deb12u1");
    let fixed = [package(PackageType::Deb, "openssl", "3.0.11-1~deb12u2", None)];
    assert!(!ids(&database.find(&debian, &fixed).unwrap()).contains(&"CVE-2023-5363"));
    let libc = [package(PackageType::Deb, "libc6", "2.36-9+deb12u1", Some(("glibc", "2.36-9+deb12u1")))];
    let looney = database.find(&debian, &libc).unwrap();
    let looney = looney.iter().find(|f| f.id == "CVE-2023-4911").unwrap();
    assert!(looney.exploited);
    assert_eq!(looney.fixed, ["2.36-9+deb12u3"]);
}

#[test]
fn npm_alpine_and_ubuntu() {
    let Some(database) = database() else { return };
    let lodash = |v| database.find(&None, &[package(PackageType::Npm, "lodash", v, None)]).unwrap();
    let minimist = |v| database.find(&None, &[package(PackageType::Npm, "minimist", v, None)]).unwrap();
    assert!(!lodash("4.17.15").is_empty());
    // What the folder lacks, the table of well-known facts has: both go into one database.
    assert_eq!(ids(&minimist("1.2.0")), ["CVE-2021-44906", "CVE-2020-7598"]);
    assert!(lodash("4.17.21").is_empty(), "{:?}", ids(&lodash("4.17.21")));
    assert!(minimist("1.2.8").is_empty(), "{:?}", ids(&minimist("1.2.8")));
    let libssl = |v| {
        let package = package(PackageType::Apk, "libssl3", v, Some(("openssl", v)));
        database.find(&distribution("alpine", "3.17.3"), &[package]).unwrap()
    };
    let found = libssl("3.0.7-r0");
    let finding = found.iter().find(|f| f.id == "CVE-2023-0286").unwrap();
    assert_eq!(finding.fixed, ["3.0.8-r0"]);
    assert!(!ids(&libssl("3.0.8-r0")).contains(&"CVE-2023-0286"));
    let sudo = [package(PackageType::Deb, "sudo", "1.8.31-1ubuntu1", None)];
    let found = database.find(&distribution("ubuntu", "20.04"), &sudo).unwrap();
    let baron = found.iter().find(|f| f.id == "CVE-2021-3156").unwrap();
    assert_eq!((baron.fixed.as_slice(), baron.exploited), (&["1.8.31-1ubuntu1.2".to_owned()][..], true));
}

/// Of each language a package with a known vulnerability: its id, the version that has it, and the one that fixes it.
#[test]
fn languages_have_known_hits_and_fixes() {
    let Some(database) = database() else { return };
    for (kind, name, version, id, fixed) in [
        (PackageType::PyPi, "Jinja2", "2.10", "CVE-2019-10906", "2.10.1"),
        (PackageType::PyPi, "flask.cors", "3.0.8", "CVE-2020-25032", "3.0.9"),
        (
            PackageType::Golang,
            "golang.org/x/net",
            "v0.0.0-20190101000000-aaaaaaaaaaaa",
            "CVE-2018-17846",
            "v0.0.0-20190125091013-d26f9f9a57f3",
        ),
        (PackageType::Golang, "golang.org/x/net", "v0.16.0", "CVE-2023-39325", "v0.17.0"),
        (PackageType::Golang, "stdlib", "1.21.2", "CVE-2023-39325", "1.21.3"),
        (PackageType::Cargo, "time", "0.2.22", "CVE-2020-26235", "0.2.23"),
        (PackageType::Gem, "rack", "1.4.1", "CVE-2013-0183", "1.4.3"),
        (PackageType::Composer, "guzzlehttp/psr7", "v1.8.3", "CVE-2022-24775", "v1.8.4"),
        (PackageType::Composer, "guzzlehttp/psr7", "2.1.0", "CVE-2022-24775", "2.1.1"),
        (PackageType::Maven, "org.apache.logging.log4j:log4j-core", "2.14.1", "CVE-2021-44228", "2.15.0"),
        (PackageType::Maven, "org.apache.logging.log4j:log4j-core", "2.0-rc1", "CVE-2021-44228", "2.17.1"),
    ] {
        let find = |version: &str| {
            let package = package(kind, name, version, None);
            assert!(database.gaps(&None, std::slice::from_ref(&package)).unwrap().is_empty());
            database.find(&None, &[package]).unwrap()
        };
        let findings = find(version);
        let finding = findings.iter().find(|finding| finding.id == id);
        let finding = finding.unwrap_or_else(|| panic!("{name} {version}: {:?}", ids(&findings)));
        assert!(!finding.fixed.is_empty(), "{name} {version} {finding:?}");
        assert!(!ids(&find(fixed)).contains(&id), "{name} {fixed}");
    }
    // What is no version has no place in a range.
    for (kind, name, version) in [
        (PackageType::Golang, "golang.org/x/net", "(devel)"),
        (PackageType::Composer, "guzzlehttp/psr7", "dev-master"),
    ] {
        assert!(database.find(&None, &[package(kind, name, version, None)]).unwrap().is_empty());
    }
    let nuget = [package(PackageType::NuGet, "Newtonsoft.Json", "12.0.1", None)];
    assert_eq!(
        database.gaps(&None, &nuget).unwrap(),
        ["the advisory database holds nothing for NuGet: 1 packages were not matched"]
    );
}

/// NuGet's advisories are not among those of the folder: one record by hand.
#[test]
fn nuget_names_have_no_case() {
    let record = r#"{"id":"GHSA-5crp-9r3c-p9vr","modified":"2024-01-01T00:00:00Z","affected":[{"package":
        {"ecosystem":"NuGet","name":"Newtonsoft.Json"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"13.0.1"}]}]}]}"#;
    let database = crate::support::database(&[record]);
    let find = |version| {
        database.find(&None, &[package(PackageType::NuGet, "newtonsoft.json", version, None)]).unwrap()
    };
    assert_eq!(ids(&find("12.0.1")), ["GHSA-5crp-9r3c-p9vr"]);
    assert!(find("13.0.1").is_empty());
}

/// Figures: `cargo test -p seawall-advisories --test it -- --ignored --nocapture figures`.
#[test]
#[ignore = "measures; run it by name"]
#[allow(clippy::print_stderr, reason = "it prints what it measures")]
fn figures() {
    let Some(folder) = shared("osv") else { return };
    let start = Instant::now();
    let bytes = build(&folder);
    eprintln!("built {} bytes in {:?}", bytes.len(), start.elapsed());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &bytes).unwrap();
    let start = Instant::now();
    let database = Database::open(file.path()).unwrap();
    eprintln!("opened in {:?}", start.elapsed());
    let start = Instant::now();
    database.verify().unwrap();
    eprintln!("verified in {:?}", start.elapsed());
    let version = "3.0.11-1~deb12u1";
    let packages = vec![package(PackageType::Deb, "libssl3", version, Some(("openssl", version))); 400];
    let start = Instant::now();
    let findings = database.find(&distribution("debian", "12"), &packages).unwrap();
    eprintln!("found {} findings of 400 packages in {:?}", findings.len(), start.elapsed());
}
