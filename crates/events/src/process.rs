//! A process and its ancestors.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A process, as it was at the time of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Process id in the host's pid namespace.
    pub pid: u32,
    /// Process id in its own pid namespace.
    pub vpid: u32,
    /// The parent's process id in the host's namespace.
    pub ppid: u32,
    /// `comm`: at most fifteen bytes.
    pub name: String,
    /// Absolute path of the executable as the process sees it.
    pub exe_path: String,
    /// `argv`; the first is `argv[0]`.
    pub args: Vec<String>,
    /// Working directory, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// Effective user id in the host's user namespace.
    pub uid: u32,
    /// Effective group id in the host's user namespace.
    pub gid: u32,
    /// The user's name, where the container's or host's passwd file gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Controlling terminal's device number; 0 without one.
    #[serde(default)]
    pub tty: u32,
    /// Nanoseconds since the Unix epoch when it was started.
    #[serde(default)]
    pub started: u64,
    /// Thread id in the host's pid namespace; 0 stands for the main thread.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tid: u32,
    /// Thread id in its own pid namespace; 0 stands for the main thread.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub vtid: u32,
    /// Session id; 0 when unknown.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sid: u32,
    /// Process group in the host's pid namespace; 0 when unknown.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pgid: u32,
    /// Process group in its own pid namespace; 0 when unknown.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub vpgid: u32,
    /// The group's name, where the group file gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The user's home directory, where the passwd file gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// The user's login shell, where the passwd file gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shell: Option<String>,
    /// The user id of the login (`auid`); none when unknown or not logged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_uid: Option<u32>,
    /// The name of the user of the login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_user: Option<String>,
    /// Environment variables as `NAME=value`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// Capabilities, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
    /// What is known of the executable beside its path.
    #[serde(default)]
    pub executable: Executable,
    /// Memory and page faults, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// Nanoseconds since the Unix epoch when the first process of its pid namespace was started; 0 when unknown.
    #[serde(default)]
    pub namespace_started: u64,
    /// The parent, and through it all known ancestors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Arc<Process>>,
}

/// Sets of capabilities, one bit for each, as capabilities(7) numbers them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Those in force.
    pub effective: u64,
    /// Those that may be put in force.
    pub permitted: u64,
    /// Those that an executed program may keep.
    pub inheritable: u64,
}

/// What is known of an executable beside its path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Executable {
    /// Whether the process's user may write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writable: Option<bool>,
    /// Whether it lies in the upper layer of an overlay: it was not in the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upper_layer: Option<bool>,
    /// Whether it lies in a lower layer of an overlay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lower_layer: Option<bool>,
    /// Whether it lives in memory only (memfd_create(2)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_memory: Option<bool>,
    /// Inode; 0 when unknown.
    #[serde(default)]
    pub ino: u64,
    /// When the inode changed, in nanoseconds since the Unix epoch; 0 when unknown.
    #[serde(default)]
    pub ctime: u64,
    /// When the content changed, in nanoseconds since the Unix epoch; 0 when unknown.
    #[serde(default)]
    pub mtime: u64,
}

/// Memory and page faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// Virtual memory in KiB.
    pub vm_size: u32,
    /// Resident memory in KiB.
    pub vm_rss: u32,
    /// Swapped memory in KiB.
    pub vm_swap: u32,
    /// Major page faults since the start.
    pub major_faults: u64,
    /// Minor page faults since the start.
    pub minor_faults: u64,
    /// Most open file descriptors.
    pub fd_limit: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Process {
    /// The thread id: the pid for the main thread.
    pub fn thread_id(&self) -> u32 {
        if self.tid == 0 { self.pid } else { self.tid }
    }

    /// The farthest known ancestor of the same session, which leads it as far as is known.
    pub fn session_leader(&self) -> &Process {
        self.leader(|process| process.sid)
    }

    /// The farthest known ancestor of the same process group.
    pub fn group_leader(&self) -> &Process {
        self.leader(|process| process.vpgid)
    }

    fn leader(&self, group: impl Fn(&Process) -> u32) -> &Process {
        let mine = group(self);
        let mut leader = self;
        for ancestor in self.ancestors() {
            if mine == 0 || group(ancestor) != mine {
                break;
            }
            leader = ancestor;
        }
        leader
    }

    /// The ancestors, parent first.
    pub fn ancestors(&self) -> impl Iterator<Item = &Process> {
        std::iter::successors(self.parent.as_deref(), |process| process.parent.as_deref())
    }

    /// The command line as Falco writes it: the name and then the arguments after `argv[0]`.
    pub fn command_line(&self) -> String {
        let mut line = self.name.clone();
        for argument in self.args.iter().skip(1) {
            line.push(' ');
            line.push_str(argument);
        }
        line
    }
}
