//! Infrastructure as code: what it would build, evaluated, and the checks over it.
//!
//! In: the files of a folder as bytes with their paths: Terraform and OpenTofu modules with their variables' values and the
//! modules that were fetched, plans, CloudFormation templates, Pulumi programs. Out: [`Resource`]s whose values know
//! whether they are known and where they were written, one [`Finding`](seawall_findings::Finding) for each thing that a
//! check holds against them, and a [`Problem`] for each thing that could not be read.
//!
//! A check is one row of a table in `check/`. This crate does no I/O, and knows no day but the one it is told.

#![allow(
    clippy::cast_sign_loss,
    reason = "a cast of a float saturates, and numbers below zero are looked for first"
)]

mod check;
mod cloudformation;
mod document;
mod error;
mod files;
mod kubernetes;
mod plan;
mod pulumi;
mod resource;
mod scan;
mod source;
mod suppress;
mod terraform;
mod value;

pub use check::{Check, checks, find};
pub use error::{Problem, ProblemKind};
pub use kubernetes::KubernetesObject;
pub use resource::{Graph, Language, Resource};
pub use scan::{MAX_FILE, Options, Outcome, evaluate, is_candidate, scan};
pub use source::{At, Source};
pub use value::{HOLE, Kind, Map, Value};
