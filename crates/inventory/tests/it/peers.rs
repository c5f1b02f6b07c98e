//! The samples that a peer's own tests read.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use seawall_inventory::{File, purl, read};

pub(crate) fn judges(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/judges").join(folder);
    if !path.is_dir() {
        println!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

/// The named members of a txtar archive.
pub(crate) fn members(text: &str) -> Vec<(String, String)> {
    let mut members: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
            members.push((name.to_owned(), String::new()));
        } else if let Some((_, content)) = members.last_mut() {
            content.push_str(line);
        }
    }
    members
}

#[test]
fn dpkg_samples() {
    let Some(folder) = judges("trivy-ospkg-inputs/pkg/dpkg/testdata") else { return };
    let mut counts = Vec::new();
    for name in ["valid", "only-apt", "corrupsed", "third-party", "digest", "md5sums"] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.txtar"))).unwrap();
        let members = members(&text);
        let files: Vec<File<'_>> =
            members.iter().map(|(path, text)| File::new(path, text.as_bytes())).collect();
        let found = read(&files);
        counts.push(format!("{name}: {} packages, problems {:?}", found.packages.len(), found.problems));
    }
    insta::assert_snapshot!(counts.join("\n"), @r#"
    valid: 90 packages, problems []
    only-apt: 1 packages, problems []
    corrupsed: 5 packages, problems ["var/lib/dpkg/status:63: package brokenPackageWithNoVersionThatShouldGetThrownOut has no `Version` field"]
    third-party: 2 packages, problems []
    digest: 2 packages, problems []
    md5sums: 1 packages, problems []
    "#);
}

#[test]
fn apk_sample() {
    let Some(folder) = judges("trivy-ospkg-inputs/pkg/apk/testdata") else { return };
    let bytes = std::fs::read(folder.join("apk")).unwrap();
    let found = read(&[File::new("lib/apk/db/installed", &bytes)]);
    let text: Vec<String> = found
        .packages
        .iter()
        .map(|p| format!("{} {} {}", p.name, p.version, p.source_name.as_deref().unwrap_or("-")))
        .chain(found.problems.iter().map(|problem| format!("! {problem}")))
        .collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    ada-libs 2.7.4-r0 ada
    alpine-baselayout 3.0.3-r0 -
    alpine-keys 1.1-r0 -
    apk-tools 2.6.7-r0 -
    busybox 1.24.2-r9 -
    libc-utils 0.7-r0 libc-dev
    libcrypto1.0 1.0.2h-r1 openssl
    libssl1.0 1.0.2h-r1 openssl
    musl 1.1.14-r10 -
    musl-utils 1.1.14-r10 musl
    pkgconf 1.6.0-r0 -
    scanelf 1.1.6-r0 pax-utils
    sqlite-libs 3.26.0-r3 sqlite
    test 2.9.11_pre20061021-r2 test-parent
    zlib 1.2.8-r2 -
    ! lib/apk/db/installed:23: package invalidPackageWithoutAVersion has no version (`V:`)
    ");
}

#[test]
fn os_release_samples() {
    let Some(folder) = judges("trivy-ospkg-inputs/os/release/testdata") else { return };
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut text = String::new();
    for path in names {
        let bytes = std::fs::read(&path).unwrap();
        let distribution = read(&[File::new("etc/os-release", &bytes)]).distribution;
        let told = distribution.map_or("-".to_owned(), |d| format!("{} {}", d.id, d.version));
        let _ = writeln!(text, "{}: {told}", path.file_name().unwrap().to_string_lossy());
    }
    insta::assert_snapshot!(text, @r"
    activestate: activestate 1.0
    alma: almalinux 9.4
    alpine: alpine 3.15.4
    azurelinux-3.0: azurelinux 3.0
    bottlerocket: bottlerocket 1.34.0
    centos: centos 7
    centos-stream: centos 8
    coreos: coreos 3.15.4
    echo: echo 1
    fedora: fedora 42
    mariner-1.0: mariner 1.0
    mariner-2.0: mariner 2.0
    minimos: minimos 20241031
    no-id: -
    no-version: alpine 
    opensuseleap-15.2.1: opensuse-leap 15.2.1
    opensuseleap-42.3: opensuse 42.3
    opensusetumbleweed: opensuse-tumbleweed 20220412
    oracle: ol 8.10
    photon: photon 4.0
    rhel: rhel 9.4
    rocky: rocky 9.3
    slemicro: sle-micro 5.3
    slemicro-rancher: sle-micro-rancher 5.4
    slemicro6.0: sl-micro 6.0
    sles: sles 15.3
    unknown: unknown 4.3.2
    ");
}

#[test]
fn npm_lockfiles_agree_with_the_peer() {
    let Some(folder) = judges("trivy-parser-inputs") else { return };
    let expected: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let mut compared = 0;
    for case in expected["nodejs/npm"].as_array().unwrap() {
        let input = case["input"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(input)).unwrap();
        let found = read(&[File::new("package-lock.json", &bytes)]);
        assert_eq!(found.problems, Vec::<String>::new(), "{input}");
        let ours: BTreeSet<(String, String)> =
            found.packages.into_iter().map(|p| (p.name, p.version)).collect();
        // Left out by intent: what only development needs, and the project's own workspaces (links to its folders).
        let lock: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let is_own = |name: &str| lock["packages"][format!("node_modules/{name}")]["link"] == true;
        let theirs: BTreeSet<(String, String)> = case["packages"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| p["dev"] != true && !is_own(p["name"].as_str().unwrap()))
            .map(|p| (p["name"].as_str().unwrap().to_owned(), p["version"].as_str().unwrap().to_owned()))
            .collect();
        assert_eq!(ours, theirs, "{input}");
        compared += 1;
    }
    assert!(compared > 0);
}

#[test]
fn purl_specifications_own_cases() {
    let Some(folder) = judges("purl-spec/tests/types") else { return };
    for kind in ["deb", "apk", "npm", "pypi", "golang", "cargo", "gem", "composer", "maven", "nuget"] {
        let text = std::fs::read_to_string(folder.join(format!("{kind}-test.json"))).unwrap();
        let cases: serde_json::Value = serde_json::from_str(&text).unwrap();
        for case in cases["tests"].as_array().unwrap() {
            if case["test_type"] != "parse" || case["expected_failure"] == true {
                continue;
            }
            let expected = &case["expected_output"];
            let named = purl::parse(case["input"].as_str().unwrap()).unwrap();
            let name = expected["name"].as_str().unwrap();
            let name = match expected["namespace"].as_str() {
                Some(scope) if ["npm", "golang", "composer"].contains(&kind) => format!("{scope}/{name}"),
                Some(group) if kind == "maven" => format!("{group}:{name}"),
                _ => name.to_owned(),
            };
            assert_eq!(
                (named.name, named.version.as_str()),
                (name, expected["version"].as_str().unwrap_or(""))
            );
        }
    }
}
