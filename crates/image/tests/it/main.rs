//! The image crate against real registries, real archives, and servers and images that misbehave.

#![allow(
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests: a panic is a failure, and a skip says why"
)]

mod archives;
mod folders;
mod hostile;
mod hosts;
mod layers;
mod misbehaving;
mod reach;
mod readers;
mod registry;
mod support;
