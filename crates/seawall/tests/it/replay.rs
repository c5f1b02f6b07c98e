//! Recorded events, matched by the same rules as live ones.

use std::path::Path;

use crate::home::Home;

#[test]
fn a_shell_is_found_in_a_capture() {
    let home = Home::bare();
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures/shell.jsonl");
    let capture = capture.display().to_string();
    let ran = home.run(&["replay", &capture, "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let alert: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(alert["rule"], "Shell started in a container");
    assert_eq!(alert["priority"], "Warning");
    assert!(
        alert["output"].as_str().unwrap().contains("registry.example.com/shop@sha256:85b5a92b"),
        "{alert}"
    );
    assert!(ran.stderr.contains("1 alerts"), "{}", ran.stderr);
}

#[test]
fn a_damaged_capture_is_told_with_its_line() {
    let home = Home::bare();
    home.write("broken.jsonl", "\n{\"number\": 1\n");
    let ran = home.run(&["replay", "broken.jsonl"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.stderr.contains("line 2") && ran.stderr.contains("broken.jsonl"), "{}", ran.stderr);
}
