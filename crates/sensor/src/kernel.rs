//! Loads the embedded object and attaches its programs.

#![allow(unsafe_code, reason = "setrlimit(2), poll(2) have no safe form in the standard library")]

use std::collections::BTreeSet;
use std::os::fd::AsRawFd as _;

use aya::maps::{Array, HashMap, MapData, PerCpuArray, RingBuf};
use aya::programs::RawTracePoint;
use aya::{Btf, Ebpf, EbpfLoader};

use crate::stats::Dropped;
use crate::{Options, SensorError, calls, path};

/// Aligned as an ELF reader needs it.
static OBJECT: &[u8] = aya::include_bytes_aligned!("../bpf/sensor.bpf.o");

/// Programs that keep the process table true: always attached.
const LINEAGE: [(&str, &str); 3] =
    [("on_exec", "sched_process_exec"), ("on_fork", "sched_process_fork"), ("on_exit", "sched_process_exit")];
const CALLS: (&str, &str) = ("on_sys_exit", "sys_exit");
/// The calls that rules name beside opens and connections.
const OTHERS: (&str, &str) = ("on_call", "sys_exit");

/// Numbers that this architecture does not have are never matched.
const NONE: i32 = -1;

/// The attached programs; dropping it detaches them.
pub(crate) struct Kernel {
    pub(crate) ring: RingBuf<MapData>,
    _programs: Ebpf,
}

/// The counters of lost records.
pub(crate) type DropMap = PerCpuArray<MapData, u64>;

pub(crate) fn attach(options: &Options, host_mnt_ns: u32) -> Result<(Kernel, DropMap), SensorError> {
    let btf = Btf::from_sys_fs().map_err(SensorError::Btf)?;
    raise_memlock();
    let own = std::process::id();
    let containers_only = u32::from(options.containers_only);
    let (want_open, want_connect) = (u32::from(options.open), u32::from(options.connect));
    let want_kill = u32::from(!options.kill.is_empty());
    let numbers = Numbers::of_this_machine();
    let mut loader = EbpfLoader::new();
    loader
        .btf(Some(&btf))
        .map_max_entries("EVENTS", options.buffer_bytes.clamp(1 << 16, 1 << 30).next_power_of_two())
        .override_global("own_tgid", &own, true)
        .override_global("host_mnt_ns", &host_mnt_ns, true)
        .override_global("containers_only", &containers_only, true)
        .override_global("want_open", &want_open, true)
        .override_global("want_connect", &want_connect, true)
        .override_global("want_kill", &want_kill, true)
        .override_global("nr_open", &numbers.open, true)
        .override_global("nr_openat", &numbers.openat, true)
        .override_global("nr_openat2", &numbers.openat2, true)
        .override_global("nr_creat", &numbers.creat, true)
        .override_global("nr_connect", &numbers.connect, true);
    let mut programs = loader.load(OBJECT).map_err(|source| SensorError::Load(Box::new(source)))?;
    let map = |programs: &mut Ebpf, name| programs.take_map(name).ok_or(SensorError::Missing(name));
    let ring = RingBuf::try_from(map(&mut programs, "EVENTS")?)
        .map_err(|source| SensorError::Map { map: "EVENTS", source })?;
    let dropped = DropMap::try_from(map(&mut programs, "DROPPED")?)
        .map_err(|source| SensorError::Map { map: "DROPPED", source })?;
    let plans = calls::plans(&options.calls);
    if !plans.is_empty() {
        let fail = |source| SensorError::Map { map: "CALLS", source };
        // By reference: programs are loaded with the descriptors of their maps.
        let table = programs.map_mut("CALLS").ok_or(SensorError::Missing("CALLS"))?;
        let mut table: Array<&mut MapData, u64> = Array::try_from(table).map_err(fail)?;
        for (place, plan) in &plans {
            table.set(*place, u64::from_ne_bytes(*plan), 0).map_err(fail)?;
        }
    }
    forbid(&mut programs, &options.kill)?;
    for (name, tracepoint) in LINEAGE {
        attach_one(&mut programs, name, tracepoint)?;
    }
    if options.open || options.connect {
        attach_one(&mut programs, CALLS.0, CALLS.1)?;
    }
    if !plans.is_empty() {
        attach_one(&mut programs, OTHERS.0, OTHERS.1)?;
    }
    Ok((Kernel { ring, _programs: programs }, dropped))
}

/// Tells the kernel side which executables to kill.
fn forbid(programs: &mut Ebpf, paths: &BTreeSet<String>) -> Result<(), SensorError> {
    let fail = |source| SensorError::Map { map: "KILL", source };
    let table = programs.map_mut("KILL").ok_or(SensorError::Missing("KILL"))?;
    let mut table: HashMap<&mut MapData, [u8; path::IMAGE_MAX], u8> =
        HashMap::try_from(table).map_err(fail)?;
    for name in paths {
        let image = path::image(name).ok_or_else(|| SensorError::KillPath(name.clone()))?;
        table.insert(image, 1, 0).map_err(fail)?;
    }
    Ok(())
}

fn attach_one(programs: &mut Ebpf, name: &'static str, tracepoint: &str) -> Result<(), SensorError> {
    let fail = |source| SensorError::Program { program: name, source: Box::new(source) };
    let program = programs.program_mut(name).ok_or(SensorError::Missing(name))?;
    let program: &mut RawTracePoint = program.try_into().map_err(fail)?;
    program.load().map_err(fail)?;
    program.attach(tracepoint).map_err(fail)?;
    Ok(())
}

impl Kernel {
    /// Waits until a record is there or the time is over.
    pub(crate) fn wait(&self, milliseconds: i32) {
        let mut poll = libc::pollfd { fd: self.ring.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one valid pollfd that lives through the call. A failure (EINTR) only shortens the wait.
        unsafe { libc::poll(&raw mut poll, 1, milliseconds) };
    }
}

/// Sums the per-CPU counters. A map that cannot be read counts as nothing lost; it was readable at the start.
pub(crate) fn dropped(map: &DropMap) -> Dropped {
    let sum = |kind: u32| map.get(&kind, 0).map_or(0, |values| values.iter().sum());
    Dropped { exec: sum(1), fork: sum(2), exit: sum(3), open: sum(4), connect: sum(5), calls: sum(6) }
}

/// Kernels before 5.11 charge maps to RLIMIT_MEMLOCK. Without the right to raise it, loading tells what is wrong.
fn raise_memlock() {
    let limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` is a valid rlimit that lives through the call.
    unsafe { libc::setrlimit(libc::RLIMIT_MEMLOCK, &raw const limit) };
}

struct Numbers {
    open: i32,
    openat: i32,
    openat2: i32,
    creat: i32,
    connect: i32,
}

impl Numbers {
    fn of_this_machine() -> Self {
        let number = |number: libc::c_long| i32::try_from(number).unwrap_or(NONE);
        #[cfg(target_arch = "x86_64")]
        let (open, creat) = (number(libc::SYS_open), number(libc::SYS_creat));
        #[cfg(not(target_arch = "x86_64"))]
        let (open, creat) = (NONE, NONE);
        Self {
            open,
            creat,
            openat: number(libc::SYS_openat),
            openat2: number(libc::SYS_openat2),
            connect: number(libc::SYS_connect),
        }
    }
}
