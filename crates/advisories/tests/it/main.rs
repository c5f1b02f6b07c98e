//! Behaviour of the crate through its public surface.

#![allow(clippy::unwrap_used, clippy::unnecessary_wraps, reason = "helpers of tests")]

mod artifact;
mod damage;
mod delta;
mod judges;
mod known;
mod labels;
mod merge;
mod order;
mod real;
mod risk;
mod support;
mod trivy;
mod trivy_database;
