//! The pure part: from the body of a review to what has to be decided, and from a verdict to the answer.

mod answer;
mod parse;

use std::collections::BTreeMap;

use seawall_checks::{Document, ImageUse};
use seawall_findings::Digest;
use seawall_policy::Verdict;

pub use answer::{answer, pin};
pub use parse::{MAX_REVIEW, parse};

/// What is done to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It is removed.
    Delete,
    /// Something connects to it (`exec`, `proxy`).
    Connect,
}

/// Which of the two webhooks asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `/mutate`: may patch.
    Mutate,
    /// `/validate`: sees the object as it will be stored.
    Validate,
}

/// What the review needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A judgement.
    Judge,
    /// Nothing: it is allowed, for this reason.
    Allow(&'static str),
    /// Nothing: it is refused, for this reason.
    Deny(&'static str),
}

/// One admission request.
#[derive(Clone, Debug)]
pub struct Request {
    /// `admission.k8s.io/v1` or `…/v1beta1`: the answer has the same.
    pub api_version: String,
    /// Of the request; the answer repeats it.
    pub uid: String,
    /// Which webhook asks; [`parse`] sets [`Endpoint::Validate`], the server what it is. Both are asked about the same
    /// object, mutate first, and one that is refused there is not seen by validate: evidence is written once by writing
    /// it at validate, and at mutate only for a denial.
    pub endpoint: Endpoint,
    /// What is done.
    pub operation: Operation,
    /// `kind.kind` of the request.
    pub kind: String,
    /// `ephemeralcontainers` …, where it is about a part of the object.
    pub sub_resource: Option<String>,
    /// Its namespace; none for objects of the whole cluster.
    pub namespace: Option<String>,
    /// Who asks.
    pub user: String,
    /// Nothing will be stored: the judge must leave no trace.
    pub dry_run: bool,
    /// The object; for findings its path is `Deployment prod/shop`. Has a null value where the request has none.
    pub document: Document,
    /// The images to judge and, where they are tags, to pin. For `ephemeralcontainers` only the new ones: nothing else
    /// can change.
    pub images: Vec<ImageUse>,
    /// What is needed.
    pub decision: Decision,
}

impl Request {
    /// `Deployment prod/shop`.
    pub fn title(&self) -> String {
        self.document.title()
    }
}

/// What the judge says.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Image as written in the object → the digest that was verified: it is pinned to it. An image that is written
    /// with a digest needs none.
    pub pins: BTreeMap<String, Digest>,
}

impl Judgement {
    /// A verdict without pins.
    pub fn new(verdict: Verdict) -> Self {
        Self { verdict, pins: BTreeMap::new() }
    }
}
