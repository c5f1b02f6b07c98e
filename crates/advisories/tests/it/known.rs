//! The table of well-known facts.

use seawall_advisories::known;
use seawall_findings::PackageType;

use crate::support::{database, distribution, package};

#[test]
fn a_database_of_the_table_finds_what_it_lists() {
    assert_eq!(known().len(), 16);
    let database = database(&known());
    let openssl = |v| package(PackageType::Deb, "libssl3", v, Some(("openssl", v)));
    let packages = [
        package(PackageType::Npm, "lodash", "4.17.15", None),
        package(PackageType::Npm, "minimist", "0.2.3", None),
        package(PackageType::Npm, "qs", "6.7.0", None),
        package(PackageType::Npm, "axios", "0.21.2", None),
        openssl("3.0.11-1~deb12u1"),
    ];
    let findings = database.find(&distribution("debian", "12"), &packages).unwrap();
    let lines: Vec<String> =
        findings.iter().map(|f| format!("{} {} {:?} | {}", f.severity, f.id, f.fixed, f.remedy)).collect();
    insta::assert_snapshot!(lines.join("\n"), @r##"
critical CVE-2021-44906 ["0.2.4"] | upgrade minimist to 0.2.4
high CVE-2025-15467 ["3.0.18-1~deb12u2"] | upgrade libssl3 (openssl) to 3.0.18-1~deb12u2
high CVE-2020-8203 ["4.17.19"] | upgrade lodash to 4.17.19
high CVE-2022-24999 ["6.7.3"] | upgrade qs to 6.7.3
high CVE-2023-5363 ["3.0.11-1~deb12u2"] | upgrade libssl3 (openssl) to 3.0.11-1~deb12u2
high CVE-2024-6119 ["3.0.14-1~deb12u2"] | upgrade libssl3 (openssl) to 3.0.14-1~deb12u2
high CVE-2021-23337 ["4.17.21"] | upgrade lodash to 4.17.21
medium CVE-2023-5678 ["3.0.13-1~deb12u1"] | upgrade libssl3 (openssl) to 3.0.13-1~deb12u1
"##);
}

#[test]
fn fixed_versions_have_nothing() {
    let database = database(&known());
    let packages = [
        package(PackageType::Npm, "lodash", "4.17.21", None),
        package(PackageType::Npm, "minimist", "1.2.8", None),
        package(PackageType::Npm, "qs", "6.11.0", None),
        package(PackageType::Npm, "axios", "1.6.0", None),
        package(PackageType::Deb, "libssl3", "3.0.18-1~deb12u2", Some(("openssl", "3.0.18-1~deb12u2"))),
    ];
    assert_eq!(database.find(&distribution("debian", "12"), &packages).unwrap(), []);
    assert!(database.gaps(&distribution("debian", "12"), &packages).unwrap().is_empty());
    let unknown = [package(PackageType::Apk, "musl", "1.2.4-r2", None)];
    assert_eq!(
        database.gaps(&distribution("alpine", "3.19.1"), &unknown).unwrap(),
        ["the advisory database holds nothing for Alpine:v3.19: 1 packages were not matched"]
    );
}
