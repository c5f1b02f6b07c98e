//! Captures of the field.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::format_push_string,
    reason = "helpers of tests: clippy sees only the functions marked #[test] as tests"
)]

mod audit;
mod cases;
mod hostile;
mod sysdig;
mod writer;
