//! How a policy answered.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a verdict or a reason says, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Fine, or let through by an exception.
    Allow,
    /// Let through, but somebody should look.
    Warn,
    /// Refused.
    Deny,
}

impl Outcome {
    /// The lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// From the word, in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Allow, Self::Warn, Self::Deny]
            .into_iter()
            .find(|outcome| outcome.as_str().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
