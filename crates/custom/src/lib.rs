//! Checks that users write themselves: Rego, CEL and JSON Schema.
//!
//! In: the files of a folder of checks ([`Checks::load`]) and one parsed document after the other ([`Input`]). Out: a
//! [`Finding`](seawall_findings::Finding) for each thing that a check holds against a document ([`Checks::run`]), and what
//! the checks' own tests say ([`Checks::test`]). The conventions are those that exist: Conftest's and trivy's for Rego
//! ([`rego`]), Kubernetes' ValidatingAdmissionPolicy for CEL ([`cel`]), Datree's custom rules for JSON Schema
//! ([`schema`]). What cannot be evaluated is a finding that says so, never silence. This crate does no I/O.

pub mod cel;
mod checks;
mod error;
mod input;
pub mod rego;
pub mod schema;

pub use checks::{Checks, Tested};
pub use error::{CustomError, Problem};
pub use input::{Input, Kind};
