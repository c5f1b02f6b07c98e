//! Behaviour of responses.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::format_push_string,
    reason = "helpers of tests: clippy sees only the functions marked #[test] as tests"
)]

mod alerts;
mod configuration;
mod dispatch;
mod killing;
mod payloads;
mod sending;
