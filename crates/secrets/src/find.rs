//! Kinds whose shape a pattern does not say well: readers of their own.

mod assignment;
mod jwt;
mod pem;
mod url;

pub(crate) use assignment::{password, token};
pub(crate) use jwt::jwt;
pub(crate) use pem::{in_program, pem};
pub(crate) use url::credentials;

/// Looks at the text around a keyword.
pub(crate) type Finder = fn(&Look<'_>) -> Option<Hit>;

/// A keyword in a text.
pub(crate) struct Look<'a> {
    /// The whole text.
    pub(crate) text: &'a [u8],
    /// Where the keyword begins.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// The file's path.
    pub(crate) path: &'a str,
}

/// Where a secret is.
pub(crate) struct Hit {
    /// Start and end of the secret.
    pub(crate) span: (usize, usize),
    /// What was learned of it.
    pub(crate) note: Option<&'static str>,
    /// Of a lower severity than the kind's.
    pub(crate) severity: Option<seawall_findings::Severity>,
}

impl From<(usize, usize)> for Hit {
    fn from(span: (usize, usize)) -> Self {
        Self { span, note: None, severity: None }
    }
}
