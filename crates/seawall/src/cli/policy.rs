//! Where the policy is asked.

use std::path::PathBuf;

use clap::Args;

use super::Format;

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
