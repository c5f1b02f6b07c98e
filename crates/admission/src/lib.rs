//! AdmissionReview in, verdict and patches out; the TLS webhook.
//!
//! In: the body of a request by a Kubernetes API server (`AdmissionReview`, admission.k8s.io v1 and v1beta1). Out: the
//! answer: allowed or not, with one readable message that names the policy and the remedy, warnings, and the JSON
//! patch that pins every verified tag to its digest.
//!
//! [`review`] is pure: bytes and values. [`webhook`] is the adapter: HTTPS with a CA of its own, a deadline of its own,
//! and a [`Judge`] that the caller supplies. Whatever goes wrong between the two is a denial.

mod error;
pub mod review;
pub mod webhook;

pub use error::AdmissionError;
pub use review::{Decision, Endpoint, Judgement, Operation, Request};
pub use webhook::{Judge, Options, Target, Webhook, webhook_configuration};
