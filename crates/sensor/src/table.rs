//! The process table: who is whose child, and what each runs.

use std::collections::HashMap;
use std::sync::Arc;

use seawall_events::Process;

use crate::record::Record;
use crate::{path, procfs};

/// Ancestors kept per process; a longer line (a shell that starts itself again and again) loses its oldest.
const DEPTH: usize = 32;
/// What is left of a line that became too long.
const KEPT: usize = 16;
/// Nanoseconds in a tick of `/proc/<pid>/stat`.
const TICK: u64 = 10_000_000;

struct Entry {
    process: Arc<Process>,
    /// Start on the boot clock: with the pid, the identity of a process.
    ticks: u64,
}

/// What the record itself does not tell.
pub(crate) struct Facts {
    /// Wall time of the process's start.
    pub(crate) started: u64,
    /// The user's name.
    pub(crate) user: Option<String>,
}

/// The process table.
#[derive(Default)]
pub(crate) struct Table {
    entries: HashMap<u32, Entry>,
}

impl Table {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Takes in every process there is. `wall` turns boot-clock nanoseconds into wall time.
    pub(crate) fn seed(&mut self, wall: impl Fn(u64) -> u64) {
        let mut found: HashMap<u32, procfs::Found> =
            procfs::all().into_iter().map(|found| (found.pid, found)).collect();
        // Parents first, so that each finds its own.
        let mut order: Vec<(u64, u32)> = found.values().map(|found| (found.ticks, found.pid)).collect();
        order.sort_unstable();
        for (_, pid) in order {
            if let Some(found) = found.remove(&pid) {
                self.insert_found(found, &wall);
            }
        }
    }

    fn insert_found(&mut self, found: procfs::Found, wall: impl Fn(u64) -> u64) {
        let process = Process {
            pid: found.pid,
            vpid: found.vpid,
            ppid: found.ppid,
            name: found.name,
            exe_path: found.exe,
            args: found.args,
            cwd: found.cwd,
            uid: found.uid,
            gid: found.gid,
            user: None,
            tty: found.tty,
            started: wall(found.ticks * TICK),
            parent: self.parent(found.ppid),
            ..Process::default()
        };
        self.entries.insert(found.pid, Entry { process: Arc::new(process), ticks: found.ticks });
    }

    fn parent(&self, pid: u32) -> Option<Arc<Process>> {
        self.entries.get(&pid).map(|entry| shortened(&entry.process))
    }

    /// The parent as it is now: it may have become another program since the fork. Who was orphaned keeps the line it was
    /// born into, so that a double fork hides nothing.
    fn line(&self, record: &Record<'_>, old: Option<&Process>) -> Option<Arc<Process>> {
        match old.and_then(|old| old.parent.clone()) {
            Some(born) if born.pid != record.ppid => Some(born),
            born => self.parent(record.ppid).or(born),
        }
    }

    /// A child begins as the image of the process that forked it.
    pub(crate) fn fork(&mut self, record: &Record<'_>, facts: Facts) {
        let forker = u32::try_from(record.value).ok().and_then(|pid| self.entries.get(&pid));
        let image = forker.map(|entry| Arc::clone(&entry.process)).unwrap_or_default();
        let process = Process {
            exe_path: image.exe_path.clone(),
            args: image.args.clone(),
            cwd: image.cwd.clone(),
            parent: self.parent(record.ppid),
            ..Self::basics(record, facts)
        };
        self.put(record, process);
    }

    /// A new image. What the kernel side had to cut comes from `/proc`, if the process is still there.
    pub(crate) fn exec(&mut self, record: &Record<'_>, facts: Facts) -> Arc<Process> {
        let old = self.known(record);
        let [exe, cwd, filename, args, ..] = record.parts;
        let cwd = path::from_walk(cwd)
            .or_else(|| self.live(record).and_then(|found| found.cwd))
            .or_else(|| old.as_ref().and_then(|old| old.cwd.clone()));
        let exe_path = path::from_walk(exe)
            .or_else(|| self.live(record).map(|found| found.exe).filter(|exe| !exe.is_empty()))
            .unwrap_or_else(|| seawall_events::absolute(&crate::record::text(filename), cwd.as_deref()));
        let process = Process {
            exe_path,
            args: procfs::arguments(args),
            cwd,
            parent: self.line(record, old.as_deref()),
            ..Self::basics(record, facts)
        };
        self.put(record, process)
    }

    /// The process of any other record, brought up to date.
    pub(crate) fn process(&mut self, record: &Record<'_>, facts: Facts) -> Arc<Process> {
        let fresh = Self::basics(record, facts);
        if let Some(old) = self.known(record) {
            let same = old.name == fresh.name
                && old.user == fresh.user
                && old.uid == fresh.uid
                && old.gid == fresh.gid
                && old.tty == fresh.tty
                && old.ppid == fresh.ppid
                && old.vpid == fresh.vpid;
            if same {
                return old;
            }
            let process = Process {
                exe_path: old.exe_path.clone(),
                args: old.args.clone(),
                cwd: old.cwd.clone(),
                started: old.started,
                parent: old.parent.clone(),
                ..fresh
            };
            return self.put(record, process);
        }
        let (exe_path, args, cwd) =
            self.live(record).map(|found| (found.exe, found.args, found.cwd)).unwrap_or_default();
        let process = Process { exe_path, args, cwd, parent: self.parent(record.ppid), ..fresh };
        self.put(record, process)
    }

    /// Forgets an ended process; its children keep what they know of it.
    pub(crate) fn exit(&mut self, record: &Record<'_>) {
        if self.known(record).is_some() {
            self.entries.remove(&record.pid);
        }
    }

    /// Forgets processes whose end was lost.
    pub(crate) fn sweep(&mut self) {
        self.entries.retain(|pid, _| procfs::alive(*pid));
    }

    fn known(&self, record: &Record<'_>) -> Option<Arc<Process>> {
        let entry = self.entries.get(&record.pid)?;
        (entry.ticks == record.started / TICK).then(|| Arc::clone(&entry.process))
    }

    #[allow(clippy::unused_self, reason = "belongs to the table's questions")]
    fn live(&self, record: &Record<'_>) -> Option<procfs::Found> {
        procfs::read(record.pid).filter(|found| found.ticks == record.started / TICK)
    }

    fn put(&mut self, record: &Record<'_>, process: Process) -> Arc<Process> {
        let process = Arc::new(process);
        self.entries
            .insert(record.pid, Entry { process: Arc::clone(&process), ticks: record.started / TICK });
        process
    }

    fn basics(record: &Record<'_>, facts: Facts) -> Process {
        Process {
            pid: record.pid,
            vpid: record.vpid,
            ppid: record.ppid,
            name: record.comm.clone(),
            uid: record.uid,
            gid: record.gid,
            tty: record.tty,
            user: facts.user,
            started: facts.started,
            ..Process::default()
        }
    }
}

/// The process with its line of ancestors kept below [`DEPTH`].
fn shortened(process: &Arc<Process>) -> Arc<Process> {
    if process.ancestors().count() < DEPTH {
        return Arc::clone(process);
    }
    let line: Vec<&Process> = std::iter::once(&**process).chain(process.ancestors()).take(KEPT).collect();
    let mut parent = None;
    for member in line.into_iter().rev() {
        parent = Some(Arc::new(Process { parent, ..copy(member) }));
    }
    parent.unwrap_or_default()
}

/// A copy without the parent.
fn copy(process: &Process) -> Process {
    Process { parent: None, ..process.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_of_ancestors_lose_their_oldest() {
        let mut process = Arc::new(Process::default());
        for pid in 1..=1000 {
            process = Arc::new(Process { pid, parent: Some(shortened(&process)), ..Process::default() });
            assert!(process.ancestors().count() <= DEPTH);
        }
        assert_eq!(process.ancestors().next().unwrap().pid, 999);
    }
}
