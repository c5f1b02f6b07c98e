//! Behaviour of the rule engine.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::format_push_string,
    reason = "helpers of tests: clippy sees only the functions marked #[test] as tests"
)]

mod cases;
mod defaults;
mod diagnostics;
mod evaluation;
mod events;
mod hostile;
mod upstream;
