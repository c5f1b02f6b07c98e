//! Names of flags (`flags.txt`), errors and signals, by the kernel's numbers.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Names and values, in the order in which they are written.
#[derive(Debug)]
pub(super) struct Flags(Vec<(&'static str, u32)>);

static TABLES: LazyLock<HashMap<&'static str, Flags>> = LazyLock::new(|| {
    let lines = include_str!("flags.txt").lines().filter(|line| !line.starts_with('#'));
    let pair = |word: &'static str| {
        let (name, value) = word.split_once('=')?;
        let value = match value.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => value.parse(),
        };
        Some((name, value.ok()?))
    };
    let tables = lines.filter_map(|line| line.split_once(' '));
    tables.map(|(name, words)| (name, Flags(words.split(' ').filter_map(pair).collect()))).collect()
});

pub(super) fn table(name: &str) -> Option<&'static Flags> {
    TABLES.get(name)
}

impl Flags {
    /// The names of the bits, joined by `|`.
    pub(super) fn names(&self, value: u32) -> Option<String> {
        let names = self.0.iter().filter(|(_, bit)| *bit != 0 && value & bit == *bit).map(|(name, _)| *name);
        let names: Vec<&str> = names.collect();
        (!names.is_empty()).then(|| names.join("|"))
    }

    /// The one name of the value.
    pub(super) fn name(&self, value: u32) -> Option<String> {
        self.0.iter().find(|(_, number)| *number == value).map(|(name, _)| (*name).to_owned())
    }
}

const ERRNO: &str = "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK \
    EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE \
    EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP";

/// The name of a negative result, of the errors that files and processes have.
pub(super) fn errno(result: i64) -> Option<String> {
    let number = usize::try_from(result.checked_neg()?).ok()?;
    let later = || {
        Some(match number {
            88 => "ENOTSOCK",
            95 => "EOPNOTSUPP",
            97 => "EAFNOSUPPORT",
            98 => "EADDRINUSE",
            99 => "EADDRNOTAVAIL",
            101 => "ENETUNREACH",
            104 => "ECONNRESET",
            106 => "EISCONN",
            107 => "ENOTCONN",
            111 => "ECONNREFUSED",
            113 => "EHOSTUNREACH",
            116 => "ESTALE",
            _ => return None,
        })
    };
    ERRNO.split_ascii_whitespace().nth(number.checked_sub(1)?).or_else(later).map(str::to_owned)
}

const SIGNALS: &str = "SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE \
    SIGALRM SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF \
    SIGWINCH SIGIO SIGPWR SIGSYS";

/// The name of a signal.
pub(super) fn signal(number: u32) -> Option<String> {
    SIGNALS.split_ascii_whitespace().nth(usize::try_from(number.checked_sub(1)?).ok()?).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_numbers() {
        assert_eq!(table("ptrace").unwrap().name(0x4206).as_deref(), Some("PTRACE_SEIZE"));
        assert_eq!(table("mode").unwrap().names(0o4755).unwrap().rsplit_once('|').unwrap().1, "S_ISUID");
        assert_eq!(table("clone").unwrap().names(0), None);
        assert_eq!(
            (errno(-1).as_deref(), errno(-95).as_deref(), errno(3)),
            (Some("EPERM"), Some("EOPNOTSUPP"), None)
        );
        assert_eq!((signal(9).as_deref(), signal(0)), (Some("SIGKILL"), None));
    }
}
