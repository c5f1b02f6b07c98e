//! Checks in the conventions of those who write them today, over real documents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and a skipped one says why"
)]

mod cel;
mod hostile;
mod peer;
mod rego;
mod schema;

use seawall_custom::{Checks, Input, Kind};
use seawall_findings::{Finding, Position};
use serde_json::Value;

fn load(files: &[(&str, &str)]) -> Checks {
    let files: Vec<(String, String)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Checks::load(&files, None).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(files: &[(&str, &str)]) -> String {
    let files: Vec<(String, String)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    match Checks::load(&files, None) {
        Ok(_) => panic!("loaded"),
        Err(error) => error.to_string(),
    }
}

/// Positions are the depth of the pointer: enough to see which one was asked for.
#[allow(clippy::unnecessary_wraps, reason = "the shape that inputs ask for")]
fn position(pointer: &str) -> Option<Position> {
    Some(Position { line: 1 + pointer.matches('/').count(), column: 1 })
}

fn run(checks: &Checks, value: &Value) -> Vec<Finding> {
    checks.run(&Input { path: "shop.yaml", kind: Kind::Kubernetes, value, position: &position })
}

/// `id severity line: title`.
fn lines(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| finding.position.map_or(0, |position| position.line);
    findings.iter().map(|f| format!("{} {} {}: {}", f.id, f.severity, line(f), f.title)).collect()
}
