//! What is understood but looks like a mistake.

use std::fmt;

use jiff::civil::Date;
use seawall_findings::Position;

use crate::Policy;

/// One warning about a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// The file.
    pub file: String,
    /// Where.
    pub position: Position,
    /// What, and what to do.
    pub message: String,
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.position.line, self.position.column, self.message)
    }
}

/// Looks for exceptions that no longer apply and policies that ask for nothing.
pub fn lint(policy: &Policy, today: Date) -> Vec<Lint> {
    let warn = |position, message| Lint { file: policy.file.clone(), position, message };
    let mut lints = Vec::new();
    if policy.require.is_empty() && policy.deny.is_empty() && policy.warn.is_empty() {
        let message =
            format!("policy `{}` asks for nothing: it has no `require`, `deny` or `warn`", policy.name);
        lints.push(warn(Position { line: 1, column: 1 }, message));
    }
    for exception in policy.exceptions.iter().filter(|exception| !exception.active(today)) {
        lints.push(warn(
            exception.position,
            format!(
                "the exception for {} by {} expired on {} and no longer applies; remove it, or renew it with a new date",
                exception.id, exception.owner, exception.until
            ),
        ));
    }
    lints
}
