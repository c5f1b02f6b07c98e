//! The real parts that the stories run against. Each starts on loopback, on free ports, in a temporary folder, and
//! is stopped by the process ids that were started.

pub mod chat;
pub mod container;
pub mod images;
pub mod node;
pub mod peers;
pub mod process;
pub mod registry;
pub mod roots;
