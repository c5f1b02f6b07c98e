//! Events and rules.

use std::path::PathBuf;

use clap::Args;

use super::Format;

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
