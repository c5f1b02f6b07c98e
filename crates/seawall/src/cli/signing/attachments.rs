//! What is stored beside an image.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::Format;

#[derive(Debug, Args)]
pub(crate) struct Tree {
    /// The image
    pub(crate) reference: String,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// The image; a tag is resolved once
    pub(crate) source: String,
    /// Where it goes; without a tag, under the source's
    pub(crate) destination: String,
    /// Leave signatures, attestations and SBOMs behind
    #[arg(long)]
    pub(crate) image_only: bool,
}

/// Store something beside an image that was made elsewhere.
#[derive(Debug, Subcommand)]
pub(crate) enum Attach {
    /// An SBOM, without a signature: `seawall attest` signs it
    Sbom {
        /// The image
        reference: String,
        /// The document
        #[arg(long, value_name = "FILE")]
        sbom: PathBuf,
    },
    /// A signature: cosign's payload and the signature over it, in base64
    Signature {
        /// The image
        reference: String,
        /// What is signed
        #[arg(long, value_name = "FILE")]
        payload: PathBuf,
        /// The signature
        #[arg(long, value_name = "FILE")]
        signature: PathBuf,
    },
    /// An attestation: a DSSE envelope, or a Sigstore bundle
    Attestation {
        /// The image
        reference: String,
        /// The envelope or bundle
        #[arg(long, value_name = "FILE")]
        attestation: PathBuf,
    },
}

/// What of an image's attachments is downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Attachment {
    /// The SBOM that was attached without a signature
    Sbom,
    /// Signatures, one JSON document a line
    Signature,
    /// Attestations, one JSON document a line
    Attestation,
}

#[derive(Debug, Args)]
pub(crate) struct Download {
    /// What
    #[arg(value_enum)]
    pub(crate) what: Attachment,
    /// The image
    pub(crate) reference: String,
    /// Where it goes [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
