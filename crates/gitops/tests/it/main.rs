//! Promotions in real repositories, judged by the real `git`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests say why they skip, and stop at what is wrong"
)]

mod edit;
mod history;
mod keys;
mod local;
mod remote;
mod repository;
mod tree;
mod verify;
