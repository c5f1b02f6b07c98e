//! The image crate against real registries, real archives, and servers and images that misbehave.

#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests: a panic is a failure, and a skip says why"
)]

mod archives;
mod layers;
mod misbehaving;
mod registry;
mod support;
