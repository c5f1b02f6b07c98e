//! SBOMs of every form: what is written is read back, and peers' documents are read or refused.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use std::process::Command;

use seawall_findings::{Found, Subject};
use seawall_inventory::{Inventory, InventoryError, cyclonedx, sbom, spdx};

use super::lines;
use super::peers::judges;

/// Cases that are answered otherwise, with the reason.
const DIFFERENT: &[(&str, &str)] = &[];

#[test]
fn every_case_of_cyclonedx() {
    let Some(folder) = judges("cyclonedx/tools/src/test/resources") else { return };
    let (mut valid, mut invalid, mut wrong, mut met) = (0, 0, Vec::new(), BTreeSet::new());
    for version in std::fs::read_dir(folder).unwrap() {
        for entry in std::fs::read_dir(version.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            // `skip_…`: the project itself leaves them out.
            let is_valid = name.starts_with("valid");
            if !is_valid && !name.starts_with("invalid") {
                continue;
            }
            *(if is_valid { &mut valid } else { &mut invalid }) += 1;
            let answer = sbom::read(&std::fs::read(&path).unwrap());
            if answer.is_ok() == is_valid {
                continue;
            }
            match DIFFERENT.iter().position(|(listed, _)| *listed == name) {
                Some(index) => drop(met.insert(index)),
                None => wrong.push(match answer {
                    Ok(_) => format!("{name}: accepted"),
                    Err(error) => format!("{name}: {error}"),
                }),
            }
        }
    }
    println!("{valid} valid, {invalid} invalid, {} listed disagreements", met.len());
    assert_eq!((valid, invalid), (218, 139));
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(met.len(), DIFFERENT.len(), "a listed disagreement is none any more");
}

#[test]
fn what_spdx_is_written_is_read_back() {
    let (subject, inventory) = super::cyclonedx::image();
    let time = "2026-11-24T12:00:00.123Z";
    let document = spdx::write(&subject, &inventory, time);
    assert_eq!(document, spdx::write(&subject, &inventory, time));
    assert_eq!(document["creationInfo"]["created"], "2026-11-24T12:00:00Z");
    assert_eq!(sbom::read(document.to_string().as_bytes()).unwrap(), inventory);
    let text = spdx::write_tag_value(&document);
    assert_eq!(sbom::read(text.as_bytes()).unwrap(), inventory);
    let cyclonedx = cyclonedx::write(&subject, &inventory, time).to_string();
    assert_eq!(sbom::read(cyclonedx.as_bytes()).unwrap(), inventory);
    let statement =
        format!("{{\"predicateType\": \"https://cyclonedx.org/bom\", \"predicate\": {cyclonedx}}}");
    assert_eq!(sbom::read(statement.as_bytes()).unwrap(), inventory);
    let statement =
        format!("{{\"predicateType\": \"https://spdx.dev/Document\", \"predicate\": {document}}}");
    assert_eq!(sbom::read(statement.as_bytes()).unwrap(), inventory);
}

/// The SPDX project's own validator, where it is installed (`pip install spdx-tools`).
#[test]
fn spdx_that_is_written_is_valid() {
    let (image, inventory) = super::cyclonedx::image();
    let folder = Subject::Directory { path: "./shop".to_owned() };
    let scratch = tempfile::tempdir().unwrap();
    for (index, subject) in [image, folder].iter().enumerate() {
        let document = spdx::write(subject, &inventory, "2026-11-24T12:00:00Z");
        for (name, text) in [
            (format!("{index}.spdx.json"), document.to_string()),
            (format!("{index}.spdx"), spdx::write_tag_value(&document)),
        ] {
            let path = scratch.path().join(name);
            std::fs::write(&path, text).unwrap();
            let Ok(output) = Command::new("pyspdxtools").arg("--infile").arg(&path).output() else {
                println!("skipped: pyspdxtools is not installed");
                return;
            };
            let told = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{}: {told}", path.display());
        }
    }
}

#[test]
fn peers_documents() {
    let Some(folder) = judges("trivy-integration") else { return };
    let read = |path: &str| sbom::read(&std::fs::read(folder.join(path)).unwrap()).unwrap();
    let centos = read("fixtures/sbom/centos-7-spdx.txt");
    let distribution = centos.distribution.clone().unwrap();
    assert_eq!((distribution.id.as_str(), distribution.version.as_str()), ("centos", "7.6.1810"));
    insta::assert_snapshot!(told(&centos), @r"
    bash 4.2.46-31.el7 [- -]
    openssl-libs 1:1.0.2k-16.el7 [- -]
    ");
    let fluentd = read("fixtures/sbom/fluentd-multiple-lockfiles-cyclonedx.json");
    insta::assert_snapshot!(told(&fluentd), @r"
    bash 5.0-4 [- -]
    libidn2-0 2.0.5-1 [libidn2 -]
    activesupport 6.0.2.1 [- -] var/lib/gems/2.5.0/specifications/activesupport-6.0.2.1.gemspec
    ");
    insta::assert_snapshot!(told(&read("conda-spdx.json.golden")), @r"
    openssl 1.1.1q [- -]
    pip 22.2.2 [- -]
    ");
    insta::assert_snapshot!(told(&read("conda-cyclonedx.json.golden")), @r"
    openssl 1.1.1q [- -] miniconda3/envs/testenv/conda-meta/openssl-1.1.1q-h7f8727e_0.json
    pip 22.2.2 [- -] miniconda3/envs/testenv/conda-meta/pip-22.2.2-py38h06a4308_0.json
    ");
    insta::assert_snapshot!(told(&read("julia-spdx.json.golden")), @r"
    A 1.9.0 [- -] Manifest.toml
    B 1.9.0 [- -] Manifest.toml
    B 1.9.0 [- -] Manifest.toml
    ");
}

fn told(inventory: &Inventory) -> String {
    assert!(inventory.packages.iter().all(|package| package.found == Found::Sbom));
    let packages = inventory.packages.iter().map(|package| {
        let source = package.source_name.as_deref().unwrap_or("-");
        let version = package.source_version.as_deref().unwrap_or("-");
        format!("{} {} [{source} {version}] {}", package.name, package.version, package.location.path)
    });
    let problems = inventory.problems.iter().map(|problem| format!("! {problem}"));
    packages.chain(problems).map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

pub(crate) const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.4" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="1">
  <metadata><timestamp>2024-01-01T00:00:00Z</timestamp><component type="container"><name>shop</name></component></metadata>
  <components>
    <component type="operating-system"><name>alpine</name><version>3.19.1</version></component>
    <component type="library" bom-ref="a">
      <name>musl</name><version>1.2.4-r2</version>
      <hashes><hash alg="MD5">3942447fac867ae5cdb3229b658f4d48</hash></hashes>
      <licenses><license><id>MIT</id></license></licenses>
      <purl>pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64</purl>
      <components><component type="library"><group>org.x</group><name>y</name><version>1</version>
        <purl>pkg:maven/org.x/y@1</purl>
        <properties><property name="aquasecurity:trivy:FilePath">app/y.jar</property></properties></component></components>
    </component>
  </components>
  <dependencies><dependency ref="a"/></dependencies>
</bom>"#;

#[test]
fn cyclonedx_as_xml() {
    let found = sbom::read(XML.as_bytes()).unwrap();
    assert_eq!(found.distribution.as_ref().unwrap().version, "3.19.1");
    assert_eq!(lines(&found), "musl 1.2.4-r2 \norg.x:y 1 app/y.jar\n");
    assert_eq!(found.packages[0].licences, ["MIT"]);
    for version in ["1.2", "1.3", "1.5", "1.6"] {
        assert_eq!(sbom::read(XML.replace("bom/1.4", &format!("bom/{version}")).as_bytes()).unwrap(), found);
    }
    for (from, to) in [
        ("type=\"library\"", "type=\"foo\""),
        ("<id>MIT", "<id>MITT"),
        ("alg=\"MD5\"", "alg=\"FOO\""),
        ("ref=\"a\"/", "/"),
    ] {
        let error = sbom::read(XML.replace(from, to).as_bytes()).unwrap_err();
        assert!(matches!(error, InventoryError::Invalid { .. }), "{error}");
    }
}

#[test]
fn what_is_no_sbom_is_refused_in_words() {
    let errors: Vec<String> = [
        "",
        "hello",
        "{",
        "{}",
        "[]",
        "<a/>",
        "<bom",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><bom/>",
        r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}"#,
        r#"{"spdxVersion": "SPDX-9"}"#,
        "SPDXVersion: SPDX-2.3\nPackageName",
        "SPDXVersion: SPDX-2.3\nPackageComment: <text>a",
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library"}]}"#,
    ]
    .iter()
    .map(|text| format!("{text:?}: {}", sbom::read(text.as_bytes()).unwrap_err()))
    .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    "": this is nothing, and no SBOM: CycloneDX 1.2 to 1.7 (JSON, XML) and SPDX 2.2, 2.3 (JSON, tag-value) are read
    "hello": this is a text that starts with `hello`, and no SBOM: CycloneDX 1.2 to 1.7 (JSON, XML) and SPDX 2.2, 2.3 (JSON, tag-value) are read
    "{": this is not CycloneDX JSON: EOF while parsing an object at line 1 column 1; write one with `seawall scan --format cyclonedx`
    "{}": the document's `bomFormat` is ``, expected `CycloneDX`
    "[]": this is a text that starts with `[]`, and no SBOM: CycloneDX 1.2 to 1.7 (JSON, XML) and SPDX 2.2, 2.3 (JSON, tag-value) are read
    "<a/>": this is no CycloneDX XML: its root is `a`, not CycloneDX' `bom`
    "<bom": this is no CycloneDX XML: the document does not have a root node
    "<!DOCTYPE a [<!ENTITY x \"y\">]><bom/>": this is no CycloneDX XML: XML with DTD detected
    "{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\"}": this is SPDX 3 or another JSON-LD document, and no SBOM: CycloneDX 1.2 to 1.7 (JSON, XML) and SPDX 2.2, 2.3 (JSON, tag-value) are read
    "{\"spdxVersion\": \"SPDX-9\"}": this is no SPDX 2.2 or 2.3: its version is `SPDX-9`
    "SPDXVersion: SPDX-2.3\nPackageName": this is no SPDX 2.2 or 2.3: line 2 is no `Tag: value`
    "SPDXVersion: SPDX-2.3\nPackageComment: <text>a": this is no SPDX 2.2 or 2.3: the text that line 2 begins does not end
    "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{\"type\": \"library\"}]}": `components[0]` has no `name`: the document breaks its specification; validate it where it was made
    "#);
}

#[test]
fn a_large_document_is_read_quickly() {
    let mut text = String::from(r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": ["#);
    for index in 0..10_000 {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"type": "library", "name": "p{index}", "version": "1.0.{index}", "purl": "pkg:npm/p{index}@1.0.{index}", "licenses": [{{"license": {{"id": "MIT"}}}}]}}"#
        );
    }
    text += "]}";
    let started = std::time::Instant::now();
    assert_eq!(sbom::read(text.as_bytes()).unwrap().packages.len(), 10_000);
    println!("10,000 packages in {:?}", started.elapsed());
}
