//! Behaviour of the crate through its public surface.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(clippy::print_stderr, reason = "a skipped test says why")]

mod documents;
mod forms;
mod judges;
mod support;
mod write;
