//! Behaviour of the evaluation and of the checks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail by panicking, and skipped tests say why"
)]

mod bounds;
mod documents;
mod evaluation;
mod judges;
mod support;
mod suppressions;
