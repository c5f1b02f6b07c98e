//! What the event itself carries: the call's arguments and result, files and sockets.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use seawall_events::{Event, EventKind, Protocol};

use super::value::{Value, number, text};
use super::{Argument, process};

/// The numbers of errno(3) on Linux, from 1; the same on x86_64 and arm64.
#[rustfmt::skip]
const ERRNO: [&str; 133] = [
    "EPERM", "ENOENT", "ESRCH", "EINTR", "EIO", "ENXIO", "E2BIG", "ENOEXEC", "EBADF", "ECHILD", "EAGAIN", "ENOMEM",
    "EACCES", "EFAULT", "ENOTBLK", "EBUSY", "EEXIST", "EXDEV", "ENODEV", "ENOTDIR", "EISDIR", "EINVAL", "ENFILE",
    "EMFILE", "ENOTTY", "ETXTBSY", "EFBIG", "ENOSPC", "ESPIPE", "EROFS", "EMLINK", "EPIPE", "EDOM", "ERANGE",
    "EDEADLK", "ENAMETOOLONG", "ENOLCK", "ENOSYS", "ENOTEMPTY", "ELOOP", "", "ENOMSG", "EIDRM", "ECHRNG", "EL2NSYNC",
    "EL3HLT", "EL3RST", "ELNRNG", "EUNATCH", "ENOCSI", "EL2HLT", "EBADE", "EBADR", "EXFULL", "ENOANO", "EBADRQC",
    "EBADSLT", "", "EBFONT", "ENOSTR", "ENODATA", "ETIME", "ENOSR", "ENONET", "ENOPKG", "EREMOTE", "ENOLINK", "EADV",
    "ESRMNT", "ECOMM", "EPROTO", "EMULTIHOP", "EDOTDOT", "EBADMSG", "EOVERFLOW", "ENOTUNIQ", "EBADFD", "EREMCHG",
    "ELIBACC", "ELIBBAD", "ELIBSCN", "ELIBMAX", "ELIBEXEC", "EILSEQ", "ERESTART", "ESTRPIPE", "EUSERS", "ENOTSOCK",
    "EDESTADDRREQ", "EMSGSIZE", "EPROTOTYPE", "ENOPROTOOPT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EOPNOTSUPP",
    "EPFNOSUPPORT", "EAFNOSUPPORT", "EADDRINUSE", "EADDRNOTAVAIL", "ENETDOWN", "ENETUNREACH", "ENETRESET",
    "ECONNABORTED", "ECONNRESET", "ENOBUFS", "EISCONN", "ENOTCONN", "ESHUTDOWN", "ETOOMANYREFS", "ETIMEDOUT",
    "ECONNREFUSED", "EHOSTDOWN", "EHOSTUNREACH", "EALREADY", "EINPROGRESS", "ESTALE", "EUCLEAN", "ENOTNAM", "ENAVAIL",
    "EISNAM", "EREMOTEIO", "EDQUOT", "ENOMEDIUM", "EMEDIUMTYPE", "ECANCELED", "ENOKEY", "EKEYEXPIRED", "EKEYREVOKED",
    "EKEYREJECTED", "EOWNERDEAD", "ENOTRECOVERABLE", "ERFKILL", "EHWPOISON",
];

/// The call's raw result; a program that was started returned 0.
pub(super) fn raw_result(event: &Event) -> Option<i64> {
    match event.kind {
        EventKind::Exec => Some(0),
        EventKind::Open { result, .. } | EventKind::Connect { result, .. } => Some(result),
        EventKind::Exit { .. } => None,
    }
}

/// `SUCCESS`, or the name of the error.
pub(super) fn result(event: &Event) -> Option<Value<'static>> {
    let raw = raw_result(event)?;
    if raw >= 0 {
        return text("SUCCESS");
    }
    let number = usize::try_from(raw.checked_neg()?).ok()?;
    match ERRNO.get(number - 1) {
        Some(name) if !name.is_empty() => text(*name),
        _ => text(number.to_string()),
    }
}

/// The path of an open.
pub(super) fn path(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Open { path, .. } => Some(path),
        _ => None,
    }
}

/// Up to the last slash; `/` for what lies in the root.
pub(super) fn directory(path: &str) -> Option<Value<'_>> {
    match path.rsplit_once('/')? {
        ("", _) => text("/"),
        (directory, _) => text(directory),
    }
}

/// Behind the last slash.
pub(super) fn file_name(path: &str) -> Option<Value<'_>> {
    text(path.rsplit_once('/').map_or(path, |(_, name)| name))
}

/// The far side of a connection.
pub(super) fn remote(event: &Event) -> Option<(IpAddr, u16, Protocol)> {
    match event.kind {
        EventKind::Connect { address, port, protocol, .. } => Some((address.to_canonical(), port, protocol)),
        _ => None,
    }
}

pub(super) fn remote_address(event: &Event) -> Option<Value<'static>> {
    remote(event).map(|(address, ..)| Value::Address(address))
}

pub(super) fn remote_port(event: &Event) -> Option<Value<'static>> {
    remote(event).and_then(|(_, port, _)| number(port))
}

/// Path or far side.
pub(super) fn fd_name(event: &Event) -> Option<Value<'_>> {
    match remote(event) {
        Some((address, port, _)) => text(SocketAddr::new(address, port).to_string()),
        None => text(path(event)?),
    }
}

/// `f`, `4` or `6`.
pub(super) fn type_char(event: &Event) -> Option<&'static str> {
    match &event.kind {
        EventKind::Open { .. } => Some("f"),
        EventKind::Connect { .. } => {
            remote(event).map(|(address, ..)| if address.is_ipv4() { "4" } else { "6" })
        }
        _ => None,
    }
}

/// The descriptor of an open; -1 for a failed one.
pub(super) fn fd_number(event: &Event) -> Option<Value<'static>> {
    match event.kind {
        EventKind::Open { result, .. } => number(result.max(-1)),
        _ => None,
    }
}

/// Whether an open asks for reading, for writing.
pub(super) fn modes(event: &Event) -> Option<(bool, bool)> {
    match event.kind {
        // O_ACCMODE: O_RDONLY 0, O_WRONLY 1, O_RDWR 2.
        EventKind::Open { flags, .. } => Some((matches!(flags & 3, 0 | 2), matches!(flags & 3, 1 | 2))),
        _ => None,
    }
}

/// The flags of open(2) by name, as Falco writes them (values of x86_64).
fn flag_names(flags: u32) -> String {
    const NAMES: [(u32, &str); 13] = [
        (0o100, "O_CREAT"),
        (0o200, "O_EXCL"),
        (0o1000, "O_TRUNC"),
        (0o2000, "O_APPEND"),
        (0o4000, "O_NONBLOCK"),
        (0o10000, "O_DSYNC"),
        (0o40000, "O_DIRECT"),
        (0o100_000, "O_LARGEFILE"),
        (0o200_000, "O_DIRECTORY"),
        (0o2_000_000, "O_CLOEXEC"),
        (0o4_000_000, "O_SYNC"),
        (0o10_000_000, "O_PATH"),
        (0o20_000_000, "O_TMPFILE"),
    ];
    let mut all = vec![match flags & 3 {
        0 => "O_RDONLY",
        1 => "O_WRONLY",
        _ => "O_RDWR",
    }];
    all.extend(NAMES.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name));
    all.join("|")
}

/// One argument of the call by Falco's name for it, or all of them as `name=value`.
pub(super) fn argument<'a>(event: &'a Event, argument: &Argument) -> Option<Value<'a>> {
    let all = all(event);
    match argument {
        Argument::Name(name) => {
            let at = name.parse::<usize>().ok();
            let mut found =
                all.into_iter().enumerate().find(|(i, (known, _))| at == Some(*i) || known == name)?;
            text(std::mem::take(&mut found.1.1))
        }
        _ if all.is_empty() => None,
        _ => {
            let written: Vec<String> = all.iter().map(|(name, value)| format!("{name}={value}")).collect();
            text(written.join(" "))
        }
    }
}

fn all(event: &Event) -> Vec<(&'static str, Cow<'_, str>)> {
    let who = &event.process;
    match &event.kind {
        EventKind::Exec => vec![
            ("res", "0".into()),
            ("exe", process::exe(who).into()),
            ("args", process::args(who).into()),
            ("pid", who.pid.to_string().into()),
            ("ptid", who.ppid.to_string().into()),
            ("cwd", who.cwd.as_deref().unwrap_or_default().into()),
            ("comm", who.name.as_str().into()),
            ("filename", who.exe_path.as_str().into()),
            ("uid", who.uid.to_string().into()),
        ],
        EventKind::Open { path, flags, result, .. } => vec![
            ("fd", result.to_string().into()),
            ("name", path.as_str().into()),
            ("path", path.as_str().into()),
            ("flags", flag_names(*flags).into()),
        ],
        EventKind::Connect { result, .. } => vec![
            ("res", result.to_string().into()),
            ("tuple", fd_name(event).map_or_else(String::new, |value| value.text().into_owned()).into()),
        ],
        EventKind::Exit { status } => vec![("status", status.to_string().into())],
    }
}
