//! Who a certificate must name, and who must have vouched for it.

use std::fmt;

use regex::{Regex, RegexBuilder};

use crate::SigningError;

/// Compiled expressions are not larger: they come from policies and flags.
const LARGEST: usize = 1 << 20;

/// A subject and an issuer, each exact or as a regular expression.
///
/// As in cosign, an expression matches anywhere in the text: write `^…$` for the whole of it.
#[derive(Clone, Debug)]
pub struct CertificateIdentity {
    subject: Matcher,
    issuer: Matcher,
}

#[derive(Clone, Debug)]
enum Matcher {
    Exact(String),
    Pattern(Regex),
}

impl CertificateIdentity {
    /// Both exact.
    pub fn exact(subject: &str, issuer: &str) -> Self {
        Self { subject: Matcher::Exact(subject.to_owned()), issuer: Matcher::Exact(issuer.to_owned()) }
    }

    /// Each exact or as an expression; neither, or both of a kind, is refused: an identity without an issuer says nothing,
    /// since anybody can run an issuer that vouches for any name.
    pub fn new(
        subject: Option<&str>,
        subject_pattern: Option<&str>,
        issuer: Option<&str>,
        issuer_pattern: Option<&str>,
    ) -> Result<Self, SigningError> {
        Ok(Self {
            subject: Matcher::new("identity", subject, subject_pattern)?,
            issuer: Matcher::new("issuer", issuer, issuer_pattern)?,
        })
    }

    /// Whether one of the names is the subject.
    pub(crate) fn is_subject(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.subject.matches(name))
    }

    /// Whether that is the issuer.
    pub(crate) fn is_issuer(&self, issuer: &str) -> bool {
        self.issuer.matches(issuer)
    }
}

impl Matcher {
    fn new(what: &str, exact: Option<&str>, pattern: Option<&str>) -> Result<Self, SigningError> {
        let bad = |reason: String| SigningError::Document { what: "the certificate identity", reason };
        match (exact, pattern) {
            (Some(text), None) if !text.is_empty() => Ok(Self::Exact(text.to_owned())),
            (None, Some(text)) if !text.is_empty() => RegexBuilder::new(text)
                .size_limit(LARGEST)
                .build()
                .map(Self::Pattern)
                .map_err(|e| bad(format!("the expression for its {what}: {e}"))),
            (Some(_), Some(_)) => Err(bad(format!("its {what} is given both exactly and as an expression"))),
            _ => Err(bad(format!("its {what} is not given, exactly or as an expression"))),
        }
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == text,
            Self::Pattern(pattern) => pattern.is_match(text),
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(text) => f.write_str(text),
            Self::Pattern(pattern) => write!(f, "/{pattern}/"),
        }
    }
}

impl CertificateIdentity {
    /// The subject that is asked for, in words.
    pub(crate) fn subject(&self) -> String {
        self.subject.to_string()
    }

    /// The issuer that is asked for, in words.
    pub(crate) fn issuer(&self) -> String {
        self.issuer.to_string()
    }
}

impl fmt::Display for CertificateIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of issuer {}", self.subject, self.issuer)
    }
}

#[cfg(test)]
mod tests {
    use super::CertificateIdentity;

    #[test]
    fn an_identity_needs_an_issuer() {
        let told = [
            CertificateIdentity::new(Some("a"), None, None, None),
            CertificateIdentity::new(None, None, Some("https://i"), None),
            CertificateIdentity::new(Some("a"), Some("a"), Some("https://i"), None),
            CertificateIdentity::new(Some(""), None, Some("https://i"), None),
            CertificateIdentity::new(None, Some("("), Some("https://i"), None),
        ];
        assert!(told.iter().all(Result::is_err));
        let one = CertificateIdentity::new(None, Some("^a+$"), None, Some("example")).unwrap();
        assert!(one.is_subject(&["b".into(), "aa".into()]) && !one.is_subject(&["ab".into()]));
        assert!(one.is_issuer("https://login.example.com") && !one.is_issuer(""));
    }
}
