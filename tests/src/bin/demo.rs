//! `make demo` and `make demo-cluster`: the whole way on one digest, told on the terminal.

use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use seawall_stories::parts::peers::root;
use seawall_stories::story::{Stage, Story};

#[allow(clippy::print_stderr, reason = "the demo talks to people")]
fn main() -> ExitCode {
    match tell() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nthe demo stopped: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stdout, reason = "the demo talks to people")]
fn tell() -> Result<()> {
    let stage = stage()?;
    let kept = root().join(".demo");
    let mut story = Story::begin(stage, seawall_beside_us()?, &kept)?;
    story.tell()?;
    let (page, took) = story.end();
    println!(
        "\nThe whole story took {:.0} s. Ledger, keys, policy and repository are in {}.",
        took.as_secs_f64(),
        kept.display()
    );
    if std::io::stdin().is_terminal() {
        println!("The trail as a page: {page}  (until you press Enter)");
        let _ = std::io::stdin().read(&mut [0])?;
    } else {
        println!("The trail as a page was at {page}");
    }
    println!("Any time later: cd .demo && XDG_DATA_HOME=$PWD/data ../target/release/seawall up");
    Ok(())
}

fn stage() -> Result<Stage> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] | ["--stage", "embedded"] => Ok(Stage::Embedded),
        ["--stage", "cluster"] => Ok(Stage::Cluster),
        _ => bail!("usage: demo [--stage embedded|cluster]"),
    }
}

/// The `seawall` that was built with this program.
fn seawall_beside_us() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().context("a program has a folder")?.join("seawall"))
}
