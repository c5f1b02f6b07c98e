//! Why a stored thing does not count.

use std::fmt;

use seawall_findings::Digest;

use super::Format;
use crate::steps::{Step, StepName};

/// One stored thing that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Digest of its blob.
    pub blob: Digest,
    /// In which form it was stored; none where that could not be told.
    pub format: Option<Format>,
    /// At which step it was refused.
    pub reason: Reason,
    /// The steps up to there.
    pub steps: Vec<Step>,
}

/// The step at which something was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No signature on it is the key's, or the bytes were changed: the two cannot be told apart.
    OtherKey,
    /// It is signed, but about other digests (in words).
    OtherDigest(String),
    /// It is signed, but it is an attestation of this type, not a signature.
    NotASignature(String),
    /// It is signed, but it is a signature, not an attestation.
    NotAnAttestation,
    /// It is signed, but of another predicate type than was asked for.
    OtherType(String),
    /// It is signed, but for another repository; none: it is bound to none.
    OtherRepository(Option<String>),
    /// It is signed, but without this annotation, or with another value.
    Annotation {
        /// Its key.
        key: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: Option<String>,
    },
    /// Who made it, or when, could not be proven.
    Step {
        /// The step that failed.
        step: StepName,
        /// Why.
        reason: String,
    },
    /// It cannot be read.
    Unreadable(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherKey => f.write_str("made by another key, or changed afterwards"),
            Self::OtherDigest(found) => write!(f, "made for {found}"),
            Self::NotASignature(found) => {
                write!(f, "an attestation of type {found}, which is not a signature")
            }
            Self::NotAnAttestation => f.write_str("a signature, which is not an attestation"),
            Self::OtherType(found) => write!(f, "an attestation of type {found}"),
            Self::OtherRepository(Some(found)) => write!(f, "made for the repository `{found}`"),
            Self::OtherRepository(None) => f.write_str("not bound to any repository"),
            Self::Annotation { key, expected, found: None } => {
                write!(f, "without the annotation `{key}={expected}`")
            }
            Self::Annotation { key, expected, found: Some(found) } => {
                write!(f, "with the annotation `{key}={found}`, not `{key}={expected}`")
            }
            Self::Step { step, reason } => write!(f, "{step}: {reason}"),
            Self::Unreadable(reason) => f.write_str(reason),
        }
    }
}

/// In words, at most five of them.
pub(crate) fn list(rejected: &[Rejection]) -> String {
    if rejected.is_empty() {
        return "nothing is stored for it".to_owned();
    }
    let words = |r: &Rejection| {
        let format = r.format.map_or("unreadable", Format::name);
        format!("{format} {}: {}", r.blob.short(), r.reason)
    };
    let mut text = format!("found {}: ", rejected.len());
    text += &rejected.iter().take(5).map(words).collect::<Vec<_>>().join("; ");
    if rejected.len() > 5 {
        text += "; …";
    }
    text
}
