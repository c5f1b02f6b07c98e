//! What can be scanned, and how a report is written.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::PossibleValue;
use clap::{Args, Subcommand, ValueEnum};
use seawall_findings::forms::{FORMS, Form};
use seawall_findings::{FindingKind, Report, Severity};

use crate::sboms;

/// What to scan.
#[derive(Debug, Subcommand)]
pub(crate) enum Scan {
    /// A container image
    Image(ScanImage),
    /// A folder
    Fs(ScanFs),
    /// The files of one commit of a Git repository
    Repo(ScanRepo),
    /// Kubernetes manifests and Dockerfiles
    Config(super::ScanConfig),
    /// An SBOM: CycloneDX (JSON, XML) or SPDX (JSON, tag-value)
    Sbom(ScanSbom),
}

#[derive(Debug, Args)]
pub(crate) struct ScanSbom {
    /// The file, or `-`
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) output: ReportOutput,
}

#[derive(Debug, Args)]
pub(crate) struct ScanImage {
    #[command(flatten)]
    pub(crate) source: ImageSource,
    #[command(flatten)]
    pub(crate) looking: Looking,
    #[command(flatten)]
    pub(crate) output: ReportOutput,
}

#[derive(Debug, Args)]
pub(crate) struct ScanFs {
    /// The folder
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) looking: Looking,
    #[command(flatten)]
    pub(crate) output: ReportOutput,
}

#[derive(Debug, Args)]
pub(crate) struct ScanRepo {
    /// A folder (a repository, bare or not), or an address: `https://…`, `ssh://…`, `user@host:path`
    pub(crate) repository: String,
    /// Branch, tag or commit [default: what `HEAD` names]
    #[arg(long = "ref", visible_alias = "branch", value_name = "REF")]
    pub(crate) reference: Option<String>,
    /// Look for secrets in commits of this day and later only (`2026-01-31`)
    #[arg(long, value_name = "DAY")]
    pub(crate) since: Option<String>,
    /// Look for secrets in the newest files only, not in the history
    #[arg(long)]
    pub(crate) no_history: bool,
    #[command(flatten)]
    pub(crate) looking: Looking,
    #[command(flatten)]
    pub(crate) output: ReportOutput,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// A SARIF log that Snyk, CodeQL, Trivy, Semgrep or another tool wrote, or `-`
    pub(crate) file: PathBuf,
    /// What it is about: an image (its tag is resolved once), a digest, or a commit's full id
    #[arg(long, value_name = "REF_OR_COMMIT")]
    pub(crate) subject: String,
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
    /// Reference of an image in a registry, or its name on this host with --from
    #[arg(required_unless_present = "input")]
    pub(crate) reference: Option<String>,
    /// An OCI layout folder, an OCI archive or a docker archive instead
    #[arg(long, conflicts_with = "reference", value_name = "PATH")]
    pub(crate) input: Option<PathBuf>,
    /// Take the image from the storage of podman, containerd or docker on this host, perhaps in another folder than theirs
    #[arg(long, conflicts_with = "input", value_name = "ENGINE[:FOLDER]")]
    pub(crate) from: Option<String>,
    /// Which platform of a multi-platform image, or `all` of them [default: this machine's]
    #[arg(long, env = "SEAWALL_PLATFORM", value_name = "OS/ARCH[/VARIANT]")]
    pub(crate) platform: Option<String>,
    /// The base image: its packages and findings are told from the application's [default: what the image's own
    /// `org.opencontainers.image.base.*` annotations name]
    #[arg(long, env = "SEAWALL_BASE", value_name = "REF")]
    pub(crate) base: Option<String>,
}

/// What is looked for, and how much is read.
#[derive(Clone, Debug, Args)]
pub(crate) struct Looking {
    /// What to look for
    #[arg(
        long,
        env = "SEAWALL_SCANNERS",
        value_enum,
        value_delimiter = ',',
        default_values_t = Self::default().scanners,
        value_name = "KIND"
    )]
    pub(crate) scanners: Vec<Scanner>,
    /// Read images that unpack to at most this much, however small they are packed (`80GiB`)
    /// [default: 64GiB, and 500 times the packed size of each layer]
    #[arg(long, env = "SEAWALL_MAX_UNPACKED_SIZE", value_parser = size, value_name = "SIZE")]
    pub(crate) max_unpacked_size: Option<u64>,
    /// Own rules for secrets, in Seawall's or trivy's form [default: `secrets` of the configuration]
    #[arg(long, env = "SEAWALL_SECRET_CONFIG", value_name = "FILE")]
    pub(crate) secret_config: Option<PathBuf>,
}

impl Default for Looking {
    fn default() -> Self {
        Self { scanners: vec![Scanner::Vuln, Scanner::Secret], max_unpacked_size: None, secret_config: None }
    }
}

/// What can be looked for. Packages are always listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scanner {
    /// Known vulnerabilities of packages
    Vuln,
    /// Credentials in files, in every layer
    Secret,
    /// What does not belong into a final image: tools, caches, permissions, how it is configured
    Hygiene,
}

impl Scanner {
    /// The kind of its findings, where it is not the advisory database's.
    pub(crate) fn kind(self) -> Option<FindingKind> {
        match self {
            Self::Vuln => None,
            Self::Secret => Some(FindingKind::Secret),
            Self::Hygiene => Some(FindingKind::Hygiene),
        }
    }
}

/// `512MiB`, `80GiB`, `1000000`.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size: expected a number, perhaps with KiB, MiB, GiB or TiB");
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let shift = match unit.trim().to_ascii_lowercase().trim_end_matches("ib").trim_end_matches('b') {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return Err(wrong()),
    };
    number.checked_mul(1 << shift).filter(|bytes| *bytes > 0).ok_or_else(wrong)
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
    /// Policy files whose exceptions are applied; may be given again [default: `policies` of the configuration]
    #[arg(long, env = "SEAWALL_POLICY", value_delimiter = ',', value_name = "FILE")]
    pub(crate) policy: Vec<PathBuf>,
    /// VEX documents: OpenVEX, CycloneDX or CSAF; may be given again
    #[arg(long, env = "SEAWALL_VEX", value_delimiter = ',', value_name = "FILE")]
    pub(crate) vex: Vec<PathBuf>,
    /// List in the table what exceptions and VEX statements cover, with who says so
    #[arg(long)]
    pub(crate) show_suppressed: bool,
    /// List in the table the licences of the packages
    #[arg(long)]
    pub(crate) licences: bool,
    /// A JSON report of before: what it has does not count any more
    #[arg(long, env = "SEAWALL_BASELINE", value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
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
    /// One of [`OWN`]
    Own(&'static Own),
    /// One that needs no more than the report
    Form(&'static Form),
}

/// A form that other crates write.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) name: &'static str,
    about: &'static str,
    pub(crate) write: fn(&Report) -> Result<String, String>,
}

/// All of them: a new one is one line here.
static OWN: &[Own] = &[
    Own { name: "cyclonedx", about: "CycloneDX 1.6 in JSON: the inventory", write: sboms::cyclonedx },
    Own { name: "spdx", about: "SPDX 2.3 in JSON: the inventory", write: sboms::spdx },
    Own {
        name: "spdx-tag-value",
        about: "SPDX 2.3 as tags and values: the inventory",
        write: sboms::spdx_tags,
    },
    Own { name: "openvex", about: "OpenVEX 0.2: what exceptions cover", write: sboms::openvex },
];

impl ValueEnum for ReportFormat {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<ReportFormat>> = LazyLock::new(|| {
            let own = OWN.iter().map(ReportFormat::Own);
            let forms = FORMS.iter().map(ReportFormat::Form);
            std::iter::once(ReportFormat::Table).chain(own).chain(forms).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Table => PossibleValue::new("table").help("For people"),
            Self::Own(form) => PossibleValue::new(form.name).help(form.about),
            Self::Form(form) => PossibleValue::new(form.name).help(form.about),
        })
    }
}
