//! The same generated files through Trivy, where it is on the machine.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use seawall_secrets::{Options, Scanner};

use crate::corpus::lines;

/// What one finds and the other does not, with the reason.
const DISAGREEMENTS: &[(&str, &str)] = &[];

fn trivy() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    let program = cache.join("seawall/peers/trivy-0.74.0/trivy");
    program.is_file().then_some(program)
}

#[test]
fn the_same_rules_on_the_same_files() {
    let Some(trivy) = trivy() else {
        println!("skipped: trivy 0.74.0 is not built (tests/peers/build.sh trivy)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let scanner = Scanner::new(Options::default()).unwrap();
    let mut ours = BTreeSet::new();
    for seed in 100..104_u64 {
        for (index, (_, name, line)) in lines(seed).into_iter().enumerate() {
            let path = format!("s{seed}/f{index}/{name}");
            std::fs::create_dir_all(folder.path().join(&path).parent().unwrap()).unwrap();
            let text = format!("first line\n{line}\nlast line\n");
            std::fs::write(folder.path().join(&path), &text).unwrap();
            ours.extend(
                scanner.scan(&path, text.as_bytes()).into_iter().map(|finding| (path.clone(), finding.id)),
            );
        }
    }
    let output = Command::new(trivy)
        .args([
            "fs",
            "--quiet",
            "--scanners",
            "secret",
            "--skip-db-update",
            "--skip-check-update",
            "--offline-scan",
        ])
        .args(["--format", "json", "--cache-dir"])
        .arg(folder.path().join("cache"))
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut theirs = BTreeSet::new();
    for result in report["Results"].as_array().unwrap() {
        for secret in result["Secrets"].as_array().into_iter().flatten() {
            theirs.insert((
                result["Target"].as_str().unwrap().to_owned(),
                secret["RuleID"].as_str().unwrap().to_owned(),
            ));
        }
    }
    let differ = |a: &BTreeSet<(String, String)>, b: &BTreeSet<(String, String)>| {
        a.difference(b).map(|(_, id)| id.clone()).collect::<BTreeSet<_>>()
    };
    let told: BTreeSet<String> = DISAGREEMENTS.iter().map(|(id, _)| (*id).to_owned()).collect();
    let all: BTreeSet<String> = differ(&theirs, &ours).union(&differ(&ours, &theirs)).cloned().collect();
    println!("{} findings of trivy, {} of ours, ids that differ: {all:?}", theirs.len(), ours.len());
    assert_eq!(
        all,
        told,
        "only trivy: {:?}; only ours: {:?}",
        differ(&theirs, &ours),
        differ(&ours, &theirs)
    );
}
