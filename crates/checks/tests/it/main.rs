//! Behaviour of the checks over real inputs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail by panicking, and skipped tests say why"
)]

mod datree;
mod judge;
mod pod_security;
mod robust;
mod trivy_docker;
mod trivy_kubernetes;
