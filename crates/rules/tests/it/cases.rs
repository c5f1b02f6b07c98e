//! The upstream engine's own cases: which files must be refused and with which class of error, and which must load
//! with which warnings. What the rules detect over captures is tested in `captures`, which reads them.

use std::collections::BTreeSet;
use std::path::Path;

use seawall_rules::{Level, Rules};

/// Classes of error in which Seawall differs on purpose: case, upstream's class, ours, why.
const OTHERWISE: &[(&str, &str, &str, &str)] = &[];

pub(crate) fn rule_files(folder: &Path, case: &serde_json::Value) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for file in case["rules"].as_array().into_iter().flatten() {
        let path = folder.join(file.as_str().unwrap());
        let mut paths = vec![path.clone()];
        if path.is_dir() {
            paths = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
            paths.sort();
        }
        for path in paths {
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((path.file_name().unwrap().to_string_lossy().into_owned(), text));
        }
    }
    files
}

#[test]
fn the_same_files_are_refused_as_upstream() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    let Ok(text) = std::fs::read_to_string(folder.join("cases.json")) else {
        eprintln!("skipped: {} is not here", folder.display());
        return;
    };
    let cases: serde_json::Value = serde_json::from_str(&text).unwrap();
    let (mut wrong, mut refused) = (String::new(), 0);
    for case in cases.as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let files = rule_files(&folder, case);
        let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
        let codes = |key: &str| -> BTreeSet<String> {
            let wanted = case["expect"][key].as_array().into_iter().flatten();
            wanted.map(|one| one["code"].as_str().unwrap().to_owned()).collect()
        };
        let (errors, warnings) = (codes("validate_errors"), codes("validate_warnings"));
        match Rules::load(&borrowed) {
            Ok(_) if !errors.is_empty() => wrong += &format!("{name}: loads, but must be refused\n"),
            Ok((_, found)) => {
                for wanted in &warnings {
                    // As many of this class as upstream tells.
                    let all = case["expect"]["validate_warnings"].as_array().unwrap();
                    let theirs = all.iter().filter(|one| one["code"] == **wanted).count();
                    let ours = found.iter().filter(|one| one.code == wanted).count();
                    if ours != theirs {
                        wrong += &format!("{name}: {theirs} warnings {wanted} upstream, {ours} here\n");
                    }
                }
            }
            Err(found) if errors.is_empty() => {
                let first = found.iter().find(|d| d.severity == Level::Error).unwrap();
                wrong += &format!("{name}: refused, but must load: {first}\n");
            }
            Err(found) => {
                refused += 1;
                let found: BTreeSet<&str> =
                    found.iter().filter(|d| d.severity == Level::Error).map(|d| d.code).collect();
                for wanted in &errors {
                    let known = OTHERWISE.iter().any(|(case, theirs, ours, _)| {
                        *case == name && theirs == wanted && found.contains(ours)
                    });
                    if !found.contains(&**wanted) && !known {
                        wrong += &format!("{name}: {wanted} upstream, {found:?} here\n");
                    }
                }
            }
        }
    }
    assert!(refused >= 15, "{refused}");
    insta::assert_snapshot!(wrong, @"");
}
