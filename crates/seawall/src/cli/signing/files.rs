//! Signatures over files.

use std::path::PathBuf;

use clap::Args;

use super::Trusting;
use crate::cli::Format;

#[derive(Debug, Args)]
pub(crate) struct SignBlob {
    /// The file
    pub(crate) file: PathBuf,
    /// Private key: a file, env://NAME or hashivault://NAME
    #[arg(long, env = "SEAWALL_KEY", value_name = "KEY")]
    pub(crate) key: String,
    /// Write a Sigstore bundle here
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
    /// Write the bare signature, in base64, here [default: standard output, where no bundle is asked for]
    #[arg(long, value_name = "FILE")]
    pub(crate) output_signature: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyBlob {
    /// The file
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) trusting: Trusting,
    /// Its Sigstore bundle
    #[arg(long, value_name = "FILE", required_unless_present = "signature")]
    pub(crate) bundle: Option<PathBuf>,
    /// Its bare signature, in base64: a file
    #[arg(long, value_name = "FILE", conflicts_with = "bundle")]
    pub(crate) signature: Option<PathBuf>,
    /// Print every step of the verification, and which one failed
    #[arg(long)]
    pub(crate) explain: bool,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
