//! A process as /proc shows it: enough to know whether it is still the same one.

use std::io;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The kernel's flag for its own threads (`PF_KTHREAD` in include/linux/sched.h).
const KERNEL_THREAD: u64 = 0x0020_0000;

/// A running process.
#[derive(Debug)]
pub(super) struct Running {
    /// `comm`.
    pub(super) name: String,
    /// The executable, as its own mount namespace names it; none for kernel threads, or when it may not be read.
    pub(super) exe: Option<String>,
    /// Nanoseconds since the Unix epoch.
    pub(super) started: u64,
    pub(super) kernel_thread: bool,
    /// Its parent's pid.
    pub(super) parent: u32,
    /// A zombie waits for its parent only.
    pub(super) dead: bool,
}

/// Reads /proc/PID/stat (proc_pid_stat(5)).
pub(super) fn read(pid: u32) -> io::Result<Running> {
    let stat = std::fs::read(format!("/proc/{pid}/stat"))?;
    let stat = String::from_utf8_lossy(&stat);
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "/proc/PID/stat is not as documented");
    // The name may hold anything, blanks and parentheses included: it ends at the last parenthesis.
    let (before, after) = stat.rsplit_once(')').ok_or_else(damaged)?;
    let name = before.split_once('(').ok_or_else(damaged)?.1.to_owned();
    let fields: Vec<&str> = after.split_whitespace().collect();
    // Field numbers of the manual page less three: state 3, parent 4, flags 9, starttime 22.
    let number =
        |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok()).ok_or_else(damaged);
    let ticks = number(19)?;
    let flags = number(6)?;
    let exe = std::fs::read_link(format!("/proc/{pid}/exe")).ok();
    Ok(Running {
        name,
        exe: exe.map(|path| path.to_string_lossy().trim_end_matches(" (deleted)").to_owned()),
        started: since_epoch(ticks),
        parent: u32::try_from(number(1)?).map_err(|_| damaged())?,
        kernel_thread: flags & KERNEL_THREAD != 0,
        dead: matches!(fields.first(), Some(&("Z" | "X"))),
    })
}

/// Ticks since boot as nanoseconds since the epoch.
fn since_epoch(ticks: u64) -> u64 {
    let duration = |clock| {
        let now = clock_gettime(clock);
        Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
    };
    let boot = duration(ClockId::Realtime).saturating_sub(duration(ClockId::Boottime));
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    let since_boot = Duration::from_nanos(
        (u128::from(ticks) * 1_000_000_000 / u128::from(per_second)).try_into().unwrap_or(u64::MAX),
    );
    boot.saturating_add(since_boot).as_nanos().try_into().unwrap_or(u64::MAX)
}
