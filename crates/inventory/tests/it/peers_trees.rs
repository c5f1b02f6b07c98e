//! Whole folders of a peer's tests: the packages that it lists in them.

use std::collections::BTreeSet;
use std::path::Path;

use seawall_inventory::{File, read, wants};
use serde_json::Value;

use super::peers::judges;

/// Packages that only one of both lists, with the reason.
const DIFFERENT: &[(&str, &str, &str)] = &[
    ("npm", "pkg:npm/z-lock@1.0.0", "only development needs it by the lockfile, but it is installed"),
    ("uv", "pkg:pypi/uv-test@0.1.0", "the project itself"),
    ("cargo", "pkg:cargo/app@0.1.0", "the project itself"),
    (
        "dotnet",
        "pkg:nuget/Microsoft.VisualStudio.TestPlatform.Common@17.2.0-release-20220408-11",
        "of the type `project`: no package",
    ),
];

fn files(root: &Path, folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(root, &path, into);
            continue;
        }
        let relative = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if wants(&relative) {
            into.push((relative, std::fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn folders_agree_with_the_peer() {
    let Some(folder) = judges("trivy-integration") else { return };
    let cases: Value = serde_json::from_slice(&std::fs::read(folder.join("cases.json")).unwrap()).unwrap();
    let (mut compared, mut wrong, mut met) = (0, Vec::new(), BTreeSet::new());
    for case in cases.as_array().unwrap() {
        let text = |key: &str| case[key].as_str().unwrap_or_default().trim_start_matches("testdata/");
        let (input, golden) = (folder.join(text("input")), folder.join(text("golden")));
        let Ok(golden) = std::fs::read(&golden) else { continue };
        let golden: Value = serde_json::from_slice(&golden).unwrap();
        let theirs: BTreeSet<String> = golden["Results"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|result| result["Packages"].as_array().into_iter().flatten())
            .filter_map(|package| package["Identifier"]["PURL"].as_str().map(str::to_owned))
            .collect();
        if theirs.is_empty() || !input.is_dir() {
            continue;
        }
        let mut contents = Vec::new();
        files(&input, &input, &mut contents);
        let files: Vec<File<'_>> = contents.iter().map(|(path, bytes)| File::new(path, bytes)).collect();
        let found = read(&files);
        let ours: BTreeSet<String> = found.packages.into_iter().map(|package| package.purl).collect();
        compared += 1;
        for purl in ours.symmetric_difference(&theirs) {
            let name = text("input").rsplit('/').next().unwrap();
            match DIFFERENT.iter().position(|(case, listed, _)| *case == name && listed == purl) {
                Some(index) => drop(met.insert(index)),
                None => wrong.push(format!(
                    "{name}: {purl} is only {}",
                    if ours.contains(purl) { "ours" } else { "theirs" }
                )),
            }
        }
    }
    println!("{compared} folders, {} listed disagreements", met.len());
    assert!(compared >= 10, "{compared}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(met.len(), DIFFERENT.len(), "a listed disagreement is none any more");
}
