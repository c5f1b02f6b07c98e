//! Every sample of a peer's distribution readers: it is read, or refused in words.

use std::path::{Path, PathBuf};

use seawall_inventory::{File, read};

use super::peers::{judges, members};

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

/// The place in a system that a sample stands for; none: Seawall reads no such file, and says why.
fn place(sample: &str) -> Result<&'static str, &'static str> {
    let name = sample.rsplit('/').next().unwrap();
    if sample.starts_with("os/release/") {
        return Ok("etc/os-release");
    }
    if sample.ends_with("copyright") {
        return Err("licences of Debian packages are not read out of their copyright files");
    }
    Ok(match name {
        "debian_version" => "etc/debian_version",
        "lsb-release" => "etc/lsb-release",
        "oracle-release" => "etc/oracle-release",
        "almalinux-release" => "etc/almalinux-release",
        "rocky-release" => "etc/rocky-release",
        "redhat-release" | "empty" | "invalid" => "etc/redhat-release",
        "fedora-release" => "etc/fedora-release",
        "centos-release" => "etc/centos-release",
        "apk" => "lib/apk/db/installed",
        "application-inventory.json" | "application-inventory-no-epoch.json" => {
            "usr/share/bottlerocket/application-inventory.json"
        }
        _ if name.starts_with("esm_") => return Err("whether Ubuntu's extended support is on is not read"),
        _ if name.contains(".txtar") => "",
        _ => panic!("a sample of a new kind: {sample}"),
    })
}

#[test]
fn all_samples_are_read_or_refused() {
    let Some(folder) = judges("trivy-ospkg-inputs") else { return };
    let mut samples = Vec::new();
    files(&folder, &mut samples);
    samples.sort();
    assert!(samples.len() >= 50, "{}", samples.len());
    let mut told = Vec::new();
    for path in &samples {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        let bytes = std::fs::read(path).unwrap();
        let line = match place(name) {
            Err(reason) => reason.to_owned(),
            Ok("") => {
                let text = String::from_utf8(bytes).unwrap();
                let members = members(&text);
                let files: Vec<File<'_>> =
                    members.iter().map(|(path, text)| File::new(path, text.as_bytes())).collect();
                let found = read(&files);
                assert!(!found.packages.is_empty(), "{name}");
                format!("{} packages, {} problems", found.packages.len(), found.problems.len())
            }
            Ok(place) => {
                let found = read(&[File::new(place, &bytes)]);
                let distribution = found
                    .distribution
                    .map_or("no distribution".to_owned(), |d| format!("{} {}", d.id, d.version));
                if place.starts_with("etc/") {
                    distribution
                } else {
                    assert!(!found.packages.is_empty(), "{name}");
                    format!("{} packages, {} problems", found.packages.len(), found.problems.len())
                }
            }
        };
        if !name.starts_with("os/release/") {
            told.push(format!("{name}: {line}").trim_end().to_owned());
        }
    }
    insta::assert_snapshot!(told.join("\n").replace("testdata/", ""), @r"
    os/debian/debian_9/etc/debian_version: debian 9
    os/debian/debian_sid/etc/debian_version: debian
    os/debian/empty: no distribution
    os/redhatbase/alma/almalinux-release: almalinux 8.4
    os/redhatbase/centos/centos-release: centos 7.6.1810
    os/redhatbase/fedora_29/fedora-release: fedora 29
    os/redhatbase/not_redhatbase/empty: no distribution
    os/redhatbase/oracle_7/oracle-release: ol 7.6
    os/redhatbase/redhat_6/redhat-release: rhel 6.2
    os/redhatbase/rocky/rocky-release: rocky 8.4
    os/ubuntu/esm_disabled_status.json: whether Ubuntu's extended support is on is not read
    os/ubuntu/esm_enabled_status.json: whether Ubuntu's extended support is on is not read
    os/ubuntu/invalid: no distribution
    os/ubuntu/lsb-release: ubuntu 18.04
    pkg/apk/apk: 15 packages, 1 problems
    pkg/bottlerocket_inventory/application-inventory-no-epoch.json: 2 packages, 0 problems
    pkg/bottlerocket_inventory/application-inventory.json: 5 packages, 0 problems
    pkg/dpkg/all-patterns-copyright: licences of Debian packages are not read out of their copyright files
    pkg/dpkg/common-license-copyright: licences of Debian packages are not read out of their copyright files
    pkg/dpkg/corrupsed.txtar: 5 packages, 1 problems
    pkg/dpkg/digest.txtar: 2 packages, 0 problems
    pkg/dpkg/license-pattern-and-classifier-copyright: licences of Debian packages are not read out of their copyright files
    pkg/dpkg/md5sums.txtar: 1 packages, 0 problems
    pkg/dpkg/no-license-copyright: licences of Debian packages are not read out of their copyright files
    pkg/dpkg/only-apt.txtar: 1 packages, 0 problems
    pkg/dpkg/third-party.txtar: 2 packages, 0 problems
    pkg/dpkg/valid.txtar: 90 packages, 0 problems
    ");
}
