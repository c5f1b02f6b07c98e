//! From flags to who must have signed.

use jiff::Timestamp;
use seawall_signing::{CertificateIdentity, NotationTrust, PublicKey, Rejection, Step, Trust, TrustedRoot};

use super::{key, notation};
use crate::cli::Trusting;
use crate::failure::{Failure, OrFail as _, Result};
use crate::files;

/// No trusted root is larger.
const MAX_ROOT: u64 = 1 << 20;

/// What the signers of a Notation store are called in answers.
const NOTATION: &str = "the Notation trust store";

/// The signers that the flags name, read once.
pub(crate) struct Signers {
    keys: Vec<(String, PublicKey)>,
    identity: Option<(String, CertificateIdentity)>,
    notation: Option<NotationTrust>,
    root: Option<TrustedRoot>,
    ignore_log: bool,
    ignore_transparency: bool,
}

impl Signers {
    /// Reads keys and roots. What the flags leave open is refused, not guessed.
    pub(crate) async fn read(flags: &Trusting) -> Result<Self> {
        let mut keys: Vec<(String, PublicKey)> = Vec::new();
        for name in &flags.key {
            let key = key::named_public(name).await?;
            // The same key twice is one signer, whatever its files are called.
            if !keys.iter().any(|(_, known)| *known == key) {
                keys.push((name.clone(), key));
            }
        }
        let root = match (&flags.trusted_root, &flags.certificate_authority) {
            (Some(path), _) => {
                let root = TrustedRoot::parse(&files::read(path, MAX_ROOT)?);
                Some(root.map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?)
            }
            (None, Some(path)) => {
                let mut root = TrustedRoot::of_authority(&files::read_text(path, MAX_ROOT)?)
                    .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
                if let Some(path) = &flags.timestamp_authority {
                    root = root
                        .with_timestamp_authority(&files::read_text(path, MAX_ROOT)?)
                        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
                }
                Some(root)
            }
            (None, None) => None,
        };
        let subject = flags.certificate_identity.as_deref();
        let pattern = flags.certificate_identity_regexp.as_deref();
        let identity = if subject.is_some() || pattern.is_some() {
            if root.is_none() {
                return Err(Failure::usage("a certificate is verified against an authority, and none is given")
                    .hint("give a Sigstore trusted root with --trusted-root, or your own with --certificate-authority"));
            }
            let identity = CertificateIdentity::new(
                subject,
                pattern,
                flags.certificate_oidc_issuer.as_deref(),
                flags.certificate_oidc_issuer_regexp.as_deref(),
            )
            .or_usage()
            .map_err(|failure| {
                failure.hint("--certificate-oidc-issuer names who must vouch for the identity")
            })?;
            Some((subject.or(pattern).unwrap_or_default().to_owned(), identity))
        } else {
            None
        };
        let notation = flags
            .notation_trust_store
            .as_deref()
            .map(|path| notation::trust(path, &flags.notation_identity))
            .transpose()?;
        Ok(Self {
            keys,
            notation,
            identity,
            root,
            ignore_log: flags.insecure_ignore_tlog || flags.private_infrastructure,
            ignore_transparency: flags.insecure_ignore_sct || flags.private_infrastructure,
        })
    }

    /// The first of the keys, where there is one.
    pub(crate) fn first_key(&self) -> Option<&PublicKey> {
        self.keys.first().map(|(_, key)| key)
    }

    /// Each signer by its name. `now` counts where nothing proves when a signature was made.
    pub(crate) fn all(&self, now: Timestamp) -> Vec<(&str, Trust<'_>)> {
        let mut all: Vec<(&str, Trust<'_>)> = Vec::new();
        for (name, key) in &self.keys {
            let trust = match &self.root {
                Some(root) if !self.ignore_log => Trust::logged_key(key, root),
                _ => Trust::key(key),
            };
            all.push((name, trust));
        }
        if let Some(notation) = &self.notation {
            all.push((NOTATION, Trust::notation(notation, now)));
        }
        if let (Some((name, identity)), Some(root)) = (&self.identity, &self.root) {
            let mut trust = Trust::identity(identity, root);
            if self.ignore_log {
                trust = trust.without_log(now);
            }
            if self.ignore_transparency {
                trust = trust.without_transparency();
            }
            all.push((name, trust));
        }
        all
    }
}

/// The steps of one verification, for people.
pub(crate) fn explain(title: &str, steps: &[Step]) -> String {
    let lines: Vec<String> = steps.iter().map(|step| format!("    {step}")).collect();
    format!("{title}\n{}", lines.join("\n"))
}

/// What was looked at and does not count, for people.
pub(crate) fn explain_rejected(name: &str, rejected: &[Rejection]) -> Vec<String> {
    if rejected.is_empty() {
        return vec![format!("  for {name}: nothing is stored")];
    }
    rejected
        .iter()
        .map(|one| {
            let format = one.format.map_or("unreadable", seawall_signing::Format::name);
            let title = format!("  for {name}: {format} {} does not count: {}", one.blob, one.reason);
            explain(&title, &one.steps).trim_end().to_owned()
        })
        .collect()
}
