//! Datree's rules: a manifest of `pass` gives no finding of that rule, one of `fail` at least one.

use seawall_checks::{check, documents, find};

use crate::judge;

/// A case we answer otherwise, and why.
const DISAGREEMENTS: &[(&str, &str)] = &[
    (
        "26/26-fail.yaml",
        "`hostPID` stands in the Deployment's spec, not its pods': the API server knows no such field there",
    ),
    (
        "64/64-fail.yaml",
        "the text holds a `]`, which no Google key has; Datree's pattern takes it by a range that was not meant (`\\-_`)",
    ),
];

/// `id` and `uniqueName` of every rule; the file is read by its lines, being no manifest.
fn rules() -> Vec<(u32, String)> {
    let Some(file) = judge::folder("datree/defaultRules/defaultRules.yaml") else { return Vec::new() };
    let mut found = Vec::new();
    let mut id = 0;
    for line in std::fs::read_to_string(file).unwrap().lines() {
        if let Some(number) = line.strip_prefix("  - id: ") {
            id = number.trim().parse().unwrap();
        }
        if let Some(name) = line.strip_prefix("    uniqueName: ") {
            found.push((id, name.trim().trim_matches('"').to_owned()));
        }
    }
    found
}

#[test]
fn every_rule_is_a_check() {
    let rules = rules();
    if rules.is_empty() {
        return;
    }
    let missing: Vec<_> =
        rules.iter().filter(|(_, name)| find(name).is_none()).map(|(_, name)| name.clone()).collect();
    judge::compare("Datree's rules", rules.len(), &missing, &[]);
}

#[test]
fn cases() {
    let Some(root) = judge::folder("datree/tests") else { return };
    let rules = rules();
    let (mut total, mut wrong) = (0, Vec::new());
    for file in judge::files(&root) {
        let passes = judge::parent_name(&file) == "pass";
        let id: u32 = judge::parent_name(file.parent().unwrap()).parse().unwrap();
        let name = &rules.iter().find(|(number, _)| *number == id).unwrap().1;
        let text = std::fs::read_to_string(&file).unwrap();
        total += 1;
        let found = documents("f.yaml", &text).unwrap().iter().flat_map(check).collect::<Vec<_>>();
        if found.iter().any(|finding| finding.aliases.contains(name)) == passes {
            wrong.push(format!("{id}/{}", judge::name(&file)));
        }
    }
    judge::compare("Datree's cases", total, &wrong, DISAGREEMENTS);
}
