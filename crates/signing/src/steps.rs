//! The steps of a verification, in order, each with what came of it: what `verify --explain` prints.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One step, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which step.
    pub name: StepName,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a step, with a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "detail", rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds.
    Passed(String),
    /// It was not asked for, or there was nothing to look at.
    Skipped(String),
    /// It does not hold: nothing after it was looked at.
    Failed(String),
}

/// The steps, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepName {
    /// The stored document is read.
    Document,
    /// The certificate is read.
    Certificate,
    /// A key of the trusted root belongs to the log that an entry names.
    LogKey,
    /// The log's signed promise to include the entry (Rekor v1 `SignedEntryTimestamp`).
    InclusionPromise,
    /// The Merkle proof that the entry is in the log's tree.
    InclusionProof,
    /// The log's signature over the root of that tree.
    Checkpoint,
    /// The entry is about this signature, this signer and this content.
    LogContent,
    /// An RFC 3161 timestamp over the signature.
    Timestamp,
    /// There is a proven time at which the signature was made.
    SigningTime,
    /// The certificate leads to a trusted authority, and was valid when it signed.
    CertificateChain,
    /// The certificate may be used to sign code.
    CertificateUse,
    /// A certificate transparency log of the trusted root knows the certificate.
    CertificateTransparency,
    /// The certificate's subject is the one that is asked for.
    Identity,
    /// Who vouched for the subject is the one that is asked for.
    Issuer,
    /// The signer's own "best by use" (Notation).
    Expiry,
    /// The signature over the content.
    Signature,
    /// What the signed content says.
    Content,
}

impl StepName {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Certificate => "certificate",
            Self::LogKey => "transparency log key",
            Self::InclusionPromise => "inclusion promise",
            Self::InclusionProof => "inclusion proof",
            Self::Checkpoint => "checkpoint",
            Self::LogContent => "content of the log entry",
            Self::Timestamp => "timestamp",
            Self::SigningTime => "signing time",
            Self::CertificateChain => "certificate chain",
            Self::CertificateUse => "certificate use",
            Self::CertificateTransparency => "certificate transparency",
            Self::Identity => "identity",
            Self::Issuer => "issuer",
            Self::Expiry => "expiry",
            Self::Signature => "signature",
            Self::Content => "signed content",
        }
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mark, detail) = match &self.outcome {
            Outcome::Passed(detail) => ("ok", detail),
            Outcome::Skipped(detail) => ("skipped", detail),
            Outcome::Failed(detail) => ("FAILED", detail),
        };
        write!(f, "{mark:<8}{}", self.name)?;
        if detail.is_empty() { Ok(()) } else { write!(f, ": {detail}") }
    }
}

/// A step failed; which one, and why, stands in the [`Steps`].
#[derive(Debug)]
pub(crate) struct Refused;

/// Writes down the steps as they are taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps(Vec<Step>);

impl Steps {
    pub(crate) fn pass(&mut self, name: StepName, detail: impl Into<String>) {
        self.0.push(Step { name, outcome: Outcome::Passed(detail.into()) });
    }

    pub(crate) fn skip(&mut self, name: StepName, why: impl Into<String>) {
        self.0.push(Step { name, outcome: Outcome::Skipped(why.into()) });
    }

    pub(crate) fn fail(&mut self, name: StepName, reason: impl fmt::Display) -> Refused {
        self.0.push(Step { name, outcome: Outcome::Failed(reason.to_string()) });
        Refused
    }

    /// A result's error is the step's failure.
    pub(crate) fn check<T, E: fmt::Display>(
        &mut self,
        name: StepName,
        result: Result<T, E>,
    ) -> Result<T, Refused> {
        result.map_err(|error| self.fail(name, error))
    }

    /// The step that failed, which is the last one, where one did.
    pub(crate) fn failure(&self) -> Option<(StepName, &str)> {
        self.0.iter().rev().find_map(|step| match &step.outcome {
            Outcome::Failed(reason) => Some((step.name, reason.as_str())),
            _ => None,
        })
    }

    pub(crate) fn into_vec(self) -> Vec<Step> {
        self.0
    }
}
