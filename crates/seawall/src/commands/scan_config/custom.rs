//! The user's own checks over what was read.

use std::path::{Path, PathBuf};

use seawall_checks::{Dockerfile, Document, Source};
use seawall_custom::{Checks, Input, Kind};
use seawall_findings::Finding;
use serde_json::{Value, json};

use crate::failure::{Failure, OrFail as _, Result};

/// No file of checks or data is larger.
const MAX_FILE: u64 = 4 << 20;

/// Loads the files, and those below the folders.
pub(crate) fn load(paths: &[PathBuf], data: Option<&Path>) -> Result<Checks> {
    let mut files = Vec::new();
    for path in paths {
        if !path.exists() {
            return Err(Failure::usage(format!("{}: there is no such file or folder", path.display())));
        }
        for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
            let entry = entry.or_usage()?;
            let ending = entry.path().extension().and_then(|ending| ending.to_str());
            if entry.file_type().is_file() && matches!(ending, Some("rego" | "yaml" | "yml" | "json")) {
                files.push((
                    entry.path().display().to_string(),
                    crate::files::read_text(entry.path(), MAX_FILE)?,
                ));
            }
        }
    }
    let data: Option<Value> = match data {
        None => None,
        Some(path) => {
            let text = crate::files::read_text(path, MAX_FILE)?;
            let value = serde_saphyr::from_str(&text);
            Some(value.map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?)
        }
    };
    Checks::load(&files, data.as_ref()).or_usage()
}

/// What they hold against one file.
pub(super) fn run(checks: &Checks, source: &Source) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        source.documents.iter().flat_map(|document| of_document(checks, document)).collect();
    if let Some(file) = &source.dockerfile {
        let value = stages(file);
        let position = |_: &str| file.instructions.first().map(|first| first.position);
        let input = Input { path: &file.path, kind: Kind::Dockerfile, value: &value, position: &position };
        findings.extend(checks.run(&input));
    }
    findings
}

fn of_document(checks: &Checks, document: &Document) -> Vec<Finding> {
    let position = |pointer: &str| document.position(pointer);
    checks.run(&Input {
        path: &document.path,
        kind: Kind::Kubernetes,
        value: &document.value,
        position: &position,
    })
}

/// A Dockerfile as trivy's checks see it.
fn stages(file: &Dockerfile) -> Value {
    let stages = file.stages.iter().enumerate().map(|(number, stage)| {
        let commands = file.of(stage).map(|instruction| {
            let shell = matches!(instruction.keyword.as_str(), "RUN" | "CMD" | "ENTRYPOINT" | "SHELL");
            let value = match &instruction.json {
                None if shell => vec![instruction.text.clone()],
                _ => instruction.words(),
            };
            let flags = instruction.flags.iter().map(|(name, value)| match value.as_str() {
                "" => format!("--{name}"),
                value => format!("--{name}={value}"),
            });
            json!({
                "Cmd": instruction.keyword.to_lowercase(),
                "SubCmd": "",
                "Flags": flags.collect::<Vec<_>>(),
                "Value": value,
                "Original": format!("{} {}", instruction.keyword, instruction.text),
                "JSON": instruction.json.is_some(),
                "Stage": number,
                "Path": file.path,
                "StartLine": instruction.position.line,
                "EndLine": instruction.last_line,
            })
        });
        let name = match &stage.name {
            Some(name) => format!("{} as {name}", stage.image),
            None => stage.image.clone(),
        };
        json!({"Name": name, "Commands": commands.collect::<Vec<_>>()})
    });
    json!({"Stages": stages.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dockerfile_in_trivys_shape() {
        let text = "FROM golang:1.22 AS build\nRUN --mount=type=cache,target=/c go build\nFROM scratch\nCOPY --from=build /app /\nENTRYPOINT [\"/app\", \"serve\"]\n";
        let file = seawall_checks::dockerfile("Dockerfile", text).unwrap();
        let value = stages(&file);
        assert_eq!(value["Stages"][0]["Name"], "golang:1.22 as build");
        let run = &value["Stages"][0]["Commands"][1];
        assert_eq!(
            (&run["Cmd"], &run["Value"][0], &run["StartLine"]),
            (&json!("run"), &json!("go build"), &json!(2))
        );
        assert_eq!(run["Flags"], json!(["--mount=type=cache,target=/c"]));
        let entry = &value["Stages"][1]["Commands"][2];
        assert_eq!((&entry["Value"], &entry["JSON"]), (&json!(["/app", "serve"]), &json!(true)));
    }
}
