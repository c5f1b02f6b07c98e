//! The thread that turns records into events.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use seawall_events::{Event, EventKind, Process, Protocol};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use crate::clock::Clock;
use crate::containers::Resolver;
use crate::kernel::Kernel;
use crate::record::{Kind, Record, text};
use crate::stats::Counters;
use crate::table::{Facts, Table};
use crate::users::Users;
use crate::{Options, calls, path};

/// Longest sleep: how soon a stop is seen.
const WAIT_MS: i32 = 100;
/// Between two clean-ups.
const SWEEP: Duration = Duration::from_mins(1);
/// Containers silent for this long are forgotten.
const IDLE: Duration = Duration::from_mins(10);

/// Linux address families and protocols, the same on all architectures.
const AF_INET: u32 = 2;
const IPPROTO_TCP: u32 = 6;
const IPPROTO_UDP: u32 = 17;
const IPPROTO_UDPLITE: u32 = 136;
const IPPROTO_MPTCP: u32 = 262;

pub(crate) struct Reader {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) table: Table,
    pub(crate) users: Users,
    pub(crate) resolver: Resolver,
    pub(crate) host_mnt_ns: u32,
    pub(crate) counters: Arc<Counters>,
    pub(crate) sender: Sender<Event>,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) number: u64,
}

impl Reader {
    pub(crate) fn run(mut self, mut kernel: Kernel) {
        let mut swept = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            let mut any = false;
            // Bounded, so that a stop and the clean-up are not kept off by a flood.
            for _ in 0..4096 {
                let Some(item) = kernel.ring.next() else { break };
                any = true;
                if !self.take(&item) {
                    return;
                }
            }
            self.clock.refresh();
            self.counters.processes.store(self.table.len() as u64, Ordering::Relaxed);
            if swept.elapsed() > SWEEP {
                self.table.sweep();
                self.resolver.sweep(IDLE);
                swept = Instant::now();
            }
            if !any {
                kernel.wait(WAIT_MS);
            }
        }
    }

    /// False when nobody listens any more.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let Some(record) = Record::parse(bytes) else {
            self.counters.unreadable.fetch_add(1, Ordering::Relaxed);
            return true;
        };
        let on_host = record.mnt_ns == self.host_mnt_ns;
        let facts =
            Facts { started: self.clock.wall(record.started), user: self.users.name(record.uid, on_host) };
        let process = match record.kind {
            Kind::Fork => {
                self.table.fork(&record, facts);
                return true;
            }
            Kind::Exec => self.table.exec(&record, facts),
            Kind::Exit | Kind::Open | Kind::Connect | Kind::Call => self.table.process(&record, facts),
        };
        if record.kind == Kind::Exit {
            self.table.exit(&record);
        }
        if record.kind == Kind::Exec && record.flags & 1 != 0 {
            self.counters.killed.fetch_add(1, Ordering::Relaxed);
        }
        let Some(kind) = self.kind(&record, &process) else { return true };
        let answer = self.resolver.resolve(&record);
        if answer.waited {
            self.counters.waits.fetch_add(1, Ordering::Relaxed);
        }
        if answer.stateless {
            self.counters.stateless.fetch_add(1, Ordering::Relaxed);
        }
        if self.options.containers_only && answer.container.is_none() {
            return true;
        }
        self.counters.containers.store(self.resolver.len() as u64, Ordering::Relaxed);
        self.number += 1;
        let event = Event {
            number: self.number,
            time: self.clock.wall(record.time),
            cpu: record.cpu,
            kind,
            process,
            container: answer.container,
        };
        match self.sender.try_send(event) {
            Ok(()) => self.counters.events.fetch_add(1, Ordering::Relaxed),
            Err(TrySendError::Full(_)) => self.counters.dropped.fetch_add(1, Ordering::Relaxed),
            Err(TrySendError::Closed(_)) => return false,
        };
        true
    }

    /// None for what was not asked for, and for connections that are neither TCP nor UDP.
    fn kind(&mut self, record: &Record<'_>, process: &Process) -> Option<EventKind> {
        match record.kind {
            Kind::Exec if self.options.exec => Some(EventKind::Exec),
            Kind::Exit if self.options.exit => {
                Some(EventKind::Exit { status: i32::try_from(record.value).unwrap_or(i32::MAX) })
            }
            Kind::Open if self.options.open => Some(open(record)),
            Kind::Connect if self.options.connect => connect(record),
            Kind::Call => {
                let on_host = record.mnt_ns == self.host_mnt_ns;
                calls::event(record, process, |uid| self.users.name(uid, on_host))
            }
            _ => None,
        }
    }
}

fn open(record: &Record<'_>) -> EventKind {
    let [name, base, ..] = record.parts;
    EventKind::Open {
        path: seawall_events::absolute(&text(name), path::from_walk(base).as_deref()),
        flags: record.flags,
        result: record.value,
        syscall: ["open", "openat", "openat2", "creat"][record.call as usize % 4].to_owned(),
    }
}

fn connect(record: &Record<'_>) -> Option<EventKind> {
    let protocol = match record.flags >> 16 {
        IPPROTO_TCP | IPPROTO_MPTCP => Protocol::Tcp,
        IPPROTO_UDP | IPPROTO_UDPLITE => Protocol::Udp,
        _ => return None,
    };
    let address = if record.call == AF_INET {
        let [a, b, c, d, ..] = record.address;
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    } else {
        IpAddr::V6(Ipv6Addr::from(record.address))
    };
    Some(EventKind::Connect { protocol, address, port: record.flags as u16, result: record.value })
}
