//! One thing that a process did.

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Audit, Call, Container, Process};

/// One thing that a process did, with all that rules may ask about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Counts up from 1 in one capture or one run of the sensor.
    pub number: u64,
    /// Nanoseconds since the Unix epoch.
    pub time: u64,
    /// The processor it happened on.
    #[serde(default)]
    pub cpu: u32,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
    /// Who did it; for [`EventKind::Exec`] the process as it is after the call.
    pub process: Arc<Process>,
    /// The container it runs in; none on the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Arc<Container>>,
}

/// What happened. Falco's event names (`evt.type`) in brackets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum EventKind {
    /// A program was started [`execve`].
    Exec,
    /// A file was opened or the attempt failed [`open`, `openat`, `openat2`, `creat`].
    Open {
        /// Absolute where the sensor could resolve it.
        path: String,
        /// The flags of open(2), as the kernel takes them.
        flags: u32,
        /// The file descriptor, or a negative errno.
        result: i64,
        /// The system call: `open`, `openat`, `openat2` or `creat`.
        syscall: String,
    },
    /// An outbound connection was begun [`connect`].
    Connect {
        /// TCP or UDP.
        protocol: Protocol,
        /// The far address.
        address: IpAddr,
        /// The far port.
        port: u16,
        /// Zero, or a negative errno (`EINPROGRESS` for a non-blocking socket).
        result: i64,
    },
    /// A process ended [`procexit`].
    Exit {
        /// As wait(2) gives it.
        status: i32,
    },
    /// Any system call or other event of the kernel, as a capture recorded it.
    Call(Box<Call>),
    /// An entry of the Kubernetes audit log; such an event has no process.
    Audit(Box<Audit>),
}

impl EventKind {
    /// Falco's name for where it comes from: `syscall` or `k8s_audit`.
    pub fn source(&self) -> &'static str {
        match self {
            Self::Audit(_) => "k8s_audit",
            _ => "syscall",
        }
    }
}

/// The transport of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}
