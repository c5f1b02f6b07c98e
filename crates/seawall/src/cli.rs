//! The command line: what can be asked for, and nothing of how it is done. One file for each room of commands.

mod db;
mod ledger;
mod policy;
mod runtime;
mod scan;
mod signing;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::printer::Colour;

pub(crate) use db::{Db, DbBuild};
pub(crate) use ledger::{Trail, Up};
pub(crate) use policy::{Admit, Gate, Promote};
pub(crate) use runtime::{Replay, Watch};
pub(crate) use scan::{Convert, ImageSource, ReportFormat, ReportOutput, Scan, ScanFs, ScanImage};
pub(crate) use signing::{Attest, Key, Layout, PredicateType, Sign, Verify};

/// Guards a Kubernetes cluster from a developer's commit to the running process.
#[derive(Debug, Parser)]
#[command(name = "seawall", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The same flag has the same meaning in every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Configuration file [default: `seawall.yaml`, looked for upward from the working directory]
    #[arg(long, global = true, env = "SEAWALL_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where evidence is written: a SQLite file, or a Seawall server's address
    /// [default: ledger.db in the user's data folder]
    #[arg(long, global = true, env = "SEAWALL_LEDGER", value_name = "PATH|URL")]
    pub(crate) ledger: Option<String>,
    /// Token for a ledger behind an address
    #[arg(long, global = true, env = "SEAWALL_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub(crate) token: Option<String>,
    /// Write no evidence
    #[arg(long, global = true)]
    pub(crate) no_ledger: bool,
    /// Advisory database [default: advisories.db in the user's data folder]
    #[arg(long, global = true, env = "SEAWALL_DB", value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
    /// Speak plain HTTP with this registry (loopback does by itself); may be given again
    #[arg(
        long,
        global = true,
        env = "SEAWALL_INSECURE_REGISTRY",
        value_name = "HOST",
        value_delimiter = ','
    )]
    pub(crate) insecure_registry: Vec<String>,
    /// Only results and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// More of what is going on; twice for all
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// When to colour
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(crate) color: Colour,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find what is inside an image or folder and what is wrong with it
    #[command(subcommand)]
    Scan(Scan),
    /// Write a JSON report in another form
    Convert(Convert),
    /// The advisory database
    #[command(subcommand)]
    Db(Db),
    /// Signing keys
    #[command(subcommand)]
    Key(Key),
    /// Sign an image's digest as cosign does
    Sign(Sign),
    /// Verify an image's signatures
    Verify(Verify),
    /// Attach a signed document (SBOM, scan result) to an image
    Attest(Attest),
    /// Ask the policy about an image or a manifest; exit code 1 when it says no
    Gate(Gate),
    /// Put an image's new tag and digest into a configuration repository, as a signed commit
    Promote(Promote),
    /// Answer an AdmissionReview file as the webhook would
    Admit(Admit),
    /// Watch system calls and match rules over them
    Watch(Watch),
    /// Match rules over a capture
    Replay(Replay),
    /// Everything known about a digest, in order
    Trail(Trail),
    /// Run the all-in-one server: API, page, admission webhook, sensor
    Up(Up),
}

/// Forms of other results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}
