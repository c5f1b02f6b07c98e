//! What a process started, ended with it.

use std::os::fd::{AsFd as _, OwnedFd};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::process;

/// A fork bomb is ended by stopping its container, not process by process.
const MOST: usize = 4096;

/// Stops the process and everything under it, so that nothing of it starts anything more; the descriptors of its
/// descendants. Each is held by a descriptor and only then seen to be a child, so that no pid that changed hands in
/// between is taken for one.
pub(super) fn stop(root: u32, descriptor: &OwnedFd) -> Vec<OwnedFd> {
    let mut held: Vec<OwnedFd> = Vec::new();
    let mut asked = vec![root];
    // Refused where the process ends meanwhile; then its children are its parent's, and out of reach.
    let _ = pidfd_send_signal(descriptor, Signal::STOP);
    while let Some(parent) = asked.pop() {
        for child in children(parent) {
            if held.len() == MOST {
                return held;
            }
            let Some(raw) = i32::try_from(child).ok().and_then(Pid::from_raw) else { continue };
            let Ok(descriptor) = pidfd_open(raw, PidfdFlags::empty()) else { continue };
            if !process::read(child).is_ok_and(|running| running.parent == parent) {
                continue;
            }
            let _ = pidfd_send_signal(&descriptor, Signal::STOP);
            held.push(descriptor);
            asked.push(child);
        }
    }
    held
}

/// Ends what [`stop`] held; how many there were.
pub(super) fn kill(held: &[OwnedFd]) -> usize {
    held.iter().filter(|one| pidfd_send_signal(one.as_fd(), Signal::KILL).is_ok()).count()
}

/// Children of all its threads (`/proc/PID/task/TID/children`, proc_tid_children(5)): complete for a stopped process.
fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    threads
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>())
        .collect()
}
