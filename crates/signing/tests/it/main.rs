//! Signing beside real cosign, on recorded registries, and on hostile input.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod cosign;
mod golden;
mod hostile;
mod keys;
mod offline;
mod parts;
