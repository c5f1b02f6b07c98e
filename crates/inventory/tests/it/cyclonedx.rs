use seawall_findings::{LayerRef, Subject};
use seawall_inventory::{File, Inventory, InventoryError, cyclonedx, read};

use super::{BOOKWORM, STATUS, lines};

pub(crate) fn image() -> (Subject, Inventory) {
    let layer = |index: usize, created_by: Option<&str>| LayerRef {
        index,
        diff_id: format!("sha256:{}", format!("{index:02}").repeat(32)).parse().unwrap(),
        created_by: created_by.map(str::to_owned),
        base: false,
    };
    let (base, application) = (layer(0, None), layer(1, Some("COPY app /app")));
    let express = r#"{"name": "@shop/express", "version": "4.17.1", "license": "MIT OR Apache-2.0"}"#;
    let stream =
        r#"{"name": "JSONStream", "version": "1.3.5", "licenses": [{"type": "MIT"}, {"type": "custom"}]}"#;
    let inventory = read(&[
        File { path: "etc/os-release", bytes: BOOKWORM.as_bytes(), layer: Some(&base) },
        File {
            path: "var/lib/dpkg/status",
            bytes: &STATUS.as_bytes()[..STATUS.len() / 2],
            layer: Some(&base),
        },
        File {
            path: "app/node_modules/@shop/express/package.json",
            bytes: express.as_bytes(),
            layer: Some(&application),
        },
        File {
            path: "app/node_modules/JSONStream/package.json",
            bytes: stream.as_bytes(),
            layer: Some(&application),
        },
        File {
            path: "b/node_modules/JSONStream/package.json",
            bytes: stream.as_bytes(),
            layer: Some(&application),
        },
        File { path: "b/package-lock.json", bytes: b"{", layer: Some(&application) },
    ]);
    let subject = Subject::Image {
        reference: "registry.example.com:5000/shop:1.0".into(),
        digest: format!("sha256:{}", "ab".repeat(32)).parse().unwrap(),
        manifest: None,
        platform: Some("linux/amd64".into()),
    };
    (subject, inventory)
}

#[test]
fn the_document_has_everything_in_order() {
    let (subject, inventory) = image();
    let mut document = cyclonedx::write(&subject, &inventory, "2026-11-24T12:00:00Z");
    assert!(document["serialNumber"].as_str().unwrap().starts_with("urn:uuid:"));
    document["serialNumber"] = "made of the content".into();
    insta::with_settings!({ sort_maps => true }, {
        insta::assert_json_snapshot!(document, @r#"
        {
          "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
          "bomFormat": "CycloneDX",
          "components": [
            {
              "bom-ref": "os:debian",
              "description": "Debian GNU/Linux 12 (bookworm)",
              "name": "debian",
              "type": "operating-system",
              "version": "12"
            },
            {
              "bom-ref": "pkg:deb/debian/bsdutils@2.38.1-5%2Bb1?arch=amd64&distro=debian-12&epoch=1",
              "name": "bsdutils",
              "properties": [
                {
                  "name": "seawall:architecture",
                  "value": "amd64"
                },
                {
                  "name": "seawall:found",
                  "value": "os-database"
                },
                {
                  "name": "seawall:layer:diffId",
                  "value": "sha256:0000000000000000000000000000000000000000000000000000000000000000"
                },
                {
                  "name": "seawall:layer:index",
                  "value": "0"
                },
                {
                  "name": "seawall:path",
                  "value": "var/lib/dpkg/status"
                },
                {
                  "name": "seawall:source:name",
                  "value": "util-linux"
                },
                {
                  "name": "seawall:source:version",
                  "value": "2.38.1-5"
                }
              ],
              "purl": "pkg:deb/debian/bsdutils@2.38.1-5%2Bb1?arch=amd64&distro=debian-12&epoch=1",
              "type": "library",
              "version": "1:2.38.1-5+b1"
            },
            {
              "bom-ref": "pkg:npm/%40shop/express@4.17.1",
              "group": "@shop",
              "licenses": [
                {
                  "expression": "MIT OR Apache-2.0"
                }
              ],
              "name": "express",
              "properties": [
                {
                  "name": "seawall:found",
                  "value": "installed"
                },
                {
                  "name": "seawall:layer:createdBy",
                  "value": "COPY app /app"
                },
                {
                  "name": "seawall:layer:diffId",
                  "value": "sha256:0101010101010101010101010101010101010101010101010101010101010101"
                },
                {
                  "name": "seawall:layer:index",
                  "value": "1"
                },
                {
                  "name": "seawall:path",
                  "value": "app/node_modules/@shop/express/package.json"
                }
              ],
              "purl": "pkg:npm/%40shop/express@4.17.1",
              "type": "library",
              "version": "4.17.1"
            },
            {
              "bom-ref": "pkg:npm/JSONStream@1.3.5",
              "licenses": [
                {
                  "license": {
                    "id": "MIT"
                  }
                },
                {
                  "license": {
                    "name": "custom"
                  }
                }
              ],
              "name": "JSONStream",
              "properties": [
                {
                  "name": "seawall:found",
                  "value": "installed"
                },
                {
                  "name": "seawall:layer:createdBy",
                  "value": "COPY app /app"
                },
                {
                  "name": "seawall:layer:diffId",
                  "value": "sha256:0101010101010101010101010101010101010101010101010101010101010101"
                },
                {
                  "name": "seawall:layer:index",
                  "value": "1"
                },
                {
                  "name": "seawall:path",
                  "value": "app/node_modules/JSONStream/package.json"
                }
              ],
              "purl": "pkg:npm/JSONStream@1.3.5",
              "type": "library",
              "version": "1.3.5"
            },
            {
              "bom-ref": "pkg:npm/JSONStream@1.3.5#2:b/node_modules/JSONStream/package.json",
              "licenses": [
                {
                  "license": {
                    "id": "MIT"
                  }
                },
                {
                  "license": {
                    "name": "custom"
                  }
                }
              ],
              "name": "JSONStream",
              "properties": [
                {
                  "name": "seawall:found",
                  "value": "installed"
                },
                {
                  "name": "seawall:layer:createdBy",
                  "value": "COPY app /app"
                },
                {
                  "name": "seawall:layer:diffId",
                  "value": "sha256:0101010101010101010101010101010101010101010101010101010101010101"
                },
                {
                  "name": "seawall:layer:index",
                  "value": "1"
                },
                {
                  "name": "seawall:path",
                  "value": "b/node_modules/JSONStream/package.json"
                }
              ],
              "purl": "pkg:npm/JSONStream@1.3.5",
              "type": "library",
              "version": "1.3.5"
            }
          ],
          "metadata": {
            "component": {
              "bom-ref": "pkg:oci/shop@sha256:abababababababababababababababababababababababababababababababab?arch=amd64&repository_url=registry.example.com:5000%2Fshop&tag=1.0",
              "name": "registry.example.com:5000/shop:1.0",
              "purl": "pkg:oci/shop@sha256:abababababababababababababababababababababababababababababababab?arch=amd64&repository_url=registry.example.com:5000%2Fshop&tag=1.0",
              "type": "container",
              "version": "sha256:abababababababababababababababababababababababababababababababab"
            },
            "properties": [
              {
                "name": "seawall:damaged",
                "value": "{\"id\":\"damaged-file\",\"kind\":\"damaged\",\"severity\":\"medium\",\"title\":\"package-lock.json cannot be read whole\",\"location\":{\"path\":\"b/package-lock.json\",\"layer\":{\"index\":1,\"diff_id\":\"sha256:0101010101010101010101010101010101010101010101010101010101010101\",\"created_by\":\"COPY app /app\"}},\"position\":{\"line\":1,\"column\":1},\"evidence\":\"not the JSON of an npm lockfile: EOF while parsing an object at line 1 column 1\",\"remedy\":\"repair or regenerate package-lock.json, or remove it: packages that it lists may be missing from this report\"}"
              },
              {
                "name": "seawall:problem",
                "value": "b/package-lock.json:1: not the JSON of an npm lockfile: EOF while parsing an object at line 1 column 1"
              }
            ],
            "timestamp": "2026-11-24T12:00:00Z",
            "tools": {
              "components": [
                {
                  "name": "seawall",
                  "type": "application",
                  "version": "0.1.0"
                }
              ]
            }
          },
          "serialNumber": "made of the content",
          "specVersion": "1.6",
          "version": 1
        }
        "#);
    });
}

#[test]
fn what_is_written_is_read_back_and_reproducible() {
    let (subject, inventory) = image();
    let bytes = cyclonedx::write(&subject, &inventory, "2026-11-24T12:00:00Z").to_string();
    assert_eq!(cyclonedx::read(bytes.as_bytes()).unwrap(), inventory);
    assert_eq!(cyclonedx::write(&subject, &inventory, "2026-11-24T12:00:00Z").to_string(), bytes);
    assert_ne!(
        cyclonedx::write(&subject, &inventory, "2026-11-24T12:00:01Z")["serialNumber"],
        cyclonedx::write(&subject, &inventory, "")["serialNumber"]
    );
}

#[test]
fn other_tools_documents_are_read_by_their_purls() {
    let document = r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
        {"type": "library", "name": "bsdutils", "version": "1:2.38.1-5+b1",
         "purl": "pkg:deb/debian/bsdutils@2.38.1-5%2Bb1?arch=amd64&distro=debian-12&epoch=1",
         "properties": [{"name": "aquasecurity:trivy:SrcName", "value": "util-linux"},
                        {"name": "aquasecurity:trivy:SrcVersion", "value": "2.38.1"},
                        {"name": "aquasecurity:trivy:SrcRelease", "value": "5"}]},
        {"type": "library", "name": "libssl3", "version": "3.0.11-1", "purl": "pkg:deb/debian/libssl3@3.0.11-1?upstream=openssl%403.0.11"},
        {"type": "library", "name": "@babel/core", "version": "7.0.0", "purl": "pkg:npm/%40babel/core@7.0.0"},
        {"type": "library", "name": "flask", "version": "1", "purl": "pkg:pypi/flask@1"}]}"#;
    let found = cyclonedx::read(document.as_bytes()).unwrap();
    let distribution = found.distribution.clone().unwrap();
    assert_eq!((distribution.id.as_str(), distribution.version.as_str()), ("debian", "12"));
    assert_eq!(found.packages[0].source_name.as_deref(), Some("util-linux"));
    assert_eq!(found.packages[0].source_version.as_deref(), Some("2.38.1-5"));
    assert_eq!(found.packages[1].source_name.as_deref(), Some("openssl"));
    insta::assert_snapshot!(lines(&found), @r"
    bsdutils 1:2.38.1-5+b1 
    libssl3 3.0.11-1 
    @babel/core 7.0.0 
    flask 1 
    ");
}

#[test]
fn what_is_no_cyclonedx_is_refused_in_words() {
    let error = |text: &str| cyclonedx::read(text.as_bytes()).unwrap_err();
    assert!(matches!(error("{"), InventoryError::NotCycloneDx { .. }));
    assert!(matches!(error("{}"), InventoryError::OtherFormat { .. }));
    let other = error(r#"{"bomFormat": "CycloneDX", "specVersion": "9.9"}"#);
    assert_eq!(other.to_string(), "CycloneDX version `9.9` is not known: 1.2 to 1.7 are read");
}
