//! Secrets in a repository's history, baselines, and other tools' results.

use std::process::Command;

use serde_json::Value;

use crate::home::Home;

/// A token that the scanner knows; in pieces, so that none stands here.
fn token(end: &str) -> String {
    format!("{}-x7Kq2mZ9vB4tLw8R{end}", ["gl", "pat"].concat())
}

fn git(home: &Home, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.arg("-C").arg(home.path("repository")).args([
        "-c",
        "user.name=Ada",
        "-c",
        "user.email=ada@example.com",
    ]);
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A token that was committed and taken back, and one that nobody has committed yet.
fn repository(home: &Home) {
    std::fs::create_dir_all(home.path("repository")).unwrap();
    git(home, &["init", "--quiet", "--initial-branch=main", "."]);
    home.write("repository/deploy.sh", &format!("echo start\nTOKEN={}\n", token("aaaa")));
    git(home, &["add", "."]);
    git(home, &["commit", "--quiet", "--message=first"]);
    home.write("repository/deploy.sh", &format!("echo changed\n\nTOKEN={}\n", token("aaaa")));
    git(home, &["commit", "--quiet", "--all", "--message=second"]);
    home.write("repository/deploy.sh", "echo start\n");
    git(home, &["commit", "--quiet", "--all", "--message=third"]);
    home.write("repository/new.env", &format!("TOKEN={}\n", token("bbbb")));
}

fn secrets(report: &str) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(report).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["kind"] == "secret" && finding["suppressed"].is_null())
        .map(|finding| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&finding["location"]["path"]), text(&finding["evidence"]))
        })
        .collect()
}

#[test]
fn the_history_is_searched() {
    let home = Home::new();
    repository(&home);
    let ran = home.run(&["scan", "repo", "repository", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let found = secrets(&ran.stdout);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(!ran.stdout.contains(&token("aaaa")) && !ran.stdout.contains(&token("bbbb")));
    let (_, gone) = found.iter().find(|(path, _)| path == "deploy.sh").unwrap();
    assert!(gone.contains("TOKEN=glpa****") && gone.contains("Ada <ada@example.com>"), "{gone}");
    assert!(gone.contains("the newest commit no longer has it"), "{gone}");
    let (_, new) = found.iter().find(|(path, _)| path == "new.env").unwrap();
    assert!(new.contains("not committed yet"), "{new}");

    let newest = home.run(&["scan", "repo", "repository", "--no-history", "--format", "json"]);
    assert_eq!(secrets(&newest.stdout).len(), 1, "{}", newest.stderr);
    let denied = home.run(&["scan", "repo", "repository", "--fail-on", "critical"]);
    assert_eq!(denied.code, Some(1), "{}", denied.stderr);
    assert_eq!(home.run(&["scan", "repo", "repository", "--since", "yesterday"]).code, Some(2));
    assert_eq!(home.run(&["scan", "repo", "nowhere"]).code, Some(2));
}

#[test]
fn only_what_is_new_counts() {
    let home = Home::new();
    repository(&home);
    let first = home.run(&["scan", "repo", "repository", "--format", "json", "--output", "before.json"]);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let scan =
        ["scan", "repo", "repository", "--baseline", "before.json", "--fail-on", "low", "--format", "json"];
    let same = home.run(&scan);
    assert_eq!((same.code, secrets(&same.stdout).len()), (Some(0), 0), "{}", same.stderr);
    home.write("repository/other.env", &format!("TOKEN={}\n", token("cccc")));
    let more = home.run(&scan);
    assert_eq!((more.code, secrets(&more.stdout).len()), (Some(1), 1), "{}", more.stderr);
    assert_eq!(home.run(&["scan", "repo", "repository", "--baseline", "nowhere.json"]).code, Some(2));
}

#[test]
fn another_tools_results_join_the_trail() {
    let home = Home::new();
    home.write(
        "snyk.sarif",
        r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Snyk Container", "rules": [
            {"id": "SNYK-DEBIAN12-ZLIB-1", "shortDescription": {"text": "High severity - overflow in zlib"},
             "properties": {"cvssv3_baseScore": 8.1, "security-severity": "8.1", "tags": ["security", "deb"]}}]}},
            "results": [{"ruleId": "SNYK-DEBIAN12-ZLIB-1", "level": "error", "message": {"text": "This file introduces a vulnerable zlib package"}}]}]}"#,
    );
    let digest = format!("sha256:{}", "ab".repeat(32));
    for subject in [digest.as_str(), &"cd".repeat(20)] {
        let ran = home.run(&["import", "snyk.sarif", "--subject", subject, "--format", "json"]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(
            (&report["findings"][0]["id"], &report["findings"][0]["severity"]),
            (&"SNYK-DEBIAN12-ZLIB-1".into(), &"high".into())
        );
    }
    let trail = home.run(&["trail", &digest]);
    assert!(
        trail.stdout.contains("imported from Snyk Container: 1 findings: 1 high"),
        "{}{}",
        trail.stdout,
        trail.stderr
    );
    assert_eq!(home.run(&["import", "snyk.sarif", "--subject", &digest, "--fail-on", "high"]).code, Some(1));
    home.write("no.sarif", "{}");
    assert_eq!(home.run(&["import", "no.sarif", "--subject", &digest]).code, Some(2));
}
