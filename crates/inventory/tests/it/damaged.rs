use proptest::prelude::*;
use seawall_inventory::{File, distil, purl, read, sbom, spdx, wants_executable};

use super::{STATUS, inventory, lines};

#[test]
fn one_broken_file_never_loses_the_others() {
    let found = inventory(&[
        ("app/package-lock.json", "{\n  \"packages\": {"),
        ("app/node_modules/a/package.json", "{"),
        ("app/node_modules/a/test/package.json", "broken on purpose"),
        ("lib/apk/db/installed", "P:no-version\n\nV:1\n\nnonsense\nP:good\nV:1-r0\n"),
        (
            "var/lib/dpkg/status",
            "Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\nStatus: install ok installed\n",
        ),
        ("usr/lib/apk/db/installed", "\u{0}\u{1}\u{2}"),
    ]);
    insta::assert_snapshot!(lines(&found), @r"
    a 1 var/lib/dpkg/status
    good 1-r0 lib/apk/db/installed
    ! app/package-lock.json:2: not the JSON of an npm lockfile: EOF while parsing an object at line 2 column 15
    ! app/node_modules/a/package.json:1: not the JSON of a package: EOF while parsing an object at line 1 column 1
    ! lib/apk/db/installed:1: package no-version has no version (`V:`)
    ! lib/apk/db/installed:3: a package without a name (`P:`)
    ! lib/apk/db/installed:5: the line is no `field:value`; it is skipped
    ! var/lib/dpkg/status:5: package b has no `Version` field
    ! usr/lib/apk/db/installed:1: a package without a name (`P:`)
    ! usr/lib/apk/db/installed:1: the line is no `field:value`; it is skipped
    ! usr/lib/apk/db/installed: no installed package could be read from it
    ");
}

const PATHS: [&str; 47] = [
    "var/lib/dpkg/status",
    "lib/apk/db/installed",
    "etc/os-release",
    "etc/debian_version",
    "app/package-lock.json",
    "app/node_modules/a/package.json",
    "app/node_modules/@s/a/package.json",
    "app/yarn.lock",
    "app/pnpm-lock.yaml",
    "app/bun.lock",
    "v/site-packages/a-1.dist-info/METADATA",
    "app/poetry.lock",
    "app/Pipfile.lock",
    "app/uv.lock",
    "app/pylock.toml",
    "app/requirements.txt",
    "app/go.mod",
    "app/go.sum",
    "app/Cargo.lock",
    "app/Gemfile.lock",
    "g/specifications/a-1.gemspec",
    "app/composer.lock",
    "app/vendor/composer/installed.json",
    "app/a.jar",
    "app/pom.xml",
    "app/gradle.lockfile",
    "app/a.deps.json",
    "app/packages.lock.json",
    "app/packages.config",
    "app/Directory.Packages.props",
    "var/lib/rpm/rpmdb.sqlite",
    "var/lib/rpm/Packages.db",
    "var/lib/rpm/Packages",
    "var/lib/rpmmanifest/container-manifest-2",
    "usr/share/bottlerocket/application-inventory.json",
    "var/lib/dpkg/info/a.list",
    "app/mix.lock",
    "app/pubspec.lock",
    "app/Package.resolved",
    "app/Podfile.lock",
    "app/conan.lock",
    "conda-meta/a.json",
    "app/environment.yml",
    "app/Manifest.toml",
    "app/build.sbt.lock",
    "opt/java/release",
    "app/program",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        for path in PATHS {
            let _ = read(&[File::new(path, &bytes)]);
        }
        let _ = sbom::read(&bytes);
        let _ = distil("app/program", &bytes);
        let _ = distil("app/a.jar", &bytes);
        let _ = wants_executable("app/program", 1 << 20, &bytes);
    }

    #[test]
    fn any_text_is_survived(text in "[ \\n\"'\\[\\]{}()=:@/.,#a-z0-9é-]{0,200}") {
        for path in PATHS {
            let _ = read(&[File::new(path, text.as_bytes())]);
        }
    }

    #[test]
    fn any_mutation_of_a_database_is_survived(at in 0..STATUS.len(), byte in any::<u8>(), cut in 0..STATUS.len()) {
        let mut bytes = STATUS.as_bytes().to_vec();
        bytes[at] = byte;
        bytes.truncate(cut);
        let _ = read(&[File::new("var/lib/dpkg/status", &bytes)]);
    }

    #[test]
    fn any_lockfile_shaped_text_is_survived(name in "[@a-zA-Z0-9/._ é-]{0,12}", version in "[v0-9a-z.:@/+-]{0,12}") {
        let v1 = serde_json::json!({"dependencies": {name.clone(): {"version": version}}}).to_string();
        let v3 = serde_json::json!({"packages": {format!("node_modules/{name}"): {"version": version}}}).to_string();
        for text in [v1, v3] {
            let found = read(&[File::new("package-lock.json", text.as_bytes())]);
            for package in found.packages {
                prop_assert!(package.purl.parse::<String>().is_ok_and(|purl| purl.starts_with("pkg:npm/")));
            }
        }
    }

    #[test]
    fn any_mutation_of_a_language_file_is_survived(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        for (path, text) in super::languages::SAMPLES.iter().chain(super::more_languages::SAMPLES) {
            let mut bytes = text.as_bytes().to_vec();
            for (at, with) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *with;
            }
            let _ = read(&[File::new(path, &bytes)]);
            bytes.truncate(cut.index(bytes.len()));
            let _ = read(&[File::new(path, &bytes)]);
        }
        let mut jar = super::languages::jar();
        for (at, with) in &changes {
            let at = at.index(jar.len());
            jar[at] = *with;
        }
        let _ = read(&[File::new("app/a.jar", &jar)]);
        jar.truncate(cut.index(jar.len()));
        let _ = read(&[File::new("app/a.jar", &jar)]);
    }

    #[test]
    fn any_mutation_of_a_program_is_survived(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = super::executables::inline();
        for (at, with) in &changes {
            // The headers and the build info matter, not the empty page between them.
            let at = at.index(120 + bytes.len() - 0x1000);
            let at = if at < 120 { at } else { 0x1000 + at - 120 };
            bytes[at] = *with;
        }
        let _ = read(&[File::new("app/program", &bytes)]);
        bytes.truncate(cut.index(bytes.len()));
        let _ = distil("app/program", &bytes);
    }

    #[test]
    fn any_mutation_of_an_sbom_is_survived(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let (subject, inventory) = super::cyclonedx::image();
        let document = spdx::write(&subject, &inventory, "");
        for text in [document.to_string(), spdx::write_tag_value(&document), super::sbom::XML.to_owned()] {
            let mut bytes = text.into_bytes();
            for (at, with) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *with;
            }
            let _ = sbom::read(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            let _ = sbom::read(&bytes);
        }
    }

    #[test]
    fn any_path_can_be_asked_for(path in ".{0,40}") {
        let _ = seawall_inventory::wants(&path);
        let _ = purl::parse(&path);
        let _ = purl::Purl::parse(&path).map(|purl| purl.to_string());
        let _ = distil(&path, b"");
        let _ = purl::parse(&format!("pkg:npm/{path}"));
    }
}
