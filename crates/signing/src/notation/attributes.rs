//! The signed attributes, and which of them must be there, alike in both envelopes.

use std::fmt;

use jiff::Timestamp;

pub(super) const SCHEME: &str = "io.cncf.notary.signingScheme";
pub(super) const TIME: &str = "io.cncf.notary.signingTime";
pub(super) const AUTHENTIC_TIME: &str = "io.cncf.notary.authenticSigningTime";
pub(super) const EXPIRY: &str = "io.cncf.notary.expiry";
/// Unsigned: an RFC 3161 token over the signature.
pub(super) const COUNTERSIGNATURE: &str = "io.cncf.notary.timestampSignature";
/// Notation's own wish to run another program.
const PLUGIN: &str = "io.cncf.notary.verificationPlugin";

/// Who vouches for the time of signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// `notary.x509`: nobody but a timestamp authority.
    X509,
    /// `notary.x509.signingAuthority`: the signer, who is an authority for others.
    SigningAuthority,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::X509 => "notary.x509",
            Self::SigningAuthority => "notary.x509.signingAuthority",
        })
    }
}

/// The attributes as they stand in an envelope.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) content_type: Option<String>,
    pub(super) scheme: Option<String>,
    pub(super) time: Option<Timestamp>,
    pub(super) authentic_time: Option<Timestamp>,
    pub(super) expiry: Option<Timestamp>,
    pub(super) critical: Vec<String>,
}

/// The attributes, complete and without contradiction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) scheme: Scheme,
    pub(super) time: Timestamp,
    pub(super) expiry: Option<Timestamp>,
}

impl Written {
    /// Refuses what is missing, contradictory, not marked critical although it must be, or critical and unknown.
    pub(super) fn check(self) -> Result<Attributes, String> {
        match self.content_type.as_deref() {
            Some(super::PAYLOAD) => {}
            Some(other) => return Err(format!("it signs a `{other}`, not a `{}`", super::PAYLOAD)),
            None => return Err("it does not say what it signs (a content type)".to_owned()),
        }
        let (scheme, time) = match (self.scheme.as_deref(), self.time, self.authentic_time) {
            (Some("notary.x509"), Some(time), None) => (Scheme::X509, time),
            (Some("notary.x509.signingAuthority"), None, Some(time)) => (Scheme::SigningAuthority, time),
            (Some(scheme @ ("notary.x509" | "notary.x509.signingAuthority")), ..) => {
                return Err(format!("its signing times are not those of {scheme}"));
            }
            (Some(other), ..) => return Err(format!("its signing scheme `{other}` is not known")),
            (None, ..) => return Err(format!("`{SCHEME}` is missing")),
        };
        let wanted = [
            (SCHEME, true),
            (AUTHENTIC_TIME, scheme == Scheme::SigningAuthority),
            (EXPIRY, self.expiry.is_some()),
        ];
        for (name, there) in wanted {
            match (there, self.critical.iter().filter(|c| *c == name).count()) {
                (true, 1) | (false, 0) => {}
                (true, 0) => return Err(format!("`{name}` is not marked as critical")),
                (_, count) => return Err(format!("`{name}` is marked as critical {count} times")),
            }
        }
        if let Some(other) = self.critical.iter().find(|c| wanted.iter().all(|(name, _)| name != c)) {
            let more = if other.starts_with(PLUGIN) { " (verification plugins are not run)" } else { "" };
            return Err(format!("its critical attribute `{other}` is not understood{more}"));
        }
        if self.expiry.is_some_and(|expiry| expiry <= time) {
            return Err("it expires before it was made".to_owned());
        }
        Ok(Attributes { scheme, time, expiry: self.expiry })
    }
}
