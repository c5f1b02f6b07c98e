//! The sensor on the running kernel. Needs root, kernel types and, for some, runc; says so and returns where they are absent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod calls;
mod container;
mod host;
mod object;
mod watch;
