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
    /// The parent, and through it all known ancestors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Arc<Process>>,
}

impl Process {
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
