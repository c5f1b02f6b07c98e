//! From the kernel's boot clock to wall time.

#![allow(unsafe_code, reason = "clock_gettime(2) has no safe form in the standard library")]

use std::time::{Duration, Instant};

/// Boot-clock nanoseconds plus `offset` is Unix time in nanoseconds.
pub(crate) struct Clock {
    offset: i128,
    taken: Instant,
}

impl Clock {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self { offset: now(libc::CLOCK_REALTIME)? - now(libc::CLOCK_BOOTTIME)?, taken: Instant::now() })
    }

    /// The clocks drift apart when wall time is set, so the offset is taken anew every second.
    pub(crate) fn refresh(&mut self) {
        if self.taken.elapsed() > Duration::from_secs(1)
            && let Ok(fresh) = Self::new()
        {
            *self = fresh;
        }
    }

    pub(crate) fn wall(&self, boot: u64) -> u64 {
        u64::try_from(i128::from(boot) + self.offset).unwrap_or(0)
    }
}

fn now(clock: libc::clockid_t) -> std::io::Result<i128> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec that lives through the call.
    if unsafe { libc::clock_gettime(clock, &raw mut time) } != 0 {
        return Err(std::io::Error::last_os_error());
    }
    Ok(i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec))
}
