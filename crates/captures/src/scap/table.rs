//! The event types: what each number stands for, and which parameters it has. The table is data (`events.txt`).

use std::borrow::Cow;
use std::sync::LazyLock;

use seawall_events::FdKind;

use super::flags::{self, Flags};

static TABLE: LazyLock<Vec<EventInfo>> =
    LazyLock::new(|| include_str!("events.txt").lines().filter_map(parse).collect());

/// The type of a number; none for one of a later version.
pub(super) fn info(number: u16) -> Option<&'static EventInfo> {
    TABLE.get(usize::from(number))
}

/// A system call that has no event type of its own: its name and category by libscap's number.
fn generic(number: u16) -> Option<(&'static str, u16)> {
    static CALLS: LazyLock<Vec<(&str, u16)>> = LazyLock::new(|| {
        let lines = include_str!("syscalls.txt").lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_once(' ')).map(|(n, c)| (n, c.parse().unwrap_or(0))).collect()
    });
    CALLS.get(usize::from(number)).copied().filter(|(name, _)| *name != "-")
}

/// One event type.
#[derive(Debug)]
pub(super) struct EventInfo {
    pub(super) number: u16,
    pub(super) name: &'static str,
    category: u16,
    flags: u16,
    pub(super) parameters: Vec<Parameter>,
    pub(super) action: Action,
}

#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) flags: Option<&'static Flags>,
    pub(super) base: Base,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Decimal,
    Hex,
    Octal,
}

/// How a parameter's bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Signed,
    Unsigned,
    Flags,
    Text,
    Path,
    RelativePath,
    Bytes,
    Errno,
    Fd,
    Pid,
    User,
    Group,
    Signal,
    Syscall,
    Bool,
    Address,
    Tuple,
    FdList,
    Dynamic,
    Other,
}

/// What an event does to the process and descriptor tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Nothing,
    Open,
    Close,
    Clone,
    Exec,
    Exit,
    Socket,
    Connect,
    Bind,
    Listen,
    Accept,
    Transfer,
    Duplicate,
    Pipe,
    SocketPair,
    Create(FdKind),
    ChangeDirectory,
    ChangeDirectoryByFd,
    SetUser,
    SetGroup,
    SetSession,
    SetProcessGroup,
    SetCapabilities,
    SetName,
    Container,
    User { added: bool },
    Group { added: bool },
}

const UNUSED: u16 = 64;
const SKIPPED: u16 = 256;
const LARGE: u16 = 2048;
const INTERNAL: u16 = 256;

impl EventInfo {
    pub(super) fn is_enter(&self) -> bool {
        self.number.is_multiple_of(2)
    }

    pub(super) fn creates_fd(&self) -> bool {
        self.flags & 1 != 0
    }

    pub(super) fn uses_fd(&self) -> bool {
        self.flags & 4 != 0
    }

    /// Whether it is nothing that a rule may see: scheduling samples and the recorder's own notes.
    pub(super) fn is_hidden(&self) -> bool {
        self.flags & (UNUSED | SKIPPED) != 0
            || self.category & INTERNAL != 0
            || self.action == Action::Container
    }

    /// Whether it changes what is known of processes and descriptors.
    pub(super) fn changes_state(&self) -> bool {
        self.action != Action::Nothing
    }

    /// Whether the lengths of its parameters have 32 bits instead of 16.
    pub(super) fn is_large(&self) -> bool {
        self.flags & LARGE != 0
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|parameter| parameter.name == name)
    }

    /// The name; of an event without a type of its own that of the system call `id`.
    pub(super) fn name_of(&self, id: Option<u16>) -> &'static str {
        match (self.number, id) {
            (0 | 1, Some(id)) => generic(id).map_or("<unknown>", |(name, _)| name),
            _ => self.name,
        }
    }

    /// Falco's category; of reads and writes it follows from the descriptor.
    pub(super) fn category(&self, id: Option<u16>, fd: Option<FdKind>) -> Cow<'static, str> {
        let category = match (self.number, id.and_then(generic)) {
            (0 | 1, Some((_, category))) => category,
            _ => self.category & 0xff,
        };
        Cow::Borrowed(match category {
            0 if self.number > 1 => "internal",
            0 => "unknown",
            1 => "other",
            2 => "file",
            3 => "net",
            4 => "ipc",
            5 => "memory",
            6 => "process",
            7 => "sleep",
            8 => "system",
            9 => "signal",
            10 => "user",
            11 => "time",
            12 => "processing",
            32..=34 => match fd {
                Some(FdKind::File | FdKind::Directory) => "file",
                Some(FdKind::Ipv4 | FdKind::Ipv6) => "net",
                Some(FdKind::Unix | FdKind::Pipe | FdKind::Event | FdKind::Signal | FdKind::Inotify) => "ipc",
                None | Some(FdKind::Unknown | FdKind::Other) => "unknown",
                _ => "other",
            },
            64 => "wait",
            128 => "scheduler",
            _ => "internal",
        })
    }
}

fn parse(line: &'static str) -> Option<EventInfo> {
    let mut words = line.split(' ');
    let number = words.next()?.parse().ok()?;
    let name = words.next()?;
    let category = words.next()?.parse().ok()?;
    let flags = words.next()?.parse().ok()?;
    let parameters = words.filter_map(parameter).collect();
    Some(EventInfo { number, name, category, flags, parameters, action: action(name) })
}

fn parameter(word: &'static str) -> Option<Parameter> {
    let (name, rest) = word.split_once(':')?;
    let (rest, base) = match rest.split_once('/') {
        Some((rest, "x")) => (rest, Base::Hex),
        Some((rest, "o")) => (rest, Base::Octal),
        Some((rest, _)) => (rest, Base::Decimal),
        None => (rest, Base::Decimal),
    };
    let (kind, table) = match rest.split_once('@') {
        Some((kind, table)) => (kind, Some(table)),
        None => (rest, None),
    };
    let kind = match kind {
        "INT8" | "INT16" | "INT32" | "INT64" => Kind::Signed,
        "UINT8" | "UINT16" | "UINT32" | "UINT64" | "RELTIME" | "ABSTIME" | "PORT" | "L4PROTO"
        | "SOCKFAMILY" | "SIGSET" => Kind::Unsigned,
        "FLAGS8" | "FLAGS16" | "FLAGS32" | "ENUMFLAGS8" | "ENUMFLAGS16" | "ENUMFLAGS32" | "MODE" => {
            Kind::Flags
        }
        "CHARBUF" => Kind::Text,
        "FSPATH" => Kind::Path,
        "FSRELPATH" => Kind::RelativePath,
        "BYTEBUF" => Kind::Bytes,
        "ERRNO" => Kind::Errno,
        "FD" => Kind::Fd,
        "PID" => Kind::Pid,
        "UID" => Kind::User,
        "GID" => Kind::Group,
        "SIGTYPE" => Kind::Signal,
        "SYSCALLID" => Kind::Syscall,
        "BOOL" => Kind::Bool,
        "SOCKADDR" => Kind::Address,
        "SOCKTUPLE" => Kind::Tuple,
        "FDLIST" => Kind::FdList,
        "DYN" => Kind::Dynamic,
        _ => Kind::Other,
    };
    Some(Parameter { name, kind, flags: table.and_then(flags::table), base })
}

fn action(name: &str) -> Action {
    match name {
        "open" | "openat" | "openat2" | "creat" | "open_by_handle_at" => Action::Open,
        "close" => Action::Close,
        "clone" | "clone3" | "fork" | "vfork" => Action::Clone,
        "execve" | "execveat" => Action::Exec,
        "procexit" => Action::Exit,
        "socket" => Action::Socket,
        "connect" => Action::Connect,
        "bind" => Action::Bind,
        "listen" => Action::Listen,
        "accept" | "accept4" => Action::Accept,
        "sendto" | "sendmsg" | "recvfrom" | "recvmsg" | "sendmmsg" | "recvmmsg" => Action::Transfer,
        "dup" | "dup2" | "dup3" | "fcntl" => Action::Duplicate,
        "pipe" | "pipe2" => Action::Pipe,
        "socketpair" => Action::SocketPair,
        "eventfd" | "eventfd2" => Action::Create(FdKind::Event),
        "signalfd" | "signalfd4" => Action::Create(FdKind::Signal),
        "timerfd_create" => Action::Create(FdKind::Timer),
        "inotify_init" | "inotify_init1" => Action::Create(FdKind::Inotify),
        "epoll_create" | "epoll_create1" => Action::Create(FdKind::Poll),
        "userfaultfd" => Action::Create(FdKind::UserFault),
        "io_uring_setup" => Action::Create(FdKind::IoUring),
        "memfd_create" => Action::Create(FdKind::Memory),
        "pidfd_open" => Action::Create(FdKind::Process),
        "bpf" => Action::Create(FdKind::Bpf),
        "chdir" => Action::ChangeDirectory,
        "fchdir" => Action::ChangeDirectoryByFd,
        "setuid" | "setresuid" | "setreuid" => Action::SetUser,
        "setgid" | "setresgid" | "setregid" => Action::SetGroup,
        "setsid" => Action::SetSession,
        "setpgid" => Action::SetProcessGroup,
        "capset" => Action::SetCapabilities,
        "prctl" => Action::SetName,
        "container" | "asyncevent" => Action::Container,
        "useradded" => Action::User { added: true },
        "userdeleted" => Action::User { added: false },
        "groupadded" => Action::Group { added: true },
        "groupdeleted" => Action::Group { added: false },
        _ => Action::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_every_number_is_its_place() {
        assert_eq!(TABLE.len(), 430);
        assert!(TABLE.iter().enumerate().all(|(index, info)| usize::from(info.number) == index));
        let openat = info(307).unwrap();
        assert_eq!((openat.name, openat.action, openat.is_enter()), ("openat", Action::Open, false));
        assert_eq!(openat.position("name"), Some(2));
        assert!(openat.creates_fd() && openat.parameters[3].flags.is_some());
        assert!(info(322).unwrap().is_large() && info(234).unwrap().is_hidden());
        // What `NA` stands for is not seen.
        assert!(TABLE.iter().filter(|info| info.name.starts_with("NA")).all(EventInfo::is_hidden));
    }
}
