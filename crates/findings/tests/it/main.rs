//! The written forms, each from one report full of text that tries to become something else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a skipped test says why")]

mod page;
mod sample;
mod schemas;
mod snapshots;
mod upgrades;
mod xml;
