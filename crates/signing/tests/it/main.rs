//! Signing beside real cosign, on recorded registries, and on hostile input.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod cosign;
mod golden;
mod golden_cases;
mod hostile;
mod keys;
mod notation;
mod notation_parts;
mod offline;
mod own_authority;
mod parts;
mod sigstore;
