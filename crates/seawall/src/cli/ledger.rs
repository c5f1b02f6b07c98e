//! The ledger and the server.

use std::path::PathBuf;

use clap::Args;

use super::Format;

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

#[derive(Debug, Args)]
pub(crate) struct Affected {
    /// Ids of advisories: CVE, GHSA, or a distribution's own
    #[arg(required_unless_present = "since")]
    pub(crate) ids: Vec<String>,
    /// Instead: whatever the advisory database finds now and this earlier one did not
    #[arg(long, conflicts_with = "ids", value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
