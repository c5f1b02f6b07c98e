//! Processes that are made and programs that are started.

use seawall_events::{Capabilities, Process, absolute};

use super::apply::Ended;
use super::container::of_cgroups;
use super::{CLONE_FILES, State, Thread, id};
use crate::scap::cursor::texts;
use crate::scap::event::Raw;

const CLONE_THREAD: u32 = 8192;
/// The first program's start is told with the child already living: libscap marks such threads.
const EXE_WRITABLE: u64 = 1;
const EXE_UPPER_LAYER: u64 = 2;
const EXE_FROM_MEMFD: u64 = 4;
const EXE_LOWER_LAYER: u64 = 8;

impl Thread {
    /// One of which only the id is known. Falco calls such a process `<NA>`.
    fn unknown(tid: i64, time: u64) -> Self {
        let process = Process {
            pid: id(tid),
            tid: id(tid),
            name: "<NA>".to_owned(),
            uid: u32::MAX,
            gid: u32::MAX,
            args: vec!["<NA>".to_owned()],
            cwd: Some(String::new()),
            started: time,
            ..Process::default()
        };
        Self { process, ..Self::default() }
    }
}

impl State {
    /// A thread that does something, and no one told of.
    pub(super) fn meet(&mut self, raw: &Raw<'_>) {
        if raw.tid > 0 && !self.threads.contains_key(&raw.tid) {
            self.insert(raw.tid, Thread::unknown(raw.tid, raw.time));
            self.epoch += 1;
        }
    }

    /// fork, vfork, clone: the parent sees the child's id, the child sees zero.
    pub(super) fn cloned(&mut self, ended: &Ended<'_>, result: Option<i64>) {
        let raw = ended.raw;
        match result {
            Some(0) => self.born(raw, raw.tid),
            Some(child) if child > 0 => {
                // The child's own event follows and says more; until then it is its parent's copy. Its id on the host is
                // not told when it lives in another pid namespace.
                let same = raw.number("vtid").is_none_or(|vtid| vtid == raw.tid);
                if same && !self.threads.contains_key(&child) {
                    self.copied(raw, raw.tid, child);
                }
            }
            _ => {}
        }
    }

    /// The child of `parent` as its copy.
    fn copied(&mut self, raw: &Raw<'_>, parent: i64, child: i64) {
        let flags = raw.unsigned("flags").map_or(0, |flags| flags as u32);
        let Some(above) = self.threads.get(&parent) else { return };
        let mut process = above.process.clone();
        let is_thread = flags & CLONE_THREAD != 0;
        (process.tid, process.vtid) = (id(child), id(child));
        let ptid = if is_thread { above.ptid } else { parent };
        if !is_thread {
            (process.pid, process.vpid, process.ppid) = (id(child), id(child), id(parent));
        }
        process.started = raw.time;
        let container = above.container.clone();
        let descriptors = if flags & CLONE_FILES != 0 && is_thread {
            std::collections::HashMap::new()
        } else {
            self.threads.get(&self.owner(parent)).map(|owner| owner.descriptors.clone()).unwrap_or_default()
        };
        let flags = if is_thread { flags } else { flags & !CLONE_FILES };
        self.insert(child, Thread { ptid, flags, process, container, descriptors, ..Thread::default() });
        self.epoch += 1;
    }

    /// What the child itself tells.
    fn born(&mut self, raw: &Raw<'_>, tid: i64) {
        let parent = raw.number("ptid").unwrap_or(0);
        self.threads.remove(&tid);
        // A thread's parent is the parent of its process; its descriptors are those of the process.
        let leader = raw.number("pid").unwrap_or(tid);
        let from = if leader == tid { parent } else { leader };
        if self.threads.contains_key(&from) {
            self.copied(raw, from, tid);
        } else {
            self.insert(tid, Thread::unknown(tid, raw.time));
        }
        let flags = raw.unsigned("flags").map_or(0, |flags| flags as u32);
        self.change(tid, |thread| {
            thread.ptid = parent;
            thread.flags = if leader == tid { flags & !CLONE_FILES } else { flags };
            thread.process.started = raw.time;
        });
        self.told(raw, tid);
        if let (Some(vtid), Some(vpid)) = (raw.number("vtid"), raw.number("vpid")) {
            self.change(tid, |thread| {
                (thread.process.vtid, thread.process.vpid) = (id(vtid), id(vpid));
            });
        }
    }

    /// What both a new process and a started program tell.
    fn told(&mut self, raw: &Raw<'_>, tid: i64) {
        let exe = raw.text("exe");
        let args = raw.get("args").map(texts);
        let name = raw.text("comm").or_else(|| {
            let exe = exe.as_deref()?;
            Some(exe.rsplit('/').next().unwrap_or(exe).to_owned())
        });
        let cgroups = raw.get("cgroups").and_then(of_cgroups);
        let cwd = raw.text("cwd").filter(|cwd| !cwd.is_empty());
        self.change(tid, |thread| {
            let process = &mut thread.process;
            process.tid = id(tid);
            if let Some(pid) = raw.number("pid") {
                process.pid = id(pid);
            }
            if let Some(ptid) = raw.number("ptid") {
                process.ppid = id(ptid);
            }
            if let Some(exe) = exe {
                process.args = std::iter::once(exe).chain(args.unwrap_or_default()).collect();
            }
            if let Some(name) = name {
                process.name = name;
            }
            if cwd.is_some() {
                process.cwd = cwd;
            }
            if raw.get("cgroups").is_some() {
                thread.container = cgroups;
            }
            let number = |name: &str| raw.unsigned(name);
            let process = &mut thread.process;
            if let Some(uid) = number("uid") {
                process.uid = uid as u32;
            }
            if let Some(gid) = number("gid") {
                process.gid = gid as u32;
            }
            if let Some(start) = number("pidns_init_start_ts") {
                process.namespace_started = start;
            }
            if let Some(limit) = raw.number("fdlimit") {
                process.resources.get_or_insert_default().fd_limit = limit;
            }
            if let Some(size) = number("vm_size") {
                let resources = process.resources.get_or_insert_default();
                resources.vm_size = size as u32;
                resources.vm_rss = number("vm_rss").unwrap_or(0) as u32;
                resources.vm_swap = number("vm_swap").unwrap_or(0) as u32;
                resources.major_faults = number("pgft_maj").unwrap_or(0);
                resources.minor_faults = number("pgft_min").unwrap_or(0);
            }
        });
    }

    /// A program was started.
    pub(super) fn executed(&mut self, ended: &Ended<'_>) {
        let raw = ended.raw;
        let tid = raw.tid;
        if let Some(ptid) = raw.number("ptid")
            && self.threads.get(&tid).is_some_and(|thread| thread.ptid == 0)
        {
            self.change(tid, |thread| thread.ptid = ptid);
        }
        let cwd = self.threads.get(&tid).and_then(|thread| thread.process.cwd.clone());
        self.told(raw, tid);
        let given = ended.text("filename").or_else(|| ended.text("pathname"));
        let path = raw
            .text("trusted_exepath")
            .filter(|path| !path.is_empty())
            .or_else(|| {
                let given = given.filter(|given| !given.is_empty() && given != "<NA>")?;
                let directory = ended.number("dirfd").and_then(|number| self.directory(tid, Some(number)));
                let base = directory.or(cwd.as_deref()).unwrap_or_default();
                Some(if base.is_empty() && !given.starts_with('/') {
                    given
                } else {
                    absolute(&given, Some(base))
                })
            })
            .unwrap_or_default();
        let env = raw.get("env").map(texts);
        let flags = raw.unsigned("flags");
        self.change(tid, |thread| {
            thread.flags &= !CLONE_FILES;
            let process = &mut thread.process;
            process.exe_path = path;
            if let Some(env) = env {
                process.env = env;
            }
            if let Some(tty) = raw.unsigned("tty") {
                process.tty = tty as u32;
            }
            // Of the two parameters of this name, the first is the group as the container sees it.
            if let Some(group) = raw.number("pgid") {
                process.vpgid = id(group);
            }
            if let Some(login) = raw.number("loginuid") {
                process.login_uid = u32::try_from(login).ok();
            }
            if let (Some(inheritable), Some(permitted), Some(effective)) = (
                raw.unsigned("cap_inheritable"),
                raw.unsigned("cap_permitted"),
                raw.unsigned("cap_effective"),
            ) {
                process.capabilities = Some(Capabilities { effective, permitted, inheritable });
            }
            let executable = &mut process.executable;
            let newer = raw.get("exe_ino").is_some();
            if let Some(flags) = flags {
                executable.writable = Some(flags & EXE_WRITABLE != 0);
                if newer {
                    executable.upper_layer = Some(flags & EXE_UPPER_LAYER != 0);
                    executable.from_memory = Some(flags & EXE_FROM_MEMFD != 0);
                    executable.lower_layer = Some(flags & EXE_LOWER_LAYER != 0);
                }
            }
            executable.ino = raw.unsigned("exe_ino").unwrap_or(0);
            executable.ctime = raw.unsigned("exe_ino_ctime").unwrap_or(0);
            executable.mtime = raw.unsigned("exe_ino_mtime").unwrap_or(0);
            process.started = raw.time;
        });
    }
}
