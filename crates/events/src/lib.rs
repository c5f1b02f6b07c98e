//! The event model: what the kernel saw, who did it, in which container and pod.
//!
//! In: nothing; these are plain values that the sensor or a capture makes. Out: [`Event`] with its [`Process`],
//! [`Container`] and [`Pod`], and captures ([`capture`]) as JSON lines, one event a line, so that the same rules run
//! over live and recorded events. This crate knows nothing of rules, and does no I/O of its own.

pub mod capture;
mod container;
mod event;
mod process;

pub use container::{Container, Pod};
pub use event::{Event, EventKind, Protocol};
pub use process::Process;
