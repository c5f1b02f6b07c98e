//! Who must have signed: the same flags wherever something is verified.

use std::path::PathBuf;

use clap::Args;

/// Who must have signed, and what must prove it.
#[derive(Clone, Debug, Args)]
pub(crate) struct Trusting {
    /// Public key: a file, env://NAME or hashivault://NAME; may be given again
    #[arg(long, value_name = "KEY", required_unless_present_any = ["certificate_identity", "certificate_identity_regexp", "notation_trust_store"])]
    pub(crate) key: Vec<String>,
    /// Who the certificate must be for
    #[arg(long, value_name = "IDENTITY")]
    pub(crate) certificate_identity: Option<String>,
    /// The same, as a regular expression
    #[arg(long, value_name = "REGEX", conflicts_with = "certificate_identity")]
    pub(crate) certificate_identity_regexp: Option<String>,
    /// Who must have vouched for that
    #[arg(long, value_name = "URL")]
    pub(crate) certificate_oidc_issuer: Option<String>,
    /// The same, as a regular expression
    #[arg(long, value_name = "REGEX", conflicts_with = "certificate_oidc_issuer")]
    pub(crate) certificate_oidc_issuer_regexp: Option<String>,
    /// Sigstore trusted root: the authorities and logs that count. With it, a key's signature must be in a log as well
    #[arg(long, env = "SEAWALL_TRUSTED_ROOT", value_name = "FILE")]
    pub(crate) trusted_root: Option<PathBuf>,
    /// An authority of your own: PEM certificates, the root last
    #[arg(long, value_name = "FILE", conflicts_with = "trusted_root")]
    pub(crate) certificate_authority: Option<PathBuf>,
    /// Its timestamp authority: PEM certificates, the root last
    #[arg(long, value_name = "FILE", requires = "certificate_authority")]
    pub(crate) timestamp_authority: Option<PathBuf>,
    /// Notation (notary project) signatures by certificates of this store count: a PEM file, a folder of certificates, or
    /// Notation's own `truststore/x509` with its folders `ca`, `signingAuthority` and `tsa`
    #[arg(long, value_name = "PATH")]
    pub(crate) notation_trust_store: Option<PathBuf>,
    /// The subject that a Notation certificate must have: "x509.subject: C=…, ST=…, O=…"; given again, one of them
    #[arg(long, value_name = "SUBJECT", requires = "notation_trust_store")]
    pub(crate) notation_identity: Vec<String>,
    /// There are no logs: neither one of signatures nor one of certificates is asked for
    #[arg(long)]
    pub(crate) private_infrastructure: bool,
    /// The signature need not be in a transparency log
    #[arg(long)]
    pub(crate) insecure_ignore_tlog: bool,
    /// The certificate need not be known to a certificate transparency log
    #[arg(long)]
    pub(crate) insecure_ignore_sct: bool,
}
