//! The policy document and its verdicts.
//!
//! In: the text of policy files ([`parse`]), and a [`Question`] with everything that is known about the images and the
//! manifest that somebody wants to run. Out: a [`Verdict`]: allow, warn or deny, with every reason, and each reason with
//! its policy, its rule, its subject and the remedy.
//!
//! The same document and evidence give the same verdict at the gate, at promotion and at admission. What a rule needs
//! and is not there is a denial that says so: nothing is allowed because it could not be looked at. This crate does
//! no I/O and has no clock: today is part of the question.

mod error;
mod evaluate;
mod except;
mod licences;
mod lint;
mod model;
mod parse;
mod question;
mod verdict;

pub use error::{PolicyError, Wrong};
pub use evaluate::evaluate;
pub use except::except;
pub use licences::LicenceRule;
pub use lint::{Lint, lint};
pub use model::{
    AttestationRule, CheckRule, Exception, ExpressionRule, FindingRule, Globs, Identity, Matching, Pattern,
    Policy, Requirement, Rule, RuleKind, SignatureRule, VulnerabilityRule,
};
pub use parse::parse;
pub use question::{ImageEvidence, Object, Question, Stage, VerifiedAttestation, VerifiedSignature};
pub use seawall_findings::Outcome;
pub use verdict::{Reason, Verdict};
