//! The command line: what can be asked for, and nothing of how it is done.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use seawall_findings::Severity;
use seawall_findings::forms::{FORMS, Form};

use crate::printer::Colour;

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

/// Forms of other results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// The advisory database.
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Compile it from OSV dumps
    Build(DbBuild),
    /// What it holds and how old it is
    Status {
        /// Form of the answer
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DbBuild {
    /// Folder or address that holds `<Ecosystem>/all.zip` as osv.dev publishes them; `built-in` for the project's own
    /// small table of well-known facts
    #[arg(
        long,
        value_name = "DIR|URL|built-in",
        default_value = "https://osv-vulnerabilities.storage.googleapis.com"
    )]
    pub(crate) osv: String,
    /// Only these ecosystems [default: all that Seawall matches]
    #[arg(long, value_delimiter = ',', value_name = "ECOSYSTEM")]
    pub(crate) ecosystem: Vec<String>,
    /// The file to write [default: where scans look for it]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Signing keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make an ECDSA P-256 key pair: PREFIX.key, encrypted with the passphrase, and PREFIX.pub
    ///
    /// The passphrase comes from `SEAWALL_PASSWORD` or `COSIGN_PASSWORD`, else it is asked for.
    Generate {
        /// Where the files go, without their endings
        #[arg(long, default_value = "seawall", value_name = "PREFIX")]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The image; a tag is resolved once and only its digest is signed
    pub(crate) reference: String,
    /// Encrypted private key
    #[arg(long, env = "SEAWALL_KEY", value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// How the signature is stored
    #[arg(long = "signature-format", value_enum, default_value_t)]
    pub(crate) layout: Layout,
}

/// Where signatures and attestations are stored in the registry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Layout {
    /// Sigstore bundle behind an OCI 1.1 referrer, as cosign 3 does
    #[default]
    Bundle,
    /// `.sig` and `.att` tags, as cosign 1 and 2 do
    Legacy,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The image
    pub(crate) reference: String,
    /// Public key; given again, any of them will do
    #[arg(long, required = true, value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// Verify attestations of this type instead of signatures
    #[arg(long, value_enum, value_name = "TYPE")]
    pub(crate) attestation: Option<PredicateType>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Types of attested documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PredicateType {
    /// A CycloneDX SBOM
    Cyclonedx,
    /// A scan result in cosign's form
    Vuln,
}

#[derive(Debug, Args)]
pub(crate) struct Attest {
    /// The image; a tag is resolved once
    pub(crate) reference: String,
    /// What is attested
    #[arg(long = "type", value_enum)]
    pub(crate) predicate_type: PredicateType,
    /// The document [default: made by scanning the image now]
    #[arg(long, value_name = "FILE")]
    pub(crate) predicate: Option<PathBuf>,
    /// Encrypted private key
    #[arg(long, env = "SEAWALL_KEY", value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// How the attestation is stored
    #[arg(long = "signature-format", value_enum, default_value_t)]
    pub(crate) layout: Layout,
}

#[derive(Debug, Args)]
pub(crate) struct Gate {
    /// An image's reference, or a manifest file
    pub(crate) subject: String,
    /// Policy file; may be given again
    #[arg(long, required = true, env = "SEAWALL_POLICY", value_delimiter = ',', value_name = "FILE")]
    pub(crate) policy: Vec<PathBuf>,
    /// Namespace that the workload will run in, where policies match by it
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// Form of the verdict
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Promote {
    /// The image with its new tag
    pub(crate) reference: String,
    /// The configuration repository: a folder or an address
    #[arg(long, value_name = "PATH|URL")]
    pub(crate) repo: String,
    /// Branch to commit to [default: the one checked out, or `main`]
    #[arg(long, value_name = "NAME")]
    pub(crate) branch: Option<String>,
    /// Only files that match; may be given again
    #[arg(long, value_name = "GLOB")]
    pub(crate) path: Vec<String>,
    /// Refuse to replace a later version
    #[arg(long)]
    pub(crate) forbid_backwards: bool,
    /// OpenSSH private key that signs the commit; made there when the file does not exist
    #[arg(long, env = "SEAWALL_COMMIT_KEY", value_name = "FILE")]
    pub(crate) commit_key: PathBuf,
    /// Author of the commit
    #[arg(
        long,
        env = "SEAWALL_AUTHOR",
        default_value = "Seawall <seawall@localhost>",
        value_name = "NAME <EMAIL>"
    )]
    pub(crate) author: String,
    /// Policy that must allow it; may be given again
    #[arg(long, env = "SEAWALL_POLICY", value_delimiter = ',', value_name = "FILE")]
    pub(crate) policy: Vec<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Admit {
    /// An AdmissionReview, or `-`
    pub(crate) file: PathBuf,
    /// Policy file; may be given again
    #[arg(long, required = true, env = "SEAWALL_POLICY", value_delimiter = ',', value_name = "FILE")]
    pub(crate) policy: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// Rule file; may be given again [default: Seawall's own rules]
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Write every event to this capture
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Say what this kernel can do, and end
    #[arg(long)]
    pub(crate) check: bool,
    /// Processes of the host as well, not only those in containers
    #[arg(long)]
    pub(crate) host: bool,
    /// Form of the alerts
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The capture
    pub(crate) capture: PathBuf,
    /// Rule file; may be given again [default: Seawall's own rules]
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Send the notifications that the configuration binds to the alerts; nothing is killed or deleted
    #[arg(long)]
    pub(crate) notify: bool,
    /// Form of the alerts
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Trail {
    /// A digest, the beginning of one, or a reference
    #[arg(required_unless_present_any = ["verify", "import"])]
    pub(crate) subject: Option<String>,
    /// Add the entries of a ledger file, such as a pipeline's artifact; what is here already is not added again
    #[arg(long, conflicts_with_all = ["verify", "subject"], value_name = "FILE")]
    pub(crate) import: Option<PathBuf>,
    /// Prove that no entry was changed or removed
    #[arg(long)]
    pub(crate) verify: bool,
    /// With --verify: a hash that was the chain's head before and must still be in it
    #[arg(long, requires = "verify", value_name = "HASH")]
    pub(crate) head: Option<String>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Address of the API and the page [default: 127.0.0.1:8686]
    #[arg(long, env = "SEAWALL_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Address of the admission webhook [default: 127.0.0.1:8643]
    #[arg(long, env = "SEAWALL_WEBHOOK_LISTEN", value_name = "ADDRESS")]
    pub(crate) webhook_listen: Option<String>,
    /// Policy file; may be given again
    #[arg(long, env = "SEAWALL_POLICY", value_delimiter = ',', value_name = "FILE")]
    pub(crate) policy: Vec<PathBuf>,
}
