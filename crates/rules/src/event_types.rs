//! Event types: which there are, which of them a condition can hold for, and which Seawall's sensor delivers.

use std::collections::BTreeSet;

use seawall_events::EventKind;
use serde::{Deserialize, Serialize};

/// The kinds of event that the event model has: what a sensor may be asked to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A program is started.
    Exec,
    /// A file is opened.
    Open,
    /// A connection is begun.
    Connect,
    /// A process ends.
    Exit,
}

/// The types that events of the model have, with their kind.
pub(crate) const DELIVERED: [(&str, Kind); 7] = [
    ("execve", Kind::Exec),
    ("open", Kind::Open),
    ("openat", Kind::Open),
    ("openat2", Kind::Open),
    ("creat", Kind::Open),
    ("connect", Kind::Connect),
    ("procexit", Kind::Exit),
];

/// Further system calls that the sensor tells as they are; a test of the sensor holds its own list against this one.
pub(crate) const CALLS: [&str; 49] = [
    "ptrace",
    "memfd_create",
    "mount",
    "umount",
    "umount2",
    "setns",
    "unshare",
    "chmod",
    "fchmodat",
    "fchmod",
    "unlink",
    "unlinkat",
    "rmdir",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
    "symlink",
    "symlinkat",
    "link",
    "linkat",
    "dup",
    "dup2",
    "dup3",
    "socket",
    "bind",
    "listen",
    "accept",
    "accept4",
    "sendto",
    "sendmsg",
    "kill",
    "tkill",
    "tgkill",
    "setuid",
    "setgid",
    "setresuid",
    "capset",
    "init_module",
    "finit_module",
    "bpf",
    "userfaultfd",
    "io_uring_setup",
    "prctl",
    "chroot",
    "pivot_root",
    "open_by_handle_at",
    "process_vm_writev",
];

/// Whether events of that type come from the sensor, and not from captures alone.
pub fn delivered(name: &str) -> bool {
    DELIVERED.iter().any(|(one, _)| *one == name) || CALLS.contains(&name)
}

/// The type of an event.
pub(crate) fn type_of(kind: &EventKind) -> &str {
    match kind {
        EventKind::Exec => "execve",
        EventKind::Open { syscall, .. } => syscall,
        EventKind::Connect { .. } => "connect",
        EventKind::Exit { .. } => "procexit",
        EventKind::Call(call) => &call.name,
        // What events of a plugin are called.
        EventKind::Audit(_) => "pluginevent",
    }
}

/// A set of event types: those listed, or all but those listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Types {
    all_but: bool,
    names: BTreeSet<String>,
}

impl Types {
    pub(crate) fn all() -> Self {
        Self { all_but: true, names: BTreeSet::new() }
    }

    pub(crate) fn none() -> Self {
        Self { all_but: false, names: BTreeSet::new() }
    }

    pub(crate) fn of(names: impl IntoIterator<Item = String>) -> Self {
        Self { all_but: false, names: names.into_iter().collect() }
    }

    pub(crate) fn complement(mut self) -> Self {
        self.all_but = !self.all_but;
        self
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        let (a, b) = (&self.names, &other.names);
        let (all_but, names) = match (self.all_but, other.all_but) {
            (false, false) => (false, a.intersection(b).cloned().collect()),
            (false, true) => (false, a.difference(b).cloned().collect()),
            (true, false) => (false, b.difference(a).cloned().collect()),
            (true, true) => (true, a.union(b).cloned().collect()),
        };
        Self { all_but, names }
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        self.clone().complement().and(&other.clone().complement()).complement()
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name) != self.all_but
    }

    /// Whether it names what it holds, instead of what it does not.
    pub(crate) fn is_bounded(&self) -> bool {
        !self.all_but
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// Which types a condition can be true for, and which it can be false for: both are needed to see through `not`.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    pub(crate) holds: Types,
    pub(crate) fails: Types,
}

impl Reach {
    /// Of a check on anything but the event's type.
    pub(crate) fn any() -> Self {
        Self { holds: Types::all(), fails: Types::all() }
    }

    /// Of a check that the type is one of `names`.
    pub(crate) fn types(names: impl IntoIterator<Item = String>) -> Self {
        let holds = Types::of(names);
        Self { fails: holds.clone().complement(), holds }
    }

    pub(crate) fn not(self) -> Self {
        Self { holds: self.fails, fails: self.holds }
    }

    pub(crate) fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self { holds: Types::all(), fails: Types::none() }, |all, part| Self {
            holds: all.holds.and(&part.holds),
            fails: all.fails.or(&part.fails),
        })
    }

    pub(crate) fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::and(parts.into_iter().map(Self::not)).not()
    }
}

/// The names that `evt.type` may have: the system calls of Linux, and Falco's own events.
#[rustfmt::skip]
pub(crate) const NAMES: &[&str] = &[
    // What captures call some of them.
    "cpu_hotplug", "fstat64", "groupadded", "groupdeleted", "k8s", "llseek", "lstat64", "mesos", "mmap2",
    "pread", "prlimit", "pwrite", "stat64", "syscall", "sysdigevent", "tracer", "useradded", "userdeleted",
    // The kernel's names.
    "_sysctl", "accept", "accept4", "access", "acct", "add_key", "adjtimex", "afs_syscall", "alarm",
    "arch_prctl", "asyncevent", "bind", "bpf", "brk", "capget", "capset", "chdir", "chmod", "chown",
    "chroot", "clock_adjtime", "clock_getres", "clock_gettime", "clock_nanosleep", "clock_settime",
    "clone", "clone3", "close", "close_range", "connect", "container", "copy_file_range", "creat",
    "create_module", "delete_module", "drop", "dup", "dup2", "dup3", "epoll_create", "epoll_create1",
    "epoll_ctl", "epoll_ctl_old", "epoll_pwait", "epoll_pwait2", "epoll_wait", "epoll_wait_old", "eventfd",
    "eventfd2", "execve", "execveat", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64",
    "fallocate", "fanotify_init", "fanotify_mark", "fchdir", "fchmod", "fchmodat", "fchown", "fchownat",
    "fcntl", "fdatasync", "fgetxattr", "finit_module", "flistxattr", "flock", "fork", "fremovexattr",
    "fsconfig", "fsetxattr", "fsmount", "fsopen", "fspick", "fstat", "fstatfs", "fsync", "ftruncate",
    "futex", "futex_waitv", "futimesat", "generic", "get_kernel_syms", "get_mempolicy", "get_robust_list",
    "get_thread_area", "getcpu", "getcwd", "getdents", "getdents64", "getegid", "geteuid", "getgid",
    "getgroups", "getitimer", "getpeername", "getpgid", "getpgrp", "getpid", "getpmsg", "getppid",
    "getpriority", "getrandom", "getresgid", "getresuid", "getrlimit", "getrusage", "getsid",
    "getsockname", "getsockopt", "gettid", "gettimeofday", "getuid", "getxattr", "infra", "init_module",
    "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "io_cancel", "io_destroy",
    "io_getevents", "io_pgetevents", "io_setup", "io_submit", "io_uring_enter", "io_uring_register",
    "io_uring_setup", "ioctl", "ioperm", "iopl", "ioprio_get", "ioprio_set", "kcmp", "kexec_file_load",
    "kexec_load", "keyctl", "kill", "landlock_add_rule", "landlock_create_ruleset",
    "landlock_restrict_self", "lchown", "lgetxattr", "link", "linkat", "listen", "listxattr", "llistxattr",
    "lookup_dcookie", "lremovexattr", "lseek", "lsetxattr", "lstat", "madvise", "mbind", "membarrier",
    "memfd_create", "memfd_secret", "migrate_pages", "mincore", "mkdir", "mkdirat", "mknod", "mknodat",
    "mlock", "mlock2", "mlockall", "mmap", "modify_ldt", "mount", "mount_setattr", "move_mount",
    "move_pages", "mprotect", "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend",
    "mq_unlink", "mremap", "msgctl", "msgget", "msgrcv", "msgsnd", "msync", "munlock", "munlockall",
    "munmap", "name_to_handle_at", "nanosleep", "newfstatat", "nfsservctl", "notification", "open",
    "open_by_handle_at", "open_tree", "openat", "openat2", "page_fault", "pause", "perf_event_open",
    "personality", "pidfd_getfd", "pidfd_open", "pidfd_send_signal", "pipe", "pipe2", "pivot_root",
    "pkey_alloc", "pkey_free", "pkey_mprotect", "pluginevent", "poll", "ppoll", "prctl", "pread64",
    "preadv", "preadv2", "prlimit64", "process_madvise", "process_mrelease", "process_vm_readv",
    "process_vm_writev", "procexit", "procinfo", "pselect6", "ptrace", "putpmsg", "pwrite64", "pwritev",
    "pwritev2", "query_module", "quotactl", "quotactl_fd", "read", "readahead", "readlink", "readlinkat",
    "readv", "reboot", "recv", "recvfrom", "recvmmsg", "recvmsg", "remap_file_pages", "removexattr",
    "rename", "renameat", "renameat2", "request_key", "restart_syscall", "rmdir", "rseq", "rt_sigaction",
    "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend",
    "rt_sigtimedwait", "rt_tgsigqueueinfo", "sched_get_priority_max", "sched_get_priority_min",
    "sched_getaffinity", "sched_getattr", "sched_getparam", "sched_getscheduler", "sched_rr_get_interval",
    "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield", "seccomp",
    "security", "select", "semctl", "semget", "semop", "semtimedop", "send", "sendfile", "sendmmsg",
    "sendmsg", "sendto", "set_mempolicy", "set_mempolicy_home_node", "set_robust_list", "set_thread_area",
    "set_tid_address", "setdomainname", "setfsgid", "setfsuid", "setgid", "setgroups", "sethostname",
    "setitimer", "setns", "setpgid", "setpriority", "setregid", "setresgid", "setresuid", "setreuid",
    "setrlimit", "setsid", "setsockopt", "settimeofday", "setuid", "setxattr", "shmat", "shmctl", "shmdt",
    "shmget", "shutdown", "sigaltstack", "signaldeliver", "signalfd", "signalfd4", "sigreturn", "socket",
    "socketcall", "socketpair", "splice", "stat", "statfs", "statx", "swapoff", "swapon", "switch",
    "symlink", "symlinkat", "sync", "sync_file_range", "syncfs", "sysfs", "sysinfo", "syslog", "tee",
    "tgkill", "time", "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime",
    "timerfd_create", "timerfd_gettime", "timerfd_settime", "times", "tkill", "truncate", "tuxcall",
    "umask", "umount", "umount2", "uname", "unlink", "unlinkat", "unshare", "uselib", "userfaultfd",
    "ustat", "utime", "utimensat", "utimes", "vfork", "vhangup", "vmsplice", "vserver", "wait4", "waitid",
    "waitpid", "write", "writev",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Reach {
        Reach::types(names.iter().map(|name| (*name).to_owned()))
    }

    #[test]
    fn reach_sees_through_not_and_or() {
        let reach = Reach::and([of(&["open", "openat"]), Reach::any(), of(&["open"]).not()]);
        assert_eq!(reach.holds, Types::of(["openat".to_owned()]));
        assert!(!Reach::or([of(&["open"]), Reach::any()]).holds.is_bounded());
        // `not (type = open and x)` can hold for `open` too, when x fails.
        assert!(Reach::and([of(&["open"]), Reach::any()]).not().holds.contains("open"));
        assert!(!Reach::or([of(&["open"]), Reach::any()]).not().holds.contains("open"));
    }
}
