//! The command line: what can be asked for, and nothing of how it is done. One file for each room of commands.

mod db;
mod ledger;
mod policy;
mod registry;
mod runtime;
mod scan;
mod scan_config;
mod signing;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::printer::Colour;

pub(crate) use db::{Db, DbBuild, DbPull, DbPush, MaxAge, OSV};
pub(crate) use ledger::{Affected, Trail, Up};
pub(crate) use policy::{Admit, Gate, Promote};
pub(crate) use registry::Registries;
pub(crate) use runtime::{
    AlertFormat, Chosen, Replay, Rules, RulesCheck, RulesExplain, RulesList, RulesTest, Watch,
};
pub(crate) use scan::{
    Convert, ImageSource, Import, Looking, ReportFormat, ReportOutput, Scan, ScanFs, ScanImage, ScanRepo,
    ScanSbom, Scanner,
};
pub(crate) use scan_config::{Checks, ScanConfig};
pub(crate) use signing::{
    Attach, Attachment, Attest, Copy, Download, Key, Layout, PredicateType, Sign, SignBlob, Tree, Trusting,
    Verify, VerifyBlob,
};

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
    /// Refuse (exit code 3) an advisory database that was compiled longer ago than this: `24h`, `7d`, `2w`
    #[arg(long, global = true, env = "SEAWALL_MAX_DB_AGE", value_name = "DURATION")]
    pub(crate) max_db_age: Option<MaxAge>,
    #[command(flatten)]
    pub(crate) registries: Registries,
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
    /// The built-in checks of `scan config`, `gate` and `admit`
    #[command(subcommand)]
    Checks(Checks),
    /// Write a JSON report in another form
    Convert(Convert),
    /// Join another tool's SARIF log to the trail of a digest or commit
    Import(Import),
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
    /// Attach a signed document (SBOM, scan result, provenance) to an image
    Attest(Attest),
    /// Sign a file as cosign does
    SignBlob(SignBlob),
    /// Verify a file's signature
    VerifyBlob(VerifyBlob),
    /// Store something beside an image that was made elsewhere
    #[command(subcommand)]
    Attach(Attach),
    /// Fetch what is stored beside an image, unverified
    Download(Download),
    /// Show what is stored beside an image
    Tree(Tree),
    /// Copy an image with everything that is stored beside it
    Copy(Copy),
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
    /// Rule files: check, list, explain, test
    #[command(subcommand)]
    Rules(Rules),
    /// Which scanned images an advisory reaches, without touching one
    Affected(Affected),
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
