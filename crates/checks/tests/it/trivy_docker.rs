//! Trivy's Dockerfile examples, and the inputs of its own tests written out as Dockerfiles.

use std::fmt::Write as _;

use seawall_checks::{Options, Selection, dockerfile, source};
use serde_json::Value;

use crate::judge;

/// A case we answer otherwise, and why.
const DISAGREEMENTS: &[(&str, &str)] = &[];

/// Whether a check of that id holds against a Dockerfile; an error is its text.
fn holds(id: &str, text: &str) -> Result<bool, String> {
    let selection = Selection::new(&[id.to_owned()], &[], &|_| false).map_err(|error| error.to_string())?;
    let read = source("Dockerfile", text).unwrap().map_err(|error| error.to_string())?;
    Ok(!read.check(&Options { selection, ..Options::default() }).is_empty())
}

#[test]
fn examples() {
    let Some(root) = judge::folder("trivy-checks/examples/dockerfile") else { return };
    let (mut total, mut wrong) = (0, Vec::new());
    for file in judge::files(&root) {
        let id = judge::parent_name(&file);
        let text = std::fs::read_to_string(&file).unwrap();
        total += 1;
        if holds(&id, &text) != Ok(judge::name(&file).starts_with("bad")) {
            wrong.push(format!("{id}/{}", judge::name(&file)));
        }
    }
    judge::compare("Trivy's Dockerfile examples", total, &wrong, DISAGREEMENTS);
}

/// A case of Trivy's tests we answer otherwise, and why.
const INPUTS: &[(&str, &str)] = &[];

#[test]
fn inputs() {
    let Some(root) = judge::folder("trivy-checks/rego-test-inputs/docker") else { return };
    let (mut total, mut wrong) = (0, Vec::new());
    for file in judge::files(&root) {
        let cases: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for case in cases.as_array().unwrap() {
            let (id, test) = (case["check"].as_str().unwrap(), case["test"].as_str().unwrap());
            let denied = case["expect_deny_count"].as_str().unwrap() != "==0";
            let file = written(&case["input"]);
            total += 1;
            let found = holds(id, &file);
            if found != Ok(denied) {
                wrong.push(format!("{id} {test}"));
                eprintln!("{id} {test}: {found:?}, wanted {denied}\n{file}");
            }
        }
    }
    judge::compare("Trivy's Dockerfile test inputs", total, &wrong, INPUTS);
}

/// The Dockerfile that Trivy would have read the stages from.
fn written(input: &Value) -> String {
    let mut text = String::new();
    for stage in input["Stages"].as_array().into_iter().flatten() {
        let commands = stage["Commands"].as_array().map(Vec::as_slice).unwrap_or_default();
        let name = stage["Name"].as_str().unwrap_or_default();
        if !name.is_empty() && !commands.iter().any(|one| one["Cmd"] == "from") {
            let _ = writeln!(text, "FROM {name}");
        }
        for command in commands {
            let strings = |field: &str| {
                let list = command[field].as_array().into_iter().flatten();
                list.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
            };
            let keyword = command["Cmd"].as_str().unwrap().to_uppercase();
            let (mut values, flags) = (strings("Value"), strings("Flags"));
            if keyword == "COMMENT" {
                let _ = writeln!(text, "# {}", values.join(" "));
                continue;
            }
            // The stage's name is where Trivy reads the alias from.
            if keyword == "FROM" && name.to_lowercase().contains(" as ") {
                values = name.split_whitespace().map(str::to_owned).collect();
            }
            if keyword == "FROM" && values.first().is_some_and(|value| value.starts_with("FROM ")) {
                values[0] = values[0].replacen("FROM ", "", 1);
            }
            let json = keyword == "RUN" && values.len() > 1;
            let value = if json { serde_json::to_string(&values).unwrap() } else { values.join(" ") };
            let flags = flags.join(" ");
            let _ = writeln!(text, "{keyword} {flags} {}", value.replace('\n', " "));
        }
    }
    text
}

#[test]
fn positions_are_always_there() {
    let Some(root) = judge::folder("trivy-checks/examples/dockerfile") else { return };
    for file in judge::files(&root) {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(dockerfile("f", &text).is_ok());
        let found = source("Dockerfile", &text).unwrap().unwrap().check(&Options::default());
        assert!(found.iter().all(|finding| finding.position.is_some()), "{}", file.display());
    }
}
