//! System calls told as they are: which there are, what the kernel side reads of each, and the events they become.

mod block;
mod event;
mod flags;
mod socket;
mod table;

pub(crate) use event::event;
pub(crate) use table::plans;

/// The system calls that [`crate::Options::calls`] may name, by Falco's names.
pub fn names() -> impl Iterator<Item = &'static str> {
    table::all().iter().map(|call| call.name)
}
