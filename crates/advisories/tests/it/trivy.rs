//! trivy's integration cases: its fixtures as the whole database, our inventory, its golden reports.

use std::collections::BTreeSet;
use std::path::Path;

use seawall_advisories::Database;
use seawall_inventory::{File, Inventory};
use serde_json::Value;

use crate::support::shared;

/// (package, installed version, id, fixed version, status, severity, purl).
type Row = [String; 7];

/// Cases that ask for no vulnerabilities, or of what no inventory of Seawall's reads: by golden file, with the reason.
const OUT_OF_SCOPE: &[(&str, &str)] = &[
    ("dockerfile_file_pattern.json.golden", "asks for misconfigurations"),
    ("dockerfile-custom-policies.json.golden", "asks for misconfigurations"),
    ("helm.json.golden", "asks for misconfigurations"),
    ("helm_testchart.json.golden", "asks for misconfigurations"),
    ("terraform-exclude-misconfs-remote-module.json.golden", "asks for misconfigurations"),
    ("terraform-terraform-registry.json.golden", "asks for misconfigurations"),
    ("conda-cyclonedx.json.golden", "asks for an SBOM without vulnerabilities"),
    ("conda-environment-cyclonedx.json.golden", "asks for an SBOM without vulnerabilities"),
    ("conda-spdx.json.golden", "asks for an SBOM without vulnerabilities"),
    ("julia-spdx.json.golden", "asks for an SBOM without vulnerabilities"),
    ("license-cyclonedx.json.golden", "asks for licences"),
    ("npm-cyclonedx.json.golden", "converts a report of trivy's own form"),
];

/// Rows that differ, by golden file: what is expected and what is answered, with the reason.
const DISAGREE: &[(&str, &str)] = &[
    (
        "gomod-vex.json.golden: + github.com/open-policy-agent/opa | v0.35.0 | CVE-2022-23628 | 0.37.0 | fixed | MEDIUM | pkg:golang/github.com/open-policy-agent/opa@v0.35.0",
        "the matcher knows no VEX: crates/vex suppresses this row (its test `trivy`)",
    ),
    (
        "npm-ubuntu-severity.json.golden: - jquery | 3.3.9 | CVE-2019-11358 | 3.4.0 | fixed | LOW | pkg:npm/jquery@3.3.9\n  + jquery | 3.3.9 | CVE-2019-11358 | 3.4.0 | fixed | MEDIUM | pkg:npm/jquery@3.3.9",
        "the case asks for Ubuntu's severity of an npm package (--vuln-severity-source); Seawall takes the severity of the record that speaks of the package",
    ),
    (
        "swift.json.golden: - github.com/apple/swift-nio | 2.41.0 | CVE-2022-3215 | 2.29.1, 2.39.1, 2.42.0 | fixed | MEDIUM | pkg:swift/github.com/apple/swift-nio@2.41.0\n  + github.com/apple/swift-nio | 2.41.0 | CVE-2022-3215 | 2.42.0 | fixed | MEDIUM | pkg:swift/github.com/apple/swift-nio@2.41.0",
        "trivy lists the fix of every branch, Seawall the one above the installed version: nobody upgrades 2.41.0 to 2.29.1",
    ),
    (
        "fluentd-multiple-lockfiles.json.golden: - activesupport | 6.0.2.1 | CVE-2020-8165 | 6.0.3.1, 5.2.4.3 | fixed | HIGH | pkg:gem/activesupport@6.0.2.1\n  + activesupport | 6.0.2.1 | CVE-2020-8165 | 6.0.3.1 | fixed | HIGH | pkg:gem/activesupport@6.0.2.1",
        "trivy lists the fix of every branch, Seawall the one above the installed version",
    ),
    (
        "minikube-kbom.json.golden: - k8s.io/kubelet | 1.27.0 | CVE-2023-2431 | 1.24.14, 1.25.9, 1.26.4, 1.27.1 | fixed | LOW | pkg:k8s/k8s.io%2Fkubelet@1.27.0",
        "a bill of a cluster's own parts (purl type k8s) is no package of an inventory",
    ),
];

fn inventory(input: &Path, skip: &str) -> Option<Inventory> {
    if input.is_file() {
        let bytes = std::fs::read(input).unwrap();
        return seawall_inventory::sbom::read(&bytes).ok();
    }
    let mut contents = vec![];
    for entry in walkdir::WalkDir::new(input).sort_by_file_name() {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(input).unwrap().to_str().unwrap().to_owned();
        if entry.file_type().is_file()
            && seawall_inventory::wants(&path)
            && (skip.is_empty() || !path.starts_with(skip))
        {
            contents.push((path, std::fs::read(entry.path()).unwrap()));
        }
    }
    let files: Vec<File<'_>> = contents.iter().map(|(path, bytes)| File::new(path, bytes)).collect();
    Some(seawall_inventory::read(&files))
}

/// With its qualifiers in order: an SBOM's own spelling is kept by the inventory.
fn canonical(purl: &str) -> String {
    seawall_inventory::purl::Purl::lenient(purl).map_or_else(|_| purl.to_owned(), |purl| purl.to_string())
}

fn ours(database: &Database, inventory: &Inventory) -> BTreeSet<Row> {
    let findings = database.find(&inventory.distribution, &inventory.packages).unwrap();
    let rows = findings.iter().map(|finding| {
        let package = finding.package.as_ref().unwrap();
        let status = serde_json::to_value(finding.status.unwrap()).unwrap();
        [
            package.name.clone(),
            package.version.clone(),
            finding.id.clone(),
            finding.fixed.join(", "),
            status.as_str().unwrap().replace('-', "_"),
            finding.severity.as_str().to_ascii_uppercase(),
            canonical(&package.purl),
        ]
    });
    rows.collect()
}

fn golden(report: &Value) -> BTreeSet<Row> {
    let results = report["Results"].as_array().into_iter().flatten();
    let vulnerabilities =
        results.flat_map(|result| result["Vulnerabilities"].as_array().into_iter().flatten());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = vulnerabilities.map(|v| {
        [
            text(&v["PkgName"]),
            text(&v["InstalledVersion"]),
            text(&v["VulnerabilityID"]),
            text(&v["FixedVersion"]),
            text(&v["Status"]),
            text(&v["Severity"]),
            canonical(&text(&v["PkgIdentifier"]["PURL"])),
        ]
    });
    rows.collect()
}

#[test]
#[allow(clippy::print_stderr, reason = "the figures of the judge")]
fn every_case() {
    let Some(folder) = shared("judges/trivy-integration") else { return };
    let database = crate::trivy_database::load(&folder.join("fixtures/db"));
    let cases: Value = serde_json::from_slice(&std::fs::read(folder.join("cases.json")).unwrap()).unwrap();
    let (mut equal, mut listed, mut outside, mut wrong) = (0, BTreeSet::new(), 0, vec![]);
    for case in cases.as_array().unwrap() {
        let file = |key: &str| case[key].as_str().unwrap().strip_prefix("testdata/").unwrap().to_owned();
        let golden_name = file("golden");
        if OUT_OF_SCOPE.iter().any(|(name, _)| *name == golden_name) {
            outside += 1;
            continue;
        }
        let report: Value =
            serde_json::from_slice(&std::fs::read(folder.join(&golden_name)).unwrap()).unwrap();
        let skip = if golden_name == "gomod-skip.json.golden" { "submod2" } else { "" };
        let expected = golden(&report);
        let differences: Vec<String> = match inventory(&folder.join(file("input")), skip) {
            None => vec!["the input is not read".into()],
            Some(inventory) => {
                let answered = ours(&database, &inventory);
                let missing = expected.difference(&answered).map(|row| format!("- {}", row.join(" | ")));
                let more = answered.difference(&expected).map(|row| format!("+ {}", row.join(" | ")));
                missing.chain(more).collect()
            }
        };
        if differences.is_empty() {
            equal += 1;
            continue;
        }
        let text = format!("{golden_name}: {}", differences.join("\n  "));
        match DISAGREE.iter().find(|(known, _)| *known == text) {
            Some(known) => {
                listed.insert(known.0);
            }
            None => wrong.push(text),
        }
    }
    eprintln!(
        "trivy-integration: {equal} cases equal, {} differ as listed, {outside} out of scope",
        listed.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let gone: Vec<_> = DISAGREE.iter().filter(|(known, _)| !listed.contains(known)).collect();
    assert!(gone.is_empty(), "no longer different: {gone:#?}");
}
