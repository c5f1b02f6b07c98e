//! The answer and how people read it.

mod render;

use seawall_findings::{Outcome, Suppression};
use serde::{Deserialize, Serialize};

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The worst of the reasons.
    pub outcome: Outcome,
    /// Every reason, worst first, otherwise in the order of the policies and their rules.
    pub reasons: Vec<Reason>,
}

/// One reason of a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Name of the policy; empty where none applies.
    pub policy: String,
    /// `deny[0].vulnerability`: the list, the position in it (from 0) and the kind of rule.
    pub rule: String,
    /// What this reason says.
    pub outcome: Outcome,
    /// The image, or where in the manifest.
    pub subject: String,
    /// What was found or is missing.
    pub message: String,
    /// What to do; empty where nothing is to be done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remedy: String,
    /// Id of the finding, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// The exception that let it through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Suppression>,
}

impl Verdict {
    /// From reasons: the worst decides; none is allow.
    pub fn new(mut reasons: Vec<Reason>) -> Self {
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.outcome));
        let outcome = reasons.first().map_or(Outcome::Allow, |reason| reason.outcome);
        Self { outcome, reasons }
    }

    /// A denial for one reason that no policy wrote, such as a judge that did not answer.
    pub fn denied(rule: &str, subject: &str, message: &str, remedy: &str) -> Self {
        Self::new(vec![Reason {
            policy: String::new(),
            rule: rule.to_owned(),
            outcome: Outcome::Deny,
            subject: subject.to_owned(),
            message: message.to_owned(),
            remedy: remedy.to_owned(),
            finding: None,
            exception: None,
        }])
    }

    /// The reasons of one outcome.
    pub fn of(&self, outcome: Outcome) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(move |reason| reason.outcome == outcome)
    }

    /// Whether it may go on: allow or warn.
    pub fn allowed(&self) -> bool {
        self.outcome < Outcome::Deny
    }
}
