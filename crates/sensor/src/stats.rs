//! Counters.

use std::sync::atomic::AtomicU64;

/// Counters since the start of the sensor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    /// Events handed to the queue.
    pub events: u64,
    /// Records that the kernel could not put into the full ring buffer.
    pub dropped_in_kernel: Dropped,
    /// Events that found the queue full.
    pub dropped_in_queue: u64,
    /// Records that could not be read: a fault in the sensor.
    pub unreadable: u64,
    /// Events that waited for a container's state file.
    pub container_waits: u64,
    /// Containers whose runtime state was never found; their events carry the id alone.
    pub containers_without_state: u64,
    /// Processes that the kernel side killed as they began.
    pub killed: u64,
    /// Processes known now.
    pub processes: u64,
    /// Containers known now.
    pub containers: u64,
}

/// Records lost in the kernel, per kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Dropped {
    /// Executions.
    pub exec: u64,
    /// Forks (they make no events, but the lineage suffers).
    pub fork: u64,
    /// Ends.
    pub exit: u64,
    /// Opens.
    pub open: u64,
    /// Connections.
    pub connect: u64,
    /// Other system calls.
    pub calls: u64,
}

impl Dropped {
    /// All kinds together.
    pub fn total(&self) -> u64 {
        self.exec + self.fork + self.exit + self.open + self.connect + self.calls
    }
}

/// What the reader thread counts.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) events: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) unreadable: AtomicU64,
    pub(crate) waits: AtomicU64,
    pub(crate) stateless: AtomicU64,
    pub(crate) killed: AtomicU64,
    pub(crate) processes: AtomicU64,
    pub(crate) containers: AtomicU64,
}
