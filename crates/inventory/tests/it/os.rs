use super::{BOOKWORM, STATUS, inventory, lines};

#[test]
fn dpkg_lists_what_is_unpacked_with_its_source() {
    let found = inventory(&[("var/lib/dpkg/status", STATUS), ("etc/os-release", BOOKWORM)]);
    let text: Vec<String> = found
        .packages
        .iter()
        .map(|p| {
            let source = p.source_name.as_deref().unwrap_or("-");
            format!("{} {} [{source} {}]", p.purl, p.version, p.source_version.as_deref().unwrap_or("-"))
        })
        .collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    pkg:deb/debian/bsdutils@2.38.1-5%2Bb1?arch=amd64&distro=debian-12&epoch=1 1:2.38.1-5+b1 [util-linux 2.38.1-5]
    pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12 3.0.11-1~deb12u2 [openssl -]
    pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=debian-12 12.2.0-14 [gcc-12 -]
    ");
    assert_eq!(found.problems, Vec::<String>::new());
    let distribution = found.distribution.unwrap();
    assert_eq!(distribution.pretty_name, "Debian GNU/Linux 12 (bookworm)");
}

#[test]
fn distroless_keeps_one_paragraph_a_file() {
    let found = inventory(&[
        ("usr/lib/os-release", BOOKWORM),
        ("var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64\n"),
        ("var/lib/dpkg/status.d/base.md5sums", "00  usr/share/x\n"),
        ("var/lib/dpkg/status.d/tzdata", "Package: tzdata\r\nVersion: 2024a-0\r\nArchitecture: all\r\n"),
    ]);
    insta::assert_snapshot!(lines(&found), @r"
    base-files 12.4+deb12u5 var/lib/dpkg/status.d/base
    tzdata 2024a-0 var/lib/dpkg/status.d/tzdata
    ");
}

#[test]
fn apk_names_the_origin_and_the_licence() {
    let database = "C:Q1x=\nP:libcrypto3\nV:3.1.4-r5\nA:x86_64\nL:Apache-2.0\no:openssl\nF:lib\nR:libcrypto.so.3\n\nP:musl\nV:1.2.4-r2\nA:x86_64\no:musl\n";
    let release = "ID=alpine\nVERSION_ID=3.19.1\n";
    let found = inventory(&[("lib/apk/db/installed", database), ("etc/os-release", release)]);
    let crypto = &found.packages[0];
    assert_eq!(crypto.purl, "pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.19.1");
    assert_eq!(
        (crypto.source_name.as_deref(), crypto.licences.as_slice()),
        (Some("openssl"), &["Apache-2.0".to_owned()][..])
    );
    assert_eq!(found.packages[1].source_name, None);
    // The same database under both of its names is one database.
    let twice = inventory(&[("lib/apk/db/installed", database), ("usr/lib/apk/db/installed", database)]);
    assert_eq!(twice.packages.len(), 2);
}

#[test]
fn this_machine_itself() {
    let (Ok(status), Ok(release)) =
        (std::fs::read_to_string("/var/lib/dpkg/status"), std::fs::read_to_string("/etc/os-release"))
    else {
        println!("skipped: this machine has no dpkg");
        return;
    };
    let found = inventory(&[("var/lib/dpkg/status", &status), ("etc/os-release", &release)]);
    let expected =
        status.lines().filter(|line| line.starts_with("Status: ") && line.ends_with(" installed")).count();
    assert_eq!(found.packages.len(), expected);
    assert_eq!(found.problems, Vec::<String>::new());
    for package in &found.packages {
        let named = seawall_inventory::purl::parse(&package.purl).unwrap();
        assert_eq!((&named.name, &named.version), (&package.name, &package.version));
    }
}
