//! What the sensor is asked for.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::containers::Roots;

/// What the sensor is asked for. The default: executions, opens and connections, of containers only.
#[derive(Clone, Debug)]
pub struct Options {
    /// Tell of process executions.
    pub exec: bool,
    /// Tell of file opens, failed ones as well.
    pub open: bool,
    /// Tell of connections to IPv4 and IPv6 addresses.
    pub connect: bool,
    /// Tell of process ends.
    pub exit: bool,
    /// Tell of these system calls, by Falco's names ([`crate::calls`] lists them); names of others are passed over. The
    /// kernel side reads no others.
    pub calls: BTreeSet<String>,
    /// Executables that containers must not run, by their absolute path as the container sees it, links followed: the
    /// kernel kills the process before the program's first instruction, and the execution is told all the same. Only
    /// containers whose cgroup carries an id of 64 digits are acted on, never the host's processes.
    pub kill: BTreeSet<String>,
    /// Skip processes of the host; their opens, connections and calls are skipped in the kernel already.
    pub containers_only: bool,
    /// Bytes of the ring buffer between kernel and reader; rounded up to a power of two of at least a page.
    pub buffer_bytes: u32,
    /// Events that may wait for [`crate::Sensor::next`]; more are dropped and counted.
    pub queue: usize,
    /// Longest wait for the state file of a container that has just been made.
    pub container_wait: Duration,
    /// Where container runtimes keep their state.
    pub roots: Roots,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            exec: true,
            open: true,
            connect: true,
            exit: false,
            calls: BTreeSet::new(),
            kill: BTreeSet::new(),
            containers_only: true,
            buffer_bytes: 8 << 20,
            queue: 16 << 10,
            container_wait: Duration::from_millis(500),
            roots: Roots::default(),
        }
    }
}
