//! trivy's `fixtures/db/*.yaml` (buckets of pairs) as OSV records.

#![allow(clippy::panic, clippy::cast_sign_loss, reason = "a fixture that is not as known fails the test")]

use std::collections::BTreeMap;
use std::path::Path;

use seawall_advisories::{Builder, Database};
use serde_json::{Value, json};

/// All buckets: source → package → id → what it says.
type Buckets = BTreeMap<String, Vec<(String, String, Value)>>;

/// Loads the folder as a database.
pub(crate) fn load(folder: &Path) -> Database {
    let mut buckets = Buckets::new();
    let mut details = BTreeMap::new();
    let mut cpes = BTreeMap::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let document: Vec<Value> = serde_saphyr::from_str(&text).unwrap();
        for bucket in &document {
            let name = text_of(&bucket["bucket"]);
            for pair in items(&bucket["pairs"]) {
                match name.as_str() {
                    "vulnerability" => {
                        details.insert(text_of(&pair["key"]), pair["value"].clone());
                    }
                    "Red Hat CPE" if text_of(&pair["bucket"]) == "cpe" => {
                        cpes.extend(
                            items(&pair["pairs"]).map(|cpe| (text_of(&cpe["key"]), text_of(&cpe["value"]))),
                        );
                    }
                    "Red Hat CPE" | "data-source" => {}
                    _ => {
                        let package = text_of(&pair["bucket"]);
                        buckets.entry(name.clone()).or_default().extend(
                            items(&pair["pairs"])
                                .map(|p| (package.clone(), text_of(&p["key"]), p["value"].clone())),
                        );
                    }
                }
            }
        }
    }
    let mut builder = Builder::new("trivy's fixtures", "2026-11-24T00:00:00Z");
    let mut add = |record: Value| assert!(builder.add_json(record.to_string().as_bytes()).unwrap());
    for (id, value) in &details {
        add(general(id, value));
    }
    for (bucket, entries) in &buckets {
        for (package, id, value) in entries {
            let records = match bucket.split_once("::") {
                Some((kind, source)) => language(kind, source, package, id, value, details.get(id)),
                None if bucket == "Red Hat" => red_hat(package, id, value, &cpes),
                None => system(bucket, package, id, value),
            };
            records.into_iter().for_each(&mut add);
        }
    }
    let mut bytes = vec![];
    builder.finish(&mut bytes).unwrap();
    Database::from_bytes(bytes, "trivy's fixtures").unwrap()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}

fn word(number: &Value) -> &'static str {
    let words = ["unknown", "low", "medium", "high", "critical"];
    words[number.as_f64().unwrap_or(0.0) as usize]
}

/// trivy's numbers for states.
fn state(value: &Value) -> String {
    let words = [
        "",
        "not affected",
        "affected",
        "fixed",
        "under investigation",
        "will not fix",
        "fix deferred",
        "end of life",
    ];
    match value["Status"].as_f64() {
        Some(number) => words[number as usize].into(),
        None => value["State"].as_str().unwrap_or_default().into(),
    }
}

fn vectors(cvss: &Value) -> Vec<Value> {
    let keys = [("V2Vector", "CVSS_V2"), ("V3Vector", "CVSS_V3"), ("V40Vector", "CVSS_V4")];
    let scores =
        keys.iter().filter_map(|(key, kind)| Some(json!({"type": kind, "score": cvss[*key].as_str()?})));
    scores.collect()
}

/// What NVD says of the vulnerability itself, for no package.
fn general(id: &str, value: &Value) -> Value {
    let nvd = &value["VendorSeverity"]["nvd"];
    let specific = if nvd.is_null() { json!({}) } else { json!({"severity": word(nvd)}) };
    json!({"id": format!("{id}"), "modified": "2026-01-01T00:00:00Z", "summary": value["Title"],
        "severity": vectors(&value["CVSS"]["nvd"]), "database_specific": specific})
}

fn language(
    kind: &str,
    source: &str,
    package: &str,
    id: &str,
    value: &Value,
    details: Option<&Value>,
) -> Vec<Value> {
    let ecosystem = match kind {
        "pip" => "PyPI",
        "go" => "Go",
        "cargo" => "crates.io",
        "composer" => "Packagist",
        "conan" => "ConanCenter",
        "erlang" => "Hex",
        "maven" => "Maven",
        "nuget" => "NuGet",
        "pub" => "Pub",
        "rubygems" => "RubyGems",
        "swift" => "SwiftURL",
        "cocoapods" => "CocoaPods",
        "npm" => "npm",
        "k8s" => return vec![],
        other => panic!("{other}"),
    };
    let patched: Vec<String> = items(&value["PatchedVersions"]).map(text_of).collect();
    let mut ranges = vec![];
    let mut versions = vec![];
    for constraint in items(&value["VulnerableVersions"]).map(text_of) {
        let constraint = match constraint.strip_prefix('[').and_then(|rest| rest.strip_suffix(')')) {
            Some(interval) => {
                let (low, high) = interval.split_once(',').unwrap();
                format!(">= {low}, < {high}")
            }
            None => constraint,
        };
        let mut events = vec![];
        let mut introduced = "0".to_owned();
        for part in constraint.split(',').map(str::trim) {
            if let Some(low) = part.strip_prefix(">=") {
                introduced = low.trim().into();
            } else if let Some(high) = part.strip_prefix("<=").or_else(|| part.strip_prefix('<')) {
                // As GitHub's own export does: the first patched version from the bound on ends the range.
                let high = high.trim();
                let scheme = seawall_advisories::Scheme::of_ecosystem(ecosystem).unwrap();
                let fix = patched.iter().filter(|v| scheme.compare(v, high).is_ge());
                match fix.min_by(|a, b| scheme.compare(a, b)) {
                    Some(fix) => events.push(json!({"fixed": fix})),
                    None => events.push(json!({"last_affected": high})),
                }
            } else if let Some(one) = part.strip_prefix('=') {
                versions.push(one.trim().to_owned());
            }
        }
        events.insert(0, json!({"introduced": introduced}));
        ranges.push(json!({"type": "ECOSYSTEM", "events": events}));
    }
    let ghsa = details.filter(|_| source.contains("GitHub"));
    let severity = ghsa.map(|d| &d["VendorSeverity"]["ghsa"]).filter(|v| !v.is_null());
    let specific = severity.map_or(json!({}), |number| json!({"severity": word(number)}));
    let source: String = source.chars().filter(char::is_ascii_uppercase).collect();
    // An id of its own, but where there is no CVE: GHSA-… and GMS-… are their own records.
    let own =
        if id.starts_with("CVE-") { format!("{source}-{ecosystem}-{package}-{id}") } else { id.to_owned() };
    let aliases = if own == id { vec![] } else { vec![id] };
    vec![
        json!({"id": own, "modified": "2026-02-01T00:00:00Z", "aliases": aliases, "database_specific": specific,
        "summary": details.map(|d| &d["Title"]),
        "severity": ghsa.map(|d| vectors(&d["CVSS"]["ghsa"])).unwrap_or_default(),
        "affected": [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": ranges, "versions": versions}]}),
    ]
}

fn system(bucket: &str, package: &str, id: &str, value: &Value) -> Vec<Value> {
    let words: Vec<&str> = bucket.split(' ').collect();
    let ecosystem = match words[..] {
        ["alpine", release] => format!("Alpine:v{release}"),
        ["debian", release] => format!("Debian:{release}"),
        ["ubuntu", release] => format!("Ubuntu:{release}:LTS"),
        ["alma", release] => format!("AlmaLinux:{release}"),
        ["rocky", release] => format!("Rocky Linux:{release}"),
        ["amazon", "linux", release] => format!("Amazon Linux:{release}"),
        ["Oracle", "Linux", release] => format!("Oracle Linux:{release}"),
        ["CBL-Mariner", release] => format!("Azure Linux:{release}"),
        ["Photon", "OS", release] => format!("Photon OS:{release}"),
        ["openSUSE", kind, ref rest @ ..] => format!("openSUSE:{kind} {}", rest.join(" ")).trim().to_owned(),
        ["SUSE", ref rest @ ..] => format!("SUSE:{}", rest.join(" ")),
        _ => panic!("{bucket}"),
    };
    let mut events = vec![json!({"introduced": "0"})];
    if let Some(fixed) = value["FixedVersion"].as_str() {
        events.push(json!({"fixed": fixed}));
    }
    let mut specific = json!({"status": state(value)});
    if !value["Severity"].is_null() {
        specific["severity"] = word(&value["Severity"]).into();
    }
    let own = format!("{}-{package}-{id}", words.concat().to_ascii_uppercase());
    vec![json!({"id": own, "modified": "2026-02-01T00:00:00Z", "upstream": [id],
        "affected": [{"package": {"ecosystem": ecosystem, "name": package},
            "ranges": [{"type": "ECOSYSTEM", "events": events}], "ecosystem_specific": specific}]})]
}

/// One record a CVE of an entry, for the products that the entry's numbers name.
fn red_hat(package: &str, id: &str, value: &Value, cpes: &BTreeMap<String, String>) -> Vec<Value> {
    let mut records = vec![];
    for entry in items(&value["Entries"]) {
        let products = items(&entry["Affected"]).filter_map(|n| cpes.get(&n.to_string()));
        let products: Vec<&str> = products.filter_map(|cpe| cpe.strip_prefix("cpe:/o:redhat:")).collect();
        for cve in items(&entry["Cves"]) {
            let name = cve["ID"].as_str().unwrap_or(id);
            let mut events = vec![json!({"introduced": "0"})];
            if let Some(fixed) = entry["FixedVersion"].as_str() {
                events.push(json!({"fixed": fixed}));
            }
            let specific = json!({"severity": word(&cve["Severity"]), "status": state(entry)});
            let affected: Vec<Value> = products
                .iter()
                .map(|product| {
                    json!({"package": {"ecosystem": format!("Red Hat:{product}"), "name": package},
                        "ranges": [{"type": "ECOSYSTEM", "events": events}], "ecosystem_specific": specific})
                })
                .collect();
            records.push(
                json!({"id": format!("REDHAT-{id}-{package}-{name}"), "modified": "2026-02-01T00:00:00Z",
                "upstream": [name], "affected": affected}),
            );
        }
    }
    records
}
