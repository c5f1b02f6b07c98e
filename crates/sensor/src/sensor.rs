//! The running sensor.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use seawall_events::Event;
use tokio::sync::mpsc::Receiver;

use crate::clock::Clock;
use crate::containers::Resolver;
use crate::kernel::{self, DropMap};
use crate::reader::Reader;
use crate::stats::{Counters, Stats};
use crate::table::Table;
use crate::users::Users;
use crate::{Options, SensorError, probe, procfs};

/// The running sensor. Dropping it detaches the programs within a tenth of a second.
pub struct Sensor {
    events: Receiver<Event>,
    dropped: DropMap,
    counters: Arc<Counters>,
    stop: Arc<AtomicBool>,
}

impl Sensor {
    /// Loads and attaches the programs, reads the process table, and starts the reader thread. Needs no async runtime.
    pub fn start(options: Options) -> Result<Self, SensorError> {
        if let Some(missing) = probe::missing_capabilities() {
            return Err(SensorError::NotPermitted(missing));
        }
        if !probe::in_host_pid_namespace() {
            return Err(SensorError::PidNamespace);
        }
        let system = |what| move |source| SensorError::System { what, source };
        let host_mnt_ns = procfs::namespace("1", "mnt").unwrap_or(0);
        let clock = Clock::new().map_err(system("reading the clock"))?;
        let (kernel, dropped) = kernel::attach(&options, host_mnt_ns)?;
        let mut table = Table::default();
        table.seed(|boot| clock.wall(boot));
        let (sender, events) = tokio::sync::mpsc::channel(options.queue.max(1));
        let counters = Arc::new(Counters::default());
        let stop = Arc::new(AtomicBool::new(false));
        let reader = Reader {
            resolver: Resolver::new(options.roots.clone(), options.container_wait, host_mnt_ns),
            options,
            clock,
            table,
            users: Users::new(),
            host_mnt_ns,
            counters: Arc::clone(&counters),
            sender,
            stop: Arc::clone(&stop),
            number: 0,
        };
        std::thread::Builder::new()
            .name("sensor".to_owned())
            .spawn(move || reader.run(kernel))
            .map_err(system("starting the reader thread"))?;
        Ok(Self { events, dropped, counters, stop })
    }

    /// The next event; None only after the reader thread has ended. May be cancelled at any time without a loss.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// Counters since the start.
    pub fn stats(&self) -> Stats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            events: get(&self.counters.events),
            dropped_in_kernel: kernel::dropped(&self.dropped),
            dropped_in_queue: get(&self.counters.dropped),
            unreadable: get(&self.counters.unreadable),
            container_waits: get(&self.counters.waits),
            containers_without_state: get(&self.counters.stateless),
            killed: get(&self.counters.killed),
            processes: get(&self.counters.processes),
            containers: get(&self.counters.containers),
        }
    }
}

impl Drop for Sensor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
