//! What came of an action.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was done.
    Done,
    /// It was not done, on purpose: the text says why.
    Refused,
    /// It was tried and did not work.
    Failed,
    /// A notification like it was sent just before; it is counted in the next one.
    Suppressed,
}

/// One action and what came of it, for the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// `kill-process`, `stop-container`, `delete-pod`, or `notify` and the notifier's name.
    pub action: String,
    /// What came of it.
    pub status: Status,
    /// One line for people.
    pub text: String,
}

impl Outcome {
    /// An outcome.
    pub fn new(action: impl Into<String>, status: Status, text: impl Into<String>) -> Self {
        Self { action: action.into(), status, text: text.into() }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = match self.status {
            Status::Done => "done",
            Status::Refused => "refused",
            Status::Failed => "failed",
            Status::Suppressed => "suppressed",
        };
        write!(f, "{} {status}: {}", self.action, self.text)
    }
}
