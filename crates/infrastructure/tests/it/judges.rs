//! Trivy's examples: a good one has no finding of its check, a bad one has one at least.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use seawall_infrastructure::{checks, find};

use crate::support::scanned;

/// Examples that are answered otherwise here, with the reason.
const DISAGREEMENTS: &[(&str, &str)] = &[(
    "cloudformation/AWS-0057/bad-0.cf.yaml",
    "its `Statement` stands at the top of the file instead of in `PolicyDocument`, so that the policy allows nothing",
)];

/// Checks of the catalogue that ask a live account: when credentials were used last, who has a second factor, which
/// contacts and analysers are missing. Trivy finds none of them in a configuration either.
const NOT_COVERED: &[&str] = &[
    "AWS-0175", "AWS-0144", "AWS-0166", "AWS-0165", "AWS-0142", "AWS-0145", "AWS-0140", "AWS-0167",
    "AWS-0169", "AWS-0146", "AWS-0346", "AZU-0064",
];

fn examples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/judges/trivy-checks/examples");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not here", folder.display());
    None
}

#[test]
fn trivy_examples() {
    let Some(root) = examples() else { return };
    let listed: BTreeMap<&str, &str> = DISAGREEMENTS.iter().copied().collect();
    let (mut passed, mut total) = (0, 0);
    let mut wrong = Vec::new();
    for kind in ["terraform", "cloudformation"] {
        let mut folders: Vec<PathBuf> =
            fs::read_dir(root.join(kind)).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        for folder in folders {
            let peer = folder.file_name().unwrap().to_str().unwrap().to_owned();
            let mut files: Vec<PathBuf> =
                fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.sort();
            for file in files {
                total += 1;
                let name = file.file_name().unwrap().to_str().unwrap();
                let case = format!("{kind}/{peer}/{name}");
                let text = fs::read_to_string(&file).unwrap();
                let outcome = scanned(&[(name, &text)]);
                let found = find(&peer)
                    .is_some_and(|check| outcome.findings.iter().any(|finding| finding.id == check.id));
                let agrees = found == name.starts_with("bad");
                if agrees {
                    passed += 1;
                }
                let hard: Vec<String> = outcome.problems.iter().map(ToString::to_string).collect();
                if agrees == listed.contains_key(case.as_str()) {
                    wrong.push(format!(
                        "{case}: found {found}; check {:?}; {hard:?}",
                        find(&peer).map(|check| check.id)
                    ));
                }
            }
        }
    }
    eprintln!("{passed} of {total} examples");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_catalogue_is_covered() {
    let Some(root) = examples() else { return };
    let catalogue: serde_json::Value =
        serde_json::from_slice(&fs::read(root.join("../catalogue.json")).unwrap()).unwrap();
    let clouds =
        ["aws", "azure", "google", "digitalocean", "github", "nifcloud", "openstack", "oracle", "cloudstack"];
    let missing: Vec<&str> = catalogue
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["provider"].as_str().is_some_and(|provider| clouds.contains(&provider)))
        .map(|check| check["id"].as_str().unwrap())
        .filter(|id| find(id).is_none())
        .collect();
    eprintln!("{} checks", checks().count());
    assert_eq!(missing, NOT_COVERED);
}
