//! Credentials in files: what they look like, and the scanner that finds them.
//!
//! In: the path and the bytes of a file ([`Scanner::scan`]), and [`Options`] (custom rules, allow lists, disabled ids; a
//! `secrets:` mapping or Trivy's secret configuration, read by [`Options::parse`]). Out: one
//! [`Finding`](seawall_findings::Finding) for each secret, with its position and a line in which it is masked. No secret
//! leaves this crate whole: not in a finding, not in a log, not in a `Debug` form.
//!
//! A kind of secret is one entry of a table in `kinds/`, one file a family of providers. [`Scanner`] may be shared between
//! threads. This crate does no I/O.

mod allow;
mod check;
mod entropy;
mod error;
mod find;
mod keywords;
mod kind;
mod kinds;
mod kubernetes;
mod marker;
mod mask;
mod options;
mod paths;
mod place;
mod placeholder;
mod scanner;
mod text;

pub use error::SecretsError;
pub use kinds::{KindInfo, known};
pub use options::{Options, Own, Written, WrittenAllow, WrittenBlock, WrittenRule};
pub use scanner::{DEFAULT_MAX_BYTES, Scanner};
