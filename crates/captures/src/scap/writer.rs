//! From events to a `.scap` file that sysdig, Falco and Stratoshark read.
//!
//! The process table of a `.scap` file stands before its events; here events come one by one. So whatever a reader must
//! know before an event (who the process and its ancestors are, which socket it is) is written as events that only
//! change the state, which readers do not show.

mod encode;
mod table;

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::net::SocketAddr;

use seawall_events::{Container, Event, EventKind, Process, Protocol};

use super::block;
use crate::CaptureError;
use encode::Parameters;
pub(super) use table::OWN_CGROUP;

/// Numbers of the event types that are written; the beginning of a call is one less than its end.
const OPEN: u16 = 3;
const SOCKET: u16 = 19;
const CONNECT: u16 = 23;
const CREAT: u16 = 59;
const EXIT: u16 = 186;
const CLONE: u16 = 223;
const CONTAINER: u16 = 272;
const EXECVE: u16 = 293;
const OPENAT: u16 = 307;
const OPENAT2: u16 = 327;
/// Most processes that are remembered as written.
const MAX_KNOWN: usize = 1 << 20;
/// The descriptor that connections are written with: events do not tell it, and none is as high.
const SOCKET_FD: i64 = 1 << 30;
const AT_FDCWD: i64 = -100;

/// What a file says of the machine.
#[derive(Clone, Debug, Default)]
pub struct ScapHeader {
    /// The machine's name.
    pub hostname: String,
    /// How many processors it has.
    pub cpus: u32,
    /// Users: id, name.
    pub users: Vec<(u32, String)>,
    /// Groups: id, name.
    pub groups: Vec<(u32, String)>,
}

/// Writes events to a `.scap` file.
pub struct ScapWriter<W> {
    out: W,
    known: HashMap<u32, Known>,
    containers: HashSet<String>,
}

/// What was written of a process.
#[derive(PartialEq)]
struct Known {
    name: String,
    exe_path: String,
    args: Vec<String>,
}

impl<W> std::fmt::Debug for ScapWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScapWriter").field("processes", &self.known.len()).finish_non_exhaustive()
    }
}

impl<W: Write> ScapWriter<W> {
    /// Writes the tables at the beginning.
    ///
    /// # Errors
    /// When `out` cannot be written to, as with all methods.
    pub fn new(mut out: W, header: &ScapHeader) -> Result<Self, CaptureError> {
        table::write(&mut out, header).map_err(CaptureError::Write)?;
        Ok(Self { out, known: HashMap::new(), containers: HashSet::new() })
    }

    /// Writes one event, and before it what a reader must know. False for events that the format has no place for
    /// here: entries of an audit log, and calls that were read from another capture.
    pub fn write(&mut self, event: &Event) -> Result<bool, CaptureError> {
        if matches!(event.kind, EventKind::Audit(_) | EventKind::Call(_)) {
            return Ok(false);
        }
        self.container(event)?;
        let starts = matches!(event.kind, EventKind::Exec);
        let ancestors: Vec<&Process> = event.process.ancestors().collect();
        for process in ancestors.into_iter().rev() {
            self.process(process, event, true)?;
        }
        self.process(&event.process, event, !starts)?;
        match &event.kind {
            EventKind::Exec => self.exec(&event.process, event, false)?,
            EventKind::Open { path, flags, result, syscall } => {
                self.open(event, path, *flags, *result, syscall)?;
            }
            EventKind::Connect { protocol, address, port, result } => {
                let server = SocketAddr::new(address.to_canonical(), *port);
                self.connect(event, *protocol, server, *result)?;
            }
            EventKind::Exit { status } => {
                let signal = u8::try_from(status & 0x7f).unwrap_or(0);
                let core = u8::from(status & 0x80 != 0);
                let mut parameters = Parameters::default();
                parameters.i64(i64::from(*status)).i64(i64::from(status >> 8 & 0xff)).u8(signal).u8(core);
                self.put(EXIT, event, event.process.thread_id(), &parameters, false)?;
                self.known.remove(&event.process.pid);
            }
            EventKind::Call(_) | EventKind::Audit(_) => {}
        }
        Ok(true)
    }

    /// Ends the file; gives the stream back.
    pub fn finish(mut self) -> Result<W, CaptureError> {
        self.out.flush().map_err(CaptureError::Write)?;
        Ok(self.out)
    }

    fn put(
        &mut self,
        number: u16,
        event: &Event,
        tid: u32,
        parameters: &Parameters,
        hidden: bool,
    ) -> Result<(), CaptureError> {
        let block = parameters.event(number, event, tid, hidden);
        self.out.write_all(&block).map_err(CaptureError::Write)
    }

    /// Tells of the container once.
    fn container(&mut self, event: &Event) -> Result<(), CaptureError> {
        let Some(container) = &event.container else { return Ok(()) };
        if self.containers.contains(&container.id) || self.containers.len() >= MAX_KNOWN {
            return Ok(());
        }
        self.containers.insert(container.id.clone());
        let mut parameters = Parameters::default();
        parameters.long_text(&table::container(container));
        self.put(CONTAINER, event, event.process.pid, &parameters, false)
    }

    /// Tells of a process, where it is new or another program than before. `whole` includes its program.
    fn process(&mut self, process: &Process, event: &Event, whole: bool) -> Result<(), CaptureError> {
        let now = Known {
            name: process.name.clone(),
            exe_path: process.exe_path.clone(),
            args: process.args.clone(),
        };
        let before = self.known.get(&process.pid);
        if before == Some(&now) || process.pid == 0 {
            return Ok(());
        }
        if before.is_none() {
            let mut parameters = Parameters::default();
            parameters.i64(0);
            facts(&mut parameters, process, event.container.as_deref());
            parameters.u32(0).u32(process.uid).u32(process.gid);
            parameters.i64(process.vpid.into()).i64(process.vpid.into());
            self.put(CLONE, event, process.pid, &parameters, true)?;
        }
        if whole {
            self.exec(process, event, true)?;
        }
        if self.known.len() < MAX_KNOWN {
            self.known.insert(process.pid, now);
        }
        Ok(())
    }

    fn exec(&mut self, process: &Process, event: &Event, hidden: bool) -> Result<(), CaptureError> {
        let mut begin = Parameters::default();
        begin.text(&process.exe_path);
        self.put(EXECVE - 1, event, process.pid, &begin, true)?;
        let mut end = Parameters::default();
        end.i64(0);
        facts(&mut end, process, event.container.as_deref());
        end.texts(&process.env);
        end.u32(process.tty).i64(process.vpgid.into());
        end.u32(process.login_uid.unwrap_or(u32::MAX));
        end.u32(u32::from(process.executable.writable == Some(true)));
        self.put(EXECVE, event, process.pid, &end, hidden)
    }

    fn open(
        &mut self,
        event: &Event,
        path: &str,
        flags: u32,
        result: i64,
        syscall: &str,
    ) -> Result<(), CaptureError> {
        let flags = encode::open_flags(flags);
        let tid = event.process.thread_id();
        let (number, has_directory) = match syscall {
            "open" => (OPEN, false),
            "creat" => (CREAT, false),
            "openat2" => (OPENAT2, true),
            _ => (OPENAT, true),
        };
        let mut parameters = Parameters::default();
        if has_directory {
            parameters.i64(AT_FDCWD);
        }
        parameters.text(path);
        if number != CREAT {
            parameters.u32(flags);
        }
        parameters.u32(0);
        if number == OPENAT2 {
            parameters.u32(0);
        }
        self.put(number - 1, event, tid, &parameters, true)?;
        let mut end = Parameters::default();
        end.i64(result).append(&parameters);
        if number != OPENAT2 {
            end.u32(0);
        }
        self.put(number, event, tid, &end, false)
    }

    fn connect(
        &mut self,
        event: &Event,
        protocol: Protocol,
        server: SocketAddr,
        result: i64,
    ) -> Result<(), CaptureError> {
        let tid = event.process.thread_id();
        let domain = if server.is_ipv4() { 2 } else { 10 };
        let kind = match protocol {
            Protocol::Tcp => 1,
            Protocol::Udp => 2,
        };
        let mut socket = Parameters::default();
        socket.u32(domain).u32(kind).u32(0);
        self.put(SOCKET - 1, event, tid, &socket, true)?;
        let mut made = Parameters::default();
        made.i64(SOCKET_FD);
        self.put(SOCKET, event, tid, &made, true)?;
        let mut begin = Parameters::default();
        begin.i64(SOCKET_FD).address(server);
        self.put(CONNECT - 1, event, tid, &begin, true)?;
        let mut end = Parameters::default();
        end.i64(result).tuple(server);
        self.put(CONNECT, event, tid, &end, false)
    }
}

/// The parameters that a new process and a started program share: from `exe` to `cgroups`.
fn facts(parameters: &mut Parameters, process: &Process, container: Option<&Container>) {
    let resources = process.resources.unwrap_or_default();
    parameters.text(process.args.first().map_or(process.exe_path.as_str(), String::as_str));
    parameters.texts(process.args.get(1..).unwrap_or_default());
    parameters.i64(process.pid.into()).i64(process.pid.into()).i64(process.ppid.into());
    parameters.text(process.cwd.as_deref().unwrap_or("/")).i64(resources.fd_limit);
    parameters.u64(resources.major_faults).u64(resources.minor_faults);
    parameters.u32(resources.vm_size).u32(resources.vm_rss).u32(resources.vm_swap);
    parameters.text(&process.name);
    parameters.texts(&[table::cgroup(container)]);
}
