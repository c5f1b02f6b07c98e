//! Behaviour of the crate through its public surface.

#![allow(clippy::unwrap_used, clippy::unnecessary_wraps, reason = "helpers of tests")]

mod damage;
mod judges;
mod known;
mod merge;
mod order;
mod real;
mod support;
