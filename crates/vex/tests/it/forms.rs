//! Each form, with what it says of a report.

use seawall_findings::Status;
use seawall_vex::{Format, apply, read};

use crate::support::{report, suppressed};

fn openvex(products: &str) -> String {
    format!(
        r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/vex/1","author":"team","timestamp":"2026-01-01T00:00:00Z","version":1,
        "statements":[{{"vulnerability":{{"name":"CVE-2021-23337"}},"products":[{products}],"status":"not_affected",
        "justification":"vulnerable_code_not_in_execute_path","impact_statement":"template is never called"}}]}}"#
    )
}

#[test]
fn openvex_products() {
    let hex = "ab".repeat(32);
    let image = |rest: &str| format!(r#"{{"@id":"pkg:oci/shop@sha256:{hex}{rest}"}}"#);
    for products in [
        r#"{"@id":"pkg:npm/lodash"}"#.to_owned(),
        r#"{"@id":"pkg:npm/lodash@4.17.15"}"#.to_owned(),
        r#"{"identifiers":{"purl":"pkg:npm/lodash"}}"#.to_owned(),
        r#""pkg:npm/lodash@4.17.15""#.to_owned(),
        image(""),
        image("?repository_url=registry.example.com:5000/team/shop"),
        image("?repository_url=registry.example.com:5000/team"),
        r#"{"@id":"registry.example.com:5000/team/shop:1.0"}"#.to_owned(),
        r#"{"@id":"pkg:oci/shop?repository_url=registry.example.com:5000/team/shop","subcomponents":[{"@id":"pkg:npm/lodash"}]}"#
            .to_owned(),
        format!(r#"{{"@id":"https://example.com/x","hashes":{{"sha-256":"{hex}"}}}}"#),
    ] {
        assert_eq!(suppressed(&openvex(&products)), ["CVE-2021-23337"], "{products}");
    }
    for products in [
        r#"{"@id":"pkg:npm/lodash@4.17.16"}"#.to_owned(),
        r#"{"@id":"pkg:npm/lodash?arch=x"}"#.to_owned(),
        r#"{"@id":"pkg:pypi/lodash"}"#.to_owned(),
        image("?repository_url=registry.example.com/other/shop"),
        r#"{"@id":"pkg:oci/shop@sha256:00"}"#.to_owned(),
        r#"{"@id":"pkg:oci/other"}"#.to_owned(),
        r#"{"@id":"pkg:oci/shop","subcomponents":[{"@id":"pkg:npm/minimist"}]}"#.to_owned(),
        String::new(),
    ] {
        assert!(suppressed(&openvex(&products)).is_empty(), "{products}");
    }
}

#[test]
fn what_is_attached_speaks_of_its_image() {
    let mut document = read(openvex("").as_bytes(), "attached").unwrap();
    document.attached = true;
    let mut report = report();
    let applied = apply(&mut report, &[document]);
    assert_eq!((applied.suppressed, applied.stated), (1, 0));
    let suppression = report.findings[1].suppressed.as_ref().unwrap();
    insta::assert_json_snapshot!(suppression, @r#"
    {
      "by": "VEX https://example.com/vex/1",
      "reason": "not affected: vulnerable_code_not_in_execute_path: template is never called",
      "owner": "team"
    }
    "#);
}

#[test]
fn the_latest_statement_decides() {
    let at = |time: &str, status: &str| {
        format!(
            r#"{{"@context":"x","@id":"{time}","author":"a","timestamp":"{time}","version":1,"statements":[{{"vulnerability":{{"name":"x","aliases":["ghsa-35jh-r3h4-6jhm"]}},
            "products":[{{"@id":"pkg:npm/lodash"}}],"status":"{status}","impact_statement":"x","action_statement":"y"}}]}}"#
        )
    };
    let state = |documents: &[String]| {
        let documents: Vec<_> = documents.iter().map(|text| read(text.as_bytes(), "x").unwrap()).collect();
        let mut report = report();
        apply(&mut report, &documents);
        (report.findings[1].suppressed.is_some(), report.findings[1].status)
    };
    let (old, new) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    assert_eq!(state(&[at(old, "under_investigation"), at(new, "not_affected")]), (true, None));
    assert_eq!(state(&[at(new, "fixed"), at(old, "affected")]), (true, None));
    assert_eq!(state(&[at(new, "affected"), at(old, "not_affected")]), (false, Some(Status::Affected)));
    assert_eq!(
        state(&[at(old, "not_affected"), at(new, "under_investigation")]),
        (false, Some(Status::UnderInvestigation))
    );
}

#[test]
fn cyclonedx_refs_and_links() {
    let document = |reference: &str, state: &str| {
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:1","metadata":{{"timestamp":"2026-01-01T00:00:00Z","supplier":{{"name":"team"}}}},
            "components":[{{"type":"library","name":"l","bom-ref":"c1","components":[{{"type":"library","name":"o","bom-ref":"c2","purl":"pkg:deb/debian/openssl"}}]}}],
            "vulnerabilities":[{{"id":"CVE-2023-5363","analysis":{{"state":"{state}","justification":"code_not_reachable","response":["will_not_fix"]}},"affects":[{{"ref":"{reference}"}}]}},
              {{"id":"CVE-2023-5363"}}]}}"#
        )
    };
    for reference in [
        "c2",
        "pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12",
        "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:deb/debian/openssl@3.0.11-1",
        "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Adeb%2Fdebian%2Fopenssl%403.0.11-1",
    ] {
        assert_eq!(suppressed(&document(reference, "not_affected")), ["CVE-2023-5363"], "{reference}");
    }
    assert!(suppressed(&document("c1", "not_affected")).is_empty());
    assert!(read(document("c2", "perhaps").as_bytes(), "x").is_err());
    let mut report = report();
    apply(&mut report, &[read(document("c2", "exploitable").as_bytes(), "x").unwrap()]);
    assert_eq!(report.findings[0].status, Some(Status::WillNotFix));
}

const CSAF: &str = r#"{"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"name":"Example"},"title":"t",
  "tracking":{"id":"EX-2026-1","current_release_date":"2026-01-01T00:00:00Z"}},
  "product_tree":{"branches":[{"category":"vendor","name":"Example","branches":[
    {"category":"product_name","name":"Linux 12","product":{"name":"Linux 12","product_id":"linux-12","product_identification_helper":{"cpe":"cpe:/o:example:linux:12"}}},
    {"category":"product_version","name":"openssl","product":{"name":"openssl","product_id":"openssl-3","product_identification_helper":{"purl":"PURL"}}}]}],
   "relationships":[{"category":"default_component_of","full_product_name":{"name":"openssl of Linux 12","product_id":"linux-12:openssl-3"},
     "product_reference":"openssl-3","relates_to_product_reference":"linux-12"}]},
  "vulnerabilities":[{"cve":"CVE-2023-5363","product_status":{"STATUS":["linux-12:openssl-3"]},
    "flags":[{"label":"vulnerable_code_not_present","product_ids":["linux-12:openssl-3"]}],
    "remediations":[{"category":"no_fix_planned","details":"Out of support scope","product_ids":["linux-12:openssl-3"]}],
    "threats":[{"category":"impact","details":"Low"}]}]}"#;

#[test]
fn csaf_products_and_platforms() {
    let exact = CSAF.replace("PURL", "pkg:deb/debian/openssl@3.0.11-1?arch=amd64");
    assert_eq!(suppressed(&exact.replace("STATUS", "known_not_affected")), ["CVE-2023-5363"]);
    assert_eq!(suppressed(&exact.replace("STATUS", "fixed")), ["CVE-2023-5363"]);
    assert!(suppressed(&exact.replace("STATUS", "recommended")).is_empty());
    // Without a version nobody knows for which platform it holds.
    let open = CSAF.replace("PURL", "pkg:deb/debian/openssl").replace("STATUS", "known_not_affected");
    assert!(suppressed(&open).is_empty());
    let document = read(exact.replace("STATUS", "known_affected").as_bytes(), "x").unwrap();
    assert_eq!((document.format, document.author.as_str()), (Format::Csaf, "Example"));
    let mut report = report();
    apply(&mut report, &[document]);
    assert_eq!(report.findings[0].status, Some(Status::EndOfLife));
    // The part of an image speaks of that image.
    let image = exact.replace(r#""cpe":"cpe:/o:example:linux:12""#, r#""purl":"pkg:oci/other""#);
    assert!(suppressed(&image.replace("STATUS", "known_not_affected")).is_empty());
    let image = image.replace("pkg:oci/other", "pkg:oci/shop");
    assert_eq!(suppressed(&image.replace("STATUS", "known_not_affected")), ["CVE-2023-5363"]);
}
