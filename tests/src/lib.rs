//! The harness for real parts, and the story that the demo and the end-to-end test tell.
//!
//! In: this machine's programs (a registry, runc, containerd, Kubernetes and cosign built from their Go modules) and the
//! `seawall` program. Out: [`parts`], started on loopback and stopped when dropped, and the [`story`].

pub mod narrator;
pub mod parts;
pub mod story;
