//! The same checks under trivy itself: the same findings at the same lines.

use std::path::PathBuf;
use std::process::Command;

use seawall_custom::{Checks, Input, Kind};
use seawall_findings::Position;
use serde_json::Value;

const CHECK: &str = r#"# METADATA
# title: No latest tag
# custom:
#   id: ID001
#   severity: MEDIUM
#   input:
#     selector:
#       - type: kubernetes
package user.ID001

import rego.v1

deny contains res if {
	some container in input.spec.containers
	endswith(container.image, ":latest")
	res := result.new(sprintf("%s uses latest", [container.name]), container)
}
"#;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\nspec:\n  containers:\n    - name: web\n      image: shop:latest\n    - name: log\n      image: log:1.0\n    - name: db\n      image: db:latest\n";

fn trivy() -> Option<PathBuf> {
    let home = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    let path = home.join("seawall/peers/trivy-0.74.0/trivy");
    path.is_file().then_some(path)
}

/// Lines of the two containers, as the document's reader would give them.
#[allow(clippy::unnecessary_wraps, reason = "the shape that inputs ask for")]
fn position(pointer: &str) -> Option<Position> {
    let line = match pointer {
        "/spec/containers/0" => 7,
        "/spec/containers/1" => 9,
        "/spec/containers/2" => 11,
        _ => 1,
    };
    Some(Position { line, column: 1 })
}

#[test]
fn trivy_says_the_same() {
    let Some(trivy) = trivy() else {
        eprintln!("skipped: trivy is not in the cache of peers (tests/peers/build.sh makes it)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("checks")).unwrap();
    std::fs::create_dir(folder.path().join("app")).unwrap();
    std::fs::write(folder.path().join("checks/latest.rego"), CHECK).unwrap();
    std::fs::write(folder.path().join("app/pod.yaml"), POD).unwrap();
    let output = Command::new(trivy)
        .args(["config", "--quiet", "--skip-check-update", "--format", "json", "--check-namespaces", "user"])
        .args(["--config-check", "checks", "--cache-dir", "cache", "app"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let theirs = report["Results"].as_array().into_iter().flatten();
    let theirs =
        theirs.flat_map(|result| result["Misconfigurations"].as_array().cloned().unwrap_or_default());
    let mut theirs: Vec<(String, u64, String)> = theirs
        .filter(|one| one["ID"] == "ID001" && one["Status"] == "FAIL")
        .map(|one| {
            (
                one["Message"].as_str().unwrap().to_owned(),
                one["CauseMetadata"]["StartLine"].as_u64().unwrap(),
                one["Severity"].as_str().unwrap().to_lowercase(),
            )
        })
        .collect();
    theirs.sort();
    let checks = Checks::load(&[("latest.rego".to_owned(), CHECK.to_owned())], None).unwrap();
    let value: Value = serde_saphyr::from_str(POD).unwrap();
    let found =
        checks.run(&Input { path: "pod.yaml", kind: Kind::Kubernetes, value: &value, position: &position });
    let mut ours: Vec<(String, u64, String)> = found
        .into_iter()
        .map(|one| (one.title, one.position.unwrap().line as u64, one.severity.to_string()))
        .collect();
    ours.sort();
    assert!(!ours.is_empty());
    assert_eq!(ours, theirs);
}
