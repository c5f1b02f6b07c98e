//! Keys, signatures, attestations, and what else is stored beside an image.

mod attachments;
mod files;
mod trusting;

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use seawall_signing::{Algorithm, SigningError, predicate};

pub(crate) use attachments::{Attach, Attachment, Copy, Download, Tree};
pub(crate) use files::{SignBlob, VerifyBlob};
pub(crate) use trusting::Trusting;

use super::Format;

/// Signing keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key pair: PREFIX.key, encrypted with the passphrase, and PREFIX.pub
    ///
    /// The passphrase comes from `SEAWALL_PASSWORD` or `COSIGN_PASSWORD`, else it is asked for.
    Generate {
        /// Where the files go, without their endings
        #[arg(long, default_value = "seawall", value_name = "PREFIX")]
        out: PathBuf,
        /// Kind of key: ecdsa-p256, ecdsa-p384, ecdsa-p521 or ed25519
        #[arg(long, default_value = "ecdsa-p256", value_name = "ALGORITHM")]
        algorithm: Algorithm,
    },
    /// Make a key pair of a plain PEM key that another program made (PKCS #8, PKCS #1, SEC 1)
    Import {
        /// The plain private key
        key: PathBuf,
        /// Where the files go, without their endings
        #[arg(long, default_value = "imported", value_name = "PREFIX")]
        out: PathBuf,
    },
    /// Print the public half of a key
    Public {
        /// The private key: a file, env://NAME or hashivault://NAME
        #[arg(long, env = "SEAWALL_KEY", value_name = "KEY")]
        key: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The image; a tag is resolved once and only its digest is signed
    pub(crate) reference: String,
    /// Private key: a file, env://NAME or hashivault://NAME; given again, each signs
    #[arg(long, env = "SEAWALL_KEY", value_name = "KEY", required = true)]
    pub(crate) key: Vec<String>,
    /// Sign this beside the digest; may be given again
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = annotation)]
    pub(crate) annotation: Vec<(String, String)>,
    /// Sign the images that an index names as well
    #[arg(short, long)]
    pub(crate) recursive: bool,
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
    #[command(flatten)]
    pub(crate) trusting: Trusting,
    /// How many of the signers must have signed
    #[arg(long, default_value_t = 1, value_name = "COUNT")]
    pub(crate) threshold: usize,
    /// The signature must carry this; may be given again
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = annotation)]
    pub(crate) annotation: Vec<(String, String)>,
    /// The signature must be made for the image's own repository; bundles are made for none
    #[arg(long)]
    pub(crate) same_repository: bool,
    /// Verify attestations of this type instead of signatures: cyclonedx, spdx, vuln, slsaprovenance, slsaprovenance1,
    /// openvex, link, custom, or a URI
    #[arg(long, value_name = "TYPE", conflicts_with_all = ["annotation", "same_repository"])]
    pub(crate) attestation: Option<PredicateType>,
    /// Print every step of every verification, and which one failed
    #[arg(long)]
    pub(crate) explain: bool,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// The type of an attested document: its name on the command line, and its URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PredicateType {
    pub(crate) name: String,
    pub(crate) uri: String,
}

impl FromStr for PredicateType {
    type Err = SigningError;

    fn from_str(text: &str) -> Result<Self, SigningError> {
        Ok(Self { name: text.to_owned(), uri: predicate::type_of(text)? })
    }
}

#[derive(Debug, Args)]
pub(crate) struct Attest {
    /// The image; a tag is resolved once
    pub(crate) reference: String,
    /// What is attested: cyclonedx, spdx, vuln, slsaprovenance, slsaprovenance1, openvex, link, custom, or a URI
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) predicate_type: PredicateType,
    /// The document [default: cyclonedx and vuln by scanning the image now, provenance from the pipeline's environment]
    #[arg(long, value_name = "FILE")]
    pub(crate) predicate: Option<PathBuf>,
    /// Private key: a file, env://NAME or hashivault://NAME
    #[arg(long, env = "SEAWALL_KEY", value_name = "KEY")]
    pub(crate) key: String,
    /// How the attestation is stored
    #[arg(long = "signature-format", value_enum, default_value_t)]
    pub(crate) layout: Layout,
}

/// `KEY=VALUE`.
fn annotation(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}
