//! One event: what it is about, and what it changes.

use super::{Enter, Facts, FdKind, Late, Parameters, Raw, State, id};
use crate::scap::cursor::{signed, text};
use crate::scap::table::{Action, EventInfo, Kind};

/// An event with the beginning of the call that it ends.
pub(super) struct Ended<'e> {
    pub(super) raw: &'e Raw<'e>,
    enter: Option<(&'static EventInfo, Parameters<'e>)>,
    pub(super) fd: Option<i64>,
}

impl Ended<'_> {
    /// A parameter of the end, or of the beginning, as older versions had them.
    pub(super) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.raw.get(name).or_else(|| {
            let (info, parameters) = self.enter.as_ref()?;
            parameters.get(info.position(name)?)
        })
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        signed(self.bytes(name)?)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.bytes(name).map(text)
    }
}

impl State {
    /// Ends what ended with the event before.
    pub(in crate::scap) fn finish(&mut self) {
        for late in std::mem::take(&mut self.late) {
            match late {
                Late::Close { owner, number } => {
                    if let Some(thread) = self.threads.get_mut(&owner) {
                        thread.descriptors.remove(&number);
                    }
                }
                Late::Exit { tid } => {
                    self.threads.remove(&tid);
                    self.epoch += 1;
                }
            }
        }
    }

    /// Takes in an event.
    pub(in crate::scap) fn step(&mut self, raw: &Raw<'_>) -> Facts {
        self.finish();
        let info = raw.info;
        if info.action == Action::Container && info.is_enter() {
            self.container_told(raw);
        }
        if info.is_hidden() {
            return Facts::default();
        }
        self.meet(raw);
        if info.is_enter() {
            return self.begin(raw);
        }
        let enter = self.threads.get_mut(&raw.tid).and_then(|thread| thread.enter.take());
        let enter = enter.filter(|enter| enter.number + 1 == info.number);
        let facts = self.end(raw, enter.as_ref());
        // The buffer is used again for the thread's next call.
        if let (Some(enter), Some(thread)) = (enter, self.threads.get_mut(&raw.tid)) {
            thread.enter = Some(Enter { number: u16::MAX - 1, ..enter });
        }
        facts
    }

    fn begin(&mut self, raw: &Raw<'_>) -> Facts {
        let info = raw.info;
        let fd_number = if info.uses_fd() { first_fd(raw) } else { None };
        // A descriptor that no one told of is one all the same.
        if let Some(number) = fd_number.filter(|number| *number >= 0)
            && self.fd(raw.tid, number).is_none()
        {
            self.set_fd(raw.tid, number, super::Fd::default());
        }
        let fd = fd_number.and_then(|number| self.fd(raw.tid, number)).cloned();
        match info.action {
            Action::Exit => self.late.push(Late::Exit { tid: raw.tid }),
            Action::User { added } => self.user_told(raw, added),
            Action::Group { added } => self.group_told(raw, added),
            _ => {}
        }
        if let Some(thread) = self.threads.get_mut(&raw.tid) {
            let mut enter = thread.enter.take().unwrap_or_default();
            (enter.count, enter.wide) = raw.parameters.pack(&mut enter.packed);
            thread.enter = Some(Enter { number: info.number, time: raw.time, fd: fd_number, ..enter });
        }
        Facts { fd_number, fd, latency: None }
    }

    fn end(&mut self, raw: &Raw<'_>, enter: Option<&Enter>) -> Facts {
        let info = raw.info;
        let begun = enter.and_then(|enter| {
            let begun = crate::scap::table::info(enter.number)?;
            Some((begun, Parameters::unpack(enter.count, enter.wide, &enter.packed)))
        });
        let fd = enter
            .and_then(|enter| enter.fd)
            .or_else(|| if info.uses_fd() { raw.number("fd").or_else(|| raw.number("oldfd")) } else { None });
        let ended = Ended { raw, enter: begun, fd };
        let result = raw.result();
        self.perform(&ended, result);
        let fd_number = if info.creates_fd() && info.action != Action::Pipe {
            let created = match info.action {
                Action::SocketPair => raw.number("fd1"),
                _ => result,
            };
            created.filter(|number| *number >= 0).or(if info.uses_fd() { fd } else { None })
        } else if info.uses_fd() || matches!(info.action, Action::Connect | Action::Bind) {
            fd
        } else {
            None
        };
        Facts {
            fd_number,
            fd: fd_number.and_then(|number| self.fd(raw.tid, number)).cloned(),
            latency: enter.map(|enter| raw.time.saturating_sub(enter.time)),
        }
    }

    fn perform(&mut self, ended: &Ended<'_>, result: Option<i64>) {
        let raw = ended.raw;
        let tid = raw.tid;
        let succeeded = result.is_some_and(|result| result >= 0);
        match raw.info.action {
            Action::Clone => self.cloned(ended, result),
            Action::Connect => self.connected(ended, result),
            Action::Accept if succeeded => self.accepted(ended, result),
            Action::Transfer if succeeded => self.transferred(ended),
            _ if !succeeded => {}
            Action::Exec => self.executed(ended),
            Action::Open => self.opened(ended, result.unwrap_or(-1)),
            Action::Close => {
                if let Some(number) = ended.fd {
                    self.late.push(Late::Close { owner: self.owner(tid), number });
                }
            }
            Action::Socket => self.socket_made(ended, result.unwrap_or(-1)),
            Action::Bind => self.bound(ended),
            Action::Listen => {
                if let Some(number) = ended.fd {
                    self.change_fd(tid, number, |fd| {
                        fd.socket.get_or_insert_default().is_server = Some(true);
                    });
                }
            }
            Action::Duplicate => self.duplicated(ended, result),
            Action::Pipe => self.pipe_made(ended),
            Action::SocketPair => {
                for name in ["fd1", "fd2"] {
                    let number = raw.number(name).unwrap_or(-1);
                    self.set_fd(tid, number, super::Fd { kind: FdKind::Unix, ..super::Fd::default() });
                }
            }
            Action::Create(kind) => {
                let name =
                    if kind == FdKind::Memory { raw.text("name").unwrap_or_default() } else { String::new() };
                self.set_fd(tid, result.unwrap_or(-1), super::Fd { kind, name, ..super::Fd::default() });
            }
            Action::ChangeDirectory => {
                if let Some(path) = raw.text("path").and_then(|path| self.absolute(tid, None, &path)) {
                    self.move_to(tid, path);
                }
            }
            Action::ChangeDirectoryByFd => {
                let path = ended.fd.and_then(|number| self.fd(tid, number)).map(|fd| fd.name.clone());
                if let Some(path) = path {
                    self.move_to(tid, path);
                }
            }
            Action::SetUser => {
                // The effective one, where the call sets several; -1 leaves it.
                let uid = ended.number("euid").or_else(|| ended.number("uid"));
                if let Some(Ok(uid)) = uid.map(u32::try_from) {
                    self.change(tid, |thread| thread.process.uid = uid);
                }
            }
            Action::SetGroup => {
                let gid = ended.number("egid").or_else(|| ended.number("gid"));
                if let Some(Ok(gid)) = gid.map(u32::try_from) {
                    self.change(tid, |thread| thread.process.gid = gid);
                }
            }
            Action::SetSession => {
                let sid = result.map_or(0, id);
                self.change(tid, |thread| {
                    thread.process.sid = sid;
                    thread.process.vpgid = thread.process.vpid;
                });
            }
            Action::SetProcessGroup => {
                let pid = ended.number("pid").filter(|pid| *pid != 0).unwrap_or(tid);
                let group = ended.number("pgid").filter(|group| *group != 0).unwrap_or(pid);
                self.change(pid, |thread| thread.process.vpgid = id(group));
            }
            Action::SetCapabilities => {
                let get = |name: &str| raw.unsigned(name).unwrap_or(0);
                let capabilities = seawall_events::Capabilities {
                    effective: get("cap_effective"),
                    permitted: get("cap_permitted"),
                    inheritable: get("cap_inheritable"),
                };
                self.change(tid, |thread| thread.process.capabilities = Some(capabilities));
            }
            Action::SetName => {
                const PR_SET_NAME: i64 = 15;
                if let (Some(PR_SET_NAME), Some(name)) = (raw.number("option"), raw.text("arg2_str")) {
                    self.change(tid, |thread| thread.process.name = name);
                }
            }
            _ => {}
        }
    }

    fn move_to(&mut self, tid: i64, path: String) {
        // Threads share their working directory with the process.
        let leader = self.threads.get(&tid).map(|thread| i64::from(thread.process.pid));
        if let Some(leader) = leader.filter(|leader| *leader != tid) {
            let path = path.clone();
            self.change(leader, |thread| thread.process.cwd = Some(path));
        }
        self.change(tid, |thread| thread.process.cwd = Some(path));
    }
}

/// The number of the first parameter that is a descriptor.
fn first_fd(raw: &Raw<'_>) -> Option<i64> {
    let position = raw.info.parameters.iter().position(|parameter| parameter.kind == Kind::Fd)?;
    signed(raw.parameters.get(position)?)
}
