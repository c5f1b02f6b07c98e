//! What a file descriptor stands for.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// What a file descriptor stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fd {
    /// Its kind.
    pub kind: FdKind,
    /// The path of a file, `client->server` of a connection, the path of a Unix socket.
    pub name: String,
    /// The path as the process gave it, where the call did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_name: Option<String>,
    /// The ends of an internet socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<Socket>,
    /// The flags it was opened with, in libscap's numbering; zero where unknown.
    #[serde(default)]
    pub flags: u32,
    /// Device number of a file; zero where unknown.
    #[serde(default)]
    pub dev: u32,
    /// Inode; zero where unknown.
    #[serde(default)]
    pub ino: u64,
}

/// The ends of an internet socket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Socket {
    /// Who connects; unknown for a socket that listens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<SocketAddr>,
    /// Who is connected to, or the address that is listened on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<SocketAddr>,
    /// `tcp`, `udp`, `icmp`, `raw`; empty where unknown.
    #[serde(default)]
    pub protocol: String,
    /// Whether this side is the server; none before it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_server: Option<bool>,
    /// Whether a connection stands.
    #[serde(default)]
    pub connected: bool,
}

impl Socket {
    /// The near side.
    pub fn local(&self) -> Option<SocketAddr> {
        if self.is_server == Some(true) { self.server } else { self.client }
    }

    /// The far side.
    pub fn remote(&self) -> Option<SocketAddr> {
        if self.is_server == Some(true) { self.client } else { self.server }
    }
}

/// The kinds of file descriptor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FdKind {
    /// Not told.
    #[default]
    Unknown,
    /// A file.
    File,
    /// A directory.
    Directory,
    /// An IPv4 socket.
    Ipv4,
    /// An IPv6 socket.
    Ipv6,
    /// A Unix socket.
    Unix,
    /// A pipe or named pipe.
    Pipe,
    /// eventfd(2).
    Event,
    /// signalfd(2).
    Signal,
    /// epoll(7).
    Poll,
    /// inotify(7).
    Inotify,
    /// timerfd_create(2).
    Timer,
    /// A netlink socket.
    Netlink,
    /// A BPF object.
    Bpf,
    /// userfaultfd(2).
    UserFault,
    /// io_uring(7).
    IoUring,
    /// memfd_create(2).
    Memory,
    /// pidfd_open(2).
    Process,
    /// A kind that the recorder did not know.
    Other,
}

impl FdKind {
    /// Falco's `fd.typechar`.
    pub fn character(self) -> &'static str {
        match self {
            Self::Unknown | Self::Other => "o",
            Self::File => "f",
            Self::Directory => "d",
            Self::Ipv4 => "4",
            Self::Ipv6 => "6",
            Self::Unix | Self::UserFault => "u",
            Self::Pipe => "p",
            Self::Event => "e",
            Self::Signal => "s",
            Self::Poll => "l",
            Self::Inotify => "i",
            Self::Timer => "t",
            Self::Netlink => "n",
            Self::Bpf => "b",
            Self::IoUring => "r",
            Self::Memory => "m",
            Self::Process => "P",
        }
    }

    /// Falco's `fd.type`; none for a kind that was not told.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Unknown => return None,
            Self::File => "file",
            Self::Directory => "directory",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Unix => "unix",
            Self::Pipe => "pipe",
            Self::Event => "event",
            Self::Signal => "signalfd",
            Self::Poll => "eventpoll",
            Self::Inotify => "inotify",
            Self::Timer => "timerfd",
            Self::Netlink => "netlink",
            Self::Bpf => "bpf",
            Self::UserFault => "userfaultfd",
            Self::IoUring => "iouring",
            Self::Memory => "memfd",
            Self::Process => "pidfd",
            Self::Other => "unsupported",
        })
    }

    /// Whether it has a path in the file system.
    pub fn is_path(self) -> bool {
        matches!(self, Self::File | Self::Directory)
    }

    /// Whether it is an internet socket.
    pub fn is_internet(self) -> bool {
        matches!(self, Self::Ipv4 | Self::Ipv6)
    }
}
