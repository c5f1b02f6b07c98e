//! What the program does with bad input: a clear error with the remedy, exit code 2 or 3, and nothing half-written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod admission;
mod affected;
mod database;
mod database_fetched;
mod files;
mod home;
mod keys;
mod ledger;
mod notation;
#[allow(dead_code, reason = "shared with the tests of the signing crate")]
#[path = "../../../signing/tests/it/notation_parts.rs"]
mod notation_parts;
#[allow(dead_code, reason = "shared with the tests of the signing crate")]
#[path = "../../../signing/tests/it/parts.rs"]
mod parts;
mod policies;
mod registries;
mod remembered;
mod replay;
mod rules;
mod scan_config;
mod scanning;
mod secrets;
mod server;
mod signing;
mod verifying;
