//! Names of flags, errors, signals. The tables are data (`flags.txt`); the numbers of a file's own flags are libscap's,
//! the same on every architecture.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A table of flags: names and values, in the order in which they are written.
#[derive(Debug)]
pub(super) struct Flags(Vec<(&'static str, u32)>);

static TABLES: LazyLock<HashMap<&'static str, Flags>> = LazyLock::new(|| {
    let lines = include_str!("flags.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut words = line.split(' ');
            let name = words.next()?;
            let pair = |word: &'static str| {
                let (name, value) = word.split_once('=')?;
                Some((name, value.parse().ok()?))
            };
            Some((name, Flags(words.filter_map(pair).collect())))
        })
        .collect()
});

pub(super) fn table(name: &str) -> Option<&'static Flags> {
    TABLES.get(name)
}

impl Flags {
    /// The names of `value`, joined by `|`: an entry that is the whole value ends the list.
    pub(super) fn names(&self, value: u32) -> String {
        let mut names = Vec::new();
        let mut left = value;
        for (name, bits) in &self.0 {
            if *bits == value {
                names.push(*name);
                break;
            }
            if left & bits == *bits && *bits != 0 {
                names.push(name);
                left &= !bits;
            }
        }
        names.join("|")
    }
}

/// Names of the numbers of errno(3), from 1.
const ERRNO: &str = "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK \
    EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE \
    EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG \
    EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG \
    EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD \
    ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT \
    EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH \
    ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN \
    EHOSTUNREACH EALREADY EINPROGRESS ESTALE";

/// The name of a negative result.
pub(super) fn errno(result: i64) -> Option<&'static str> {
    let number = usize::try_from(result.checked_neg()?).ok()?;
    ERRNO.split_ascii_whitespace().nth(number.checked_sub(1)?).filter(|name| *name != "-")
}

const SIGNALS: &str = "SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE \
    SIGALRM SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF \
    SIGWINCH SIGIO SIGPWR SIGSYS";

/// The name of a signal.
pub(super) fn signal(number: u64) -> Option<&'static str> {
    SIGNALS.split_ascii_whitespace().nth(usize::try_from(number.checked_sub(1)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_numbers() {
        let file = table("file_flags").unwrap();
        assert_eq!(file.names(4097), "O_RDONLY|O_CLOEXEC");
        assert_eq!(file.names(3), "O_RDWR");
        assert_eq!(file.names(4 | 2 | 256), "O_TRUNC|O_CREAT|O_WRONLY");
        assert_eq!(table("access_flags").unwrap().names(0), "F_OK");
        assert_eq!(
            (errno(-2), errno(-115), errno(0), errno(-41)),
            (Some("ENOENT"), Some("EINPROGRESS"), None, None)
        );
        assert_eq!((signal(9), signal(0), signal(77)), (Some("SIGKILL"), None, None));
    }
}
