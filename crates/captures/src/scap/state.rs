//! Who runs, and what their descriptors stand for: kept up to date event by event.

mod apply;
mod container;
mod files;
mod life;
mod socket;

use std::collections::HashMap;
use std::sync::Arc;

use seawall_events::{Container, Fd, FdKind, Process, absolute};

use super::event::{Parameters, Raw};
use super::list::{Account, Listed, id};

pub(super) use container::short_id;
pub(super) use socket::{address_text, tuple_text};

/// libscap's flag for threads that share their descriptors.
const CLONE_FILES: u32 = 1;
/// Longest line of ancestors.
const MAX_ANCESTORS: u8 = 64;
/// Most threads and, of one process, most descriptors: a damaged file shall not fill the memory.
const MAX_THREADS: usize = 1 << 20;
const MAX_DESCRIPTORS: usize = 1 << 20;

#[derive(Default)]
pub(super) struct State {
    threads: HashMap<i64, Thread>,
    users: HashMap<u32, User>,
    groups: HashMap<u32, Arc<str>>,
    containers: HashMap<String, Arc<Container>>,
    /// Counts changes of processes: a process that was put together before the last one is checked again.
    epoch: u64,
    /// What ends when the event is over: rules still see the closed descriptor and the ended process.
    late: Vec<Late>,
}

struct User {
    name: String,
    home: String,
    shell: String,
}

enum Late {
    Close { owner: i64, number: i64 },
    Exit { tid: i64 },
}

#[derive(Default)]
struct Thread {
    ptid: i64,
    flags: u32,
    /// Own facts; the parent is added when an event asks.
    process: Process,
    container: Option<String>,
    descriptors: HashMap<i64, Arc<Fd>>,
    enter: Option<Enter>,
    whole: Option<Whole>,
}

/// A process as it was put together with its ancestors.
#[derive(Clone)]
struct Whole {
    epoch: u64,
    process: Arc<Process>,
}

/// The beginning of a call that has not ended yet.
#[derive(Default)]
struct Enter {
    number: u16,
    time: u64,
    fd: Option<i64>,
    count: usize,
    wide: bool,
    packed: Vec<u8>,
}

/// What the state says about an event.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) fd_number: Option<i64>,
    pub(super) fd: Option<Arc<Fd>>,
    pub(super) latency: Option<u64>,
}

impl State {
    pub(super) fn add_processes(&mut self, listed: Vec<Listed>) {
        for Listed { tid, ptid, flags, cgroups, process } in listed {
            let container = container::of_cgroups(&cgroups);
            self.insert(tid, Thread { ptid, flags, process, container, ..Thread::default() });
        }
        self.epoch += 1;
    }

    pub(super) fn add_descriptors(&mut self, tid: i64, descriptors: Vec<(i64, Fd)>) {
        if let Some(thread) = self.threads.get_mut(&tid) {
            let numbered = descriptors.into_iter().take(MAX_DESCRIPTORS);
            thread.descriptors.extend(numbered.map(|(number, fd)| (number, Arc::new(fd))));
        }
    }

    pub(super) fn add_accounts(&mut self, accounts: Vec<Account>) {
        for account in accounts {
            match account {
                Account::User { uid, name, home, shell } => {
                    self.users.insert(uid, User { name, home, shell });
                }
                Account::Group { gid, name } => {
                    self.groups.insert(gid, name.into());
                }
            }
        }
        self.epoch += 1;
    }

    fn insert(&mut self, tid: i64, thread: Thread) {
        if self.threads.len() < MAX_THREADS || self.threads.contains_key(&tid) {
            self.threads.insert(tid, thread);
        }
    }

    /// The name of a thread's process.
    pub(super) fn name_of(&self, tid: i64) -> Option<&str> {
        self.threads.get(&tid).map(|thread| thread.process.name.as_str())
    }

    pub(super) fn user_name(&self, uid: u32) -> Option<&str> {
        self.users.get(&uid).map(|user| user.name.as_str())
    }

    pub(super) fn group_name(&self, gid: u32) -> Option<&str> {
        self.groups.get(&gid).map(|name| &**name)
    }

    /// Whose table a thread's descriptors are in.
    fn owner(&self, tid: i64) -> i64 {
        match self.threads.get(&tid) {
            Some(thread) if thread.flags & CLONE_FILES != 0 => {
                let leader = i64::from(thread.process.pid);
                if leader != tid && self.threads.contains_key(&leader) { leader } else { tid }
            }
            _ => tid,
        }
    }

    pub(super) fn fd(&self, tid: i64, number: i64) -> Option<&Arc<Fd>> {
        self.threads.get(&self.owner(tid))?.descriptors.get(&number)
    }

    fn set_fd(&mut self, tid: i64, number: i64, fd: Fd) {
        if number < 0 {
            return;
        }
        let owner = self.owner(tid);
        if let Some(thread) = self.threads.get_mut(&owner)
            && (thread.descriptors.len() < MAX_DESCRIPTORS || thread.descriptors.contains_key(&number))
        {
            thread.descriptors.insert(number, Arc::new(fd));
        }
    }

    /// Changes a descriptor in its place.
    fn change_fd(&mut self, tid: i64, number: i64, change: impl FnOnce(&mut Fd)) {
        let owner = self.owner(tid);
        if let Some(fd) = self.threads.get_mut(&owner).and_then(|thread| thread.descriptors.get_mut(&number))
        {
            change(Arc::make_mut(fd));
        }
    }

    /// The process of a thread with its ancestors; none when no event and no table told of it.
    pub(super) fn process(&mut self, tid: i64) -> Option<Arc<Process>> {
        self.whole(tid, MAX_ANCESTORS)
    }

    fn whole(&mut self, tid: i64, depth: u8) -> Option<Arc<Process>> {
        let epoch = self.epoch;
        let thread = self.threads.get(&tid)?;
        let known = thread.whole.clone();
        if let Some(whole) = &known
            && whole.epoch == epoch
        {
            return Some(Arc::clone(&whole.process));
        }
        let above = thread.ptid;
        let parent =
            if depth == 0 || above == tid || above <= 0 { None } else { self.whole(above, depth - 1) };
        let same_parent = known.as_ref().is_some_and(|whole| match (&whole.process.parent, &parent) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        });
        // `whole` is dropped by whatever changes the thread's own facts, so only the parent can differ here.
        let process = match known {
            Some(whole) if same_parent => whole.process,
            _ => Arc::new(self.put_together(tid, parent)?),
        };
        self.threads.get_mut(&tid)?.whole = Some(Whole { epoch, process: Arc::clone(&process) });
        Some(process)
    }

    fn put_together(&self, tid: i64, parent: Option<Arc<Process>>) -> Option<Process> {
        let mut process = self.threads.get(&tid)?.process.clone();
        process.parent = parent;
        if let Some(user) = self.users.get(&process.uid) {
            process.user = Some(user.name.clone());
            process.home = Some(user.home.clone());
            process.shell = Some(user.shell.clone());
        }
        process.group = self.group_name(process.gid).map(str::to_owned);
        process.login_user = process.login_uid.and_then(|uid| self.user_name(uid)).map(str::to_owned);
        Some(process)
    }

    /// Changes a thread's own facts.
    fn change(&mut self, tid: i64, change: impl FnOnce(&mut Thread)) {
        if let Some(thread) = self.threads.get_mut(&tid) {
            change(thread);
            thread.whole = None;
            self.epoch += 1;
        }
    }

    /// The container of a thread, by its id where nothing else was told.
    pub(super) fn container(&mut self, tid: i64) -> Option<Arc<Container>> {
        let id = self.threads.get(&tid)?.container.clone()?;
        Some(Arc::clone(
            self.containers
                .entry(id)
                .or_insert_with_key(|id| Arc::new(Container { id: id.clone(), ..Container::default() })),
        ))
    }

    /// The directory that a relative path of a thread begins at.
    fn directory(&self, tid: i64, fd: Option<i64>) -> Option<&str> {
        const AT_FDCWD: i64 = -100;
        match fd {
            None | Some(AT_FDCWD) => self.threads.get(&tid)?.process.cwd.as_deref(),
            Some(number) => self.fd(tid, number).map(|fd| fd.name.as_str()),
        }
    }

    /// A path of a call as an absolute one, where the directory is known.
    pub(super) fn absolute(&self, tid: i64, directory: Option<i64>, path: &str) -> Option<String> {
        if path.starts_with('/') {
            return Some(absolute(path, None));
        }
        if path.is_empty() || path == "<NA>" {
            return None;
        }
        // Of a process that no one told of, the directory is not known.
        let directory = self.directory(tid, directory).filter(|directory| !directory.is_empty())?;
        Some(absolute(path, Some(directory)))
    }
}
