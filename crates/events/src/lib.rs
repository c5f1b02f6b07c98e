//! The event model: what the kernel saw, who did it, in which container and pod.
//!
//! In: nothing; these are plain values that the sensor or a capture makes. Out: [`Event`] with its [`Process`],
//! [`Container`] and [`Pod`], and captures ([`capture`]) as JSON lines, one event a line, so that the same rules run
//! over live and recorded events. This crate knows nothing of rules, and does no I/O of its own.

mod audit;
mod call;
pub mod capture;
mod container;
mod event;
mod fd;
mod path;
mod process;

pub use audit::Audit;
pub use call::{Argument, ArgumentValue, Call, Direction};
pub use container::{Container, Mount, Pod};
pub use event::{Event, EventKind, Protocol};
pub use fd::{Fd, FdKind, Socket};
pub use path::absolute;
pub use process::{Capabilities, Executable, Process, Resources};
