//! Secrets in files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it skips"
)]

mod corpus;
mod kinds;
mod kubernetes;
mod options;
mod robust;
mod trivy;
mod weak;
