//! `.scap`: the captures of libscap, which Falco, sysdig and Stratoshark read and write.
//!
//! A file is a sequence of blocks like those of pcapng: type, length, body, length again. The first blocks are tables
//! (machine, processes, file descriptors, interfaces, users); the others are events. An event names its type by number
//! ([`table`]) and carries its parameters by position; what a process is and what its descriptors stand for follows
//! from the tables and all events before ([`state`]).

mod block;
mod cursor;
mod event;
mod flags;
mod list;
mod reader;
mod show;
mod state;
mod table;
mod writer;

pub use reader::ScapReader;
pub use writer::{ScapHeader, ScapWriter};
