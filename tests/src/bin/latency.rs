//! Part of `make bench`: how long the gate, admission and the end of a shell take, as a table in Markdown.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use seawall_stories::story::{Stage, Story};

#[allow(clippy::print_stderr, reason = "a measurement talks to people")]
fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nthe measurement stopped: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stdout, reason = "a measurement talks to people")]
fn measure() -> Result<()> {
    let own = std::env::current_exe()?;
    let seawall: PathBuf = own.parent().context("a program has a folder")?.join("seawall");
    let kept = tempfile::Builder::new().prefix("swm").tempdir()?;
    let mut story = Story::begin(Stage::Embedded, seawall, &kept.path().join("kept"))?;
    let measured = story.measure()?;
    println!("\n| milliseconds | p50 | p95 | p99 | longest | times |\n|---|---|---|---|---|---|");
    for times in measured {
        println!("{times}");
    }
    Ok(())
}
