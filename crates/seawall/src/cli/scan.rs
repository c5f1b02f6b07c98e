//! What can be scanned, and how a report is written.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::PossibleValue;
use clap::{Args, Subcommand, ValueEnum};
use seawall_findings::Severity;
use seawall_findings::forms::{FORMS, Form};

/// What to scan.
#[derive(Debug, Subcommand)]
pub(crate) enum Scan {
    /// A container image
    Image(ScanImage),
    /// A folder
    Fs(ScanFs),
}

#[derive(Debug, Args)]
pub(crate) struct ScanImage {
    #[command(flatten)]
    pub(crate) source: ImageSource,
    #[command(flatten)]
    pub(crate) output: ReportOutput,
}

#[derive(Debug, Args)]
pub(crate) struct ScanFs {
    /// The folder
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) output: ReportOutput,
}

#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// A report that `seawall scan --format json` wrote, or `-`
    pub(crate) report: PathBuf,
    #[command(flatten)]
    pub(crate) output: ReportOutput,
}

/// Which image.
#[derive(Clone, Debug, Args)]
pub(crate) struct ImageSource {
    /// Reference of an image in a registry
    #[arg(required_unless_present = "input")]
    pub(crate) reference: Option<String>,
    /// An OCI layout folder, an OCI archive or a docker archive instead
    #[arg(long, conflicts_with = "reference", value_name = "PATH")]
    pub(crate) input: Option<PathBuf>,
    /// Which platform of a multi-platform image [default: this machine's]
    #[arg(long, env = "SEAWALL_PLATFORM", value_name = "OS/ARCH[/VARIANT]")]
    pub(crate) platform: Option<String>,
}

/// How a report is written, and when it fails the command.
#[derive(Clone, Debug, Args)]
pub(crate) struct ReportOutput {
    /// Form of the report
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ReportFormat,
    /// Write the report to this file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show findings of these severities only
    #[arg(long, env = "SEAWALL_SEVERITY", value_delimiter = ',', value_name = "SEVERITY")]
    pub(crate) severity: Vec<Severity>,
    /// Show findings with a known fix only
    #[arg(long, env = "SEAWALL_IGNORE_UNFIXED")]
    pub(crate) ignore_unfixed: bool,
    /// Exit with 1 when a finding that counts is at least this severe
    #[arg(long, env = "SEAWALL_FAIL_ON", value_name = "SEVERITY")]
    pub(crate) fail_on: Option<Severity>,
}

/// Forms of a report: those that need other crates or the terminal, and all that [`FORMS`] lists.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum ReportFormat {
    /// For people
    #[default]
    Table,
    /// CycloneDX 1.6: the inventory
    Cyclonedx,
    /// One that needs no more than the report
    Form(&'static Form),
}

impl ValueEnum for ReportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<ReportFormat>> = LazyLock::new(|| {
            let own = [ReportFormat::Table, ReportFormat::Cyclonedx];
            own.into_iter().chain(FORMS.iter().map(ReportFormat::Form)).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Table => PossibleValue::new("table").help("For people"),
            Self::Cyclonedx => PossibleValue::new("cyclonedx").help("CycloneDX 1.6: the inventory"),
            Self::Form(form) => PossibleValue::new(form.name).help(form.about),
        })
    }
}
