//! Keys, signatures, attestations.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Format;

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
