//! What the program does with bad input: a clear error with the remedy, exit code 2 or 3, and nothing half-written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod admission;
mod database;
mod files;
mod home;
mod keys;
mod ledger;
mod policies;
mod registries;
mod replay;
mod server;
