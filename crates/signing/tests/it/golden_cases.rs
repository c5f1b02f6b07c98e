//! Every command that was recorded of cosign 3.1.3, and what Seawall answers to the same
//! (`../shared/judges/cosign/golden/CASES.json`).

use std::collections::BTreeMap;

use seawall_signing::{Expected, PrivateKey, SigningError, predicate, verify_attestations, verify_signature};
use serde_json::Value;

use crate::golden::Dump;

/// Where Seawall answers otherwise on purpose.
const DISAGREEMENTS: [(&str, &str); 8] = [
    ("p384-classic-ok", "cosign hashes with SHA-256 unless told otherwise; here the hash follows the curve"),
    ("p384-bundle-ok", "the same"),
    ("p521-classic-ok", "the same"),
    ("p521-bundle-ok", "the same"),
    ("ed25519-classic-ok", "cosign writes Ed25519ph and reads Ed25519; here both are read"),
    ("ed25519-bundle-ok", "the same"),
    ("no-ignore-tlog", "with a key alone no log is asked for, unless a trusted root is given"),
    ("attestation-only-verify", "an attestation is not a signature"),
];

/// Whether Seawall says yes to what the recorded command asks.
fn answer(dump: &Dump, command: &str) -> Result<(), String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let flag = |name: &str| words.iter().position(|w| *w == name).and_then(|at| words.get(at + 1)).copied();
    let key = flag("--key").unwrap().split('/').nth(1).unwrap();
    let image = words.last().unwrap().split_once('/').unwrap();
    if command.contains("cosign sign") {
        // Signing: with the wrong passphrase, or with flags that contradict each other (cosign's own; there are none here).
        let file = std::fs::read_to_string(dump.folder().join("keys").join(key).join("cosign.key")).unwrap();
        let passphrase = if command.contains("COSIGN_PASSWORD=nope") { "nope" } else { "hello" };
        return PrivateKey::from_encrypted_pem(&file, passphrase.as_bytes())
            .map(|_| ())
            .map_err(|e| e.to_string());
    }
    if image.0 != "127.0.0.1:5811" {
        return Err("no such registry".to_owned());
    }
    let (digest, stored) = dump.find(image.1).ok_or("no such tag")?;
    let result = if words.contains(&"verify-attestation") {
        let kind = predicate::type_of(flag("--type").unwrap()).unwrap();
        verify_attestations(&stored, &digest, &dump.key(key), Some(&kind)).map(|_| ())
    } else {
        let annotations =
            flag("-a").and_then(|a| a.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned()));
        let expected = Expected { annotations: BTreeMap::from_iter(annotations), ..Expected::default() };
        verify_signature(&stored, &digest, &dump.key(key), &expected).map(|_| ())
    };
    result.map_err(|e: SigningError| e.to_string())
}

#[test]
fn every_recorded_command() {
    let Some(dump) = Dump::open("registry.json") else { return };
    let cases: Value =
        serde_json::from_slice(&std::fs::read(dump.folder().join("CASES.json")).unwrap()).unwrap();
    let mut disagree = Vec::new();
    for case in cases["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        if name == "default-tlog-conflict" {
            continue; // two of cosign's own flags against each other: there is nothing to answer
        }
        let result = answer(&dump, case["command"].as_str().unwrap());
        if result.is_ok() != (case["rc"] == 0) {
            disagree.push(name.to_owned());
        }
    }
    let listed: Vec<_> = DISAGREEMENTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(disagree), sorted(listed));
    // With the hash of the curve, cosign says yes as well; another hash cannot be asked for here.
    for extra in cases["extra"].as_array().unwrap() {
        let what = extra[0].as_str().unwrap();
        let image = what.split(' ').next().unwrap();
        let own = (what.starts_with("p384") && what.ends_with("sha384"))
            || (what.starts_with("p521") && what.contains("sha512"));
        if own && extra[1] == 0 {
            let (digest, stored) = dump.find(&format!("gold/{image}:v1")).unwrap();
            let key = dump.key(image.split('-').next().unwrap());
            verify_signature(&stored, &digest, &key, &Expected::default()).unwrap();
        } else {
            assert!(what.contains("-*"), "a new sort of case: {what}");
        }
    }
}
