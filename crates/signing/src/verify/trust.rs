//! Who must have signed, and what must prove it.

use std::fmt;

use jiff::Timestamp;

use crate::{CertificateIdentity, NotationTrust, PublicKey, TrustedRoot};

/// Who must have signed, and what must prove it.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    pub(crate) signer: TrustedSigner<'a>,
    pub(crate) root: Option<&'a TrustedRoot>,
    pub(crate) log: bool,
    pub(crate) transparency: bool,
    pub(crate) now: Option<Timestamp>,
}

/// Who must have signed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TrustedSigner<'a> {
    Key(&'a PublicKey),
    Identity(&'a CertificateIdentity),
    Notation(&'a NotationTrust),
}

impl<'a> Trust<'a> {
    /// That key. Logs and timestamps are not asked for.
    pub fn key(key: &'a PublicKey) -> Self {
        Self { signer: TrustedSigner::Key(key), root: None, log: false, transparency: false, now: None }
    }

    /// That key, and the signature is in a transparency log of the root.
    pub fn logged_key(key: &'a PublicKey, root: &'a TrustedRoot) -> Self {
        Self { root: Some(root), log: true, ..Self::key(key) }
    }

    /// A certificate for that identity, by an authority of the root, known to a certificate transparency log, and the
    /// signature is in a transparency log.
    pub fn identity(identity: &'a CertificateIdentity, root: &'a TrustedRoot) -> Self {
        Self {
            signer: TrustedSigner::Identity(identity),
            root: Some(root),
            log: true,
            transparency: true,
            now: None,
        }
    }

    /// Whom Notation's stores and subjects trust. Where no timestamp tells when it was made, certificates must be valid `now`.
    pub fn notation(trust: &'a NotationTrust, now: Timestamp) -> Self {
        Self {
            signer: TrustedSigner::Notation(trust),
            root: None,
            log: false,
            transparency: false,
            now: Some(now),
        }
    }

    /// The signature need not be in a log. When it was made is then told by timestamps alone; without any, `now` counts.
    #[must_use]
    pub fn without_log(mut self, now: Timestamp) -> Self {
        (self.log, self.now) = (false, Some(now));
        self
    }

    /// The certificate need not be known to a certificate transparency log.
    #[must_use]
    pub fn without_transparency(mut self) -> Self {
        self.transparency = false;
        self
    }

    /// An authority of one's own without any log: [`Self::without_log`] and [`Self::without_transparency`].
    #[must_use]
    pub fn private(self, now: Timestamp) -> Self {
        self.without_log(now).without_transparency()
    }
}

impl fmt::Display for Trust<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.signer {
            TrustedSigner::Key(key) => write!(f, "key {}", key.id()),
            TrustedSigner::Identity(identity) => write!(f, "{identity}"),
            TrustedSigner::Notation(trust) => write!(f, "{trust}"),
        }
    }
}
