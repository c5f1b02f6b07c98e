//! All cases of the specification of package URLs.

use std::collections::BTreeSet;

use seawall_inventory::purl::Purl;
use serde_json::Value;

use super::peers::judges;

/// Cases (by description) that are answered otherwise, with the reason.
const DIFFERENT: &[(&str, &str)] =
    &[("maven often uses qualifiers here mixedcase type", CAPITALS), ("maven pom reference", CAPITALS)];

const CAPITALS: &str =
    "keys with capital letters: the specification's cases for gem and rpm refuse what these accept";

fn built(parts: &Value) -> Result<Purl, String> {
    let text = |key: &str| parts[key].as_str().unwrap_or_default().to_owned();
    let qualifiers = parts["qualifiers"].as_object().into_iter().flatten();
    let purl = Purl {
        kind: text("type"),
        namespace: text("namespace"),
        name: text("name"),
        version: text("version"),
        qualifiers: qualifiers
            .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        subpath: text("subpath"),
    };
    purl.checked().map_err(|error| error.to_string())
}

/// What is wrong with the answer to a case.
fn verdict(case: &Value) -> Option<String> {
    let expected = &case["expected_output"];
    let must_fail = case["expected_failure"] == true;
    let answer = match case["test_type"].as_str().unwrap() {
        "parse" => Purl::parse(case["input"].as_str().unwrap()).map_err(|error| error.to_string()),
        "build" => built(&case["input"]),
        _ => Purl::lenient(case["input"].as_str().unwrap()).map_err(|error| error.to_string()),
    };
    match answer {
        Err(error) => (!must_fail).then_some(error),
        Ok(purl) if must_fail => Some(format!("accepted as {purl}")),
        Ok(purl) => {
            if case["test_type"] == "parse" {
                let same = built(expected).is_ok_and(|expected| expected == purl);
                (!same).then(|| format!("{purl:?} instead of {expected}"))
            } else {
                let written = purl.to_string();
                (Some(written.as_str()) != expected.as_str())
                    .then(|| format!("{written} instead of {expected}"))
            }
        }
    }
}

#[test]
fn every_case_of_the_specification() {
    let Some(folder) = judges("purl-spec/tests") else { return };
    let (mut cases, mut wrong, mut met) = (0, Vec::new(), BTreeSet::new());
    for sub in ["spec", "types"] {
        for entry in std::fs::read_dir(folder.join(sub)).unwrap() {
            let path = entry.unwrap().path();
            let document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            for case in document["tests"].as_array().unwrap() {
                cases += 1;
                let Some(what) = verdict(case) else { continue };
                let description = case["description"].as_str().unwrap();
                match DIFFERENT.iter().position(|(listed, _)| *listed == description) {
                    Some(index) if case["test_type"] == "parse" => drop(met.insert(index)),
                    _ => {
                        wrong.push(format!("{description}: {} {}: {what}", case["test_type"], case["input"]));
                    }
                }
            }
        }
    }
    println!("{cases} cases, {} listed disagreements", met.len());
    assert!(cases >= 586, "{cases}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(met.len(), DIFFERENT.len(), "a listed disagreement is none any more");
}
