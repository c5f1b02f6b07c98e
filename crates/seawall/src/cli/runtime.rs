//! Events and rules.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Format;

/// Forms of alerts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AlertFormat {
    /// A line for people, as Falco writes it
    #[default]
    Text,
    /// Falco's JSON
    Json,
    /// The Elastic Common Schema
    Ecs,
    /// The Open Cybersecurity Schema Framework: Detection Finding
    Ocsf,
}

/// Which rules are on.
#[derive(Debug, Default, Args)]
pub(crate) struct Chosen {
    /// Rule file, or a folder of them; may be given again [default: Seawall's own rules]
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Only rules with this tag; may be given again
    #[arg(long, value_name = "TAG", conflicts_with_all = ["without_tag", "without_rule"])]
    pub(crate) tag: Vec<String>,
    /// No rules with this tag; may be given again
    #[arg(long, value_name = "TAG")]
    pub(crate) without_tag: Vec<String>,
    /// No rules with this in their name; may be given again
    #[arg(long, value_name = "TEXT")]
    pub(crate) without_rule: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// Write every event to this capture: `.scap` for sysdig and Falco, else JSON lines
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
    pub(crate) format: AlertFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The capture: a .scap file of Falco or sysdig, a Kubernetes audit log, or what `watch --record` wrote
    pub(crate) capture: PathBuf,
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// Send the notifications that the configuration binds to the alerts; nothing is killed or deleted
    #[arg(long)]
    pub(crate) notify: bool,
    /// Form of the alerts
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: AlertFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// Load rule files and say what is wrong with them; exit code 2 when they do not load
    Check(RulesCheck),
    /// List rules
    List(RulesList),
    /// Show what a rule comes to: macros filled in, types of events, fields, what the kernel could decide
    Explain(RulesExplain),
    /// Run tests of rules: events or captures, and the alerts that must follow; exit code 1 when one fails
    Test(RulesTest),
}

#[derive(Debug, Args)]
pub(crate) struct RulesCheck {
    /// Rule files, or folders of them, loaded together in this order
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct RulesList {
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct RulesExplain {
    /// The rule's name
    pub(crate) rule: String,
    /// Rule file, or a folder of them; may be given again [default: Seawall's own rules]
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct RulesTest {
    /// Files of tests
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Rule file, or a folder of them, instead of those that the tests name; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Form of the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
