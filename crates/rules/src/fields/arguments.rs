//! What the event itself carries: the call's arguments and result, files and sockets.

use std::borrow::Cow;
use std::net::SocketAddr;

use seawall_events::{ArgumentValue, Call, Direction, Event, EventKind};

use super::value::{Value, text};
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
    match &event.kind {
        EventKind::Exec => Some(0),
        EventKind::Open { result, .. } | EventKind::Connect { result, .. } => Some(*result),
        EventKind::Call(call) => call.result,
        EventKind::Exit { .. } | EventKind::Audit(_) => None,
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

/// Whether the event is the beginning of a call.
pub(super) fn is_enter(event: &Event) -> bool {
    matches!(&event.kind, EventKind::Call(call) if call.direction == Direction::Enter)
}

/// What an open asks for; of any other call, nothing of it.
#[derive(Default)]
pub(super) struct Open {
    pub(super) read: bool,
    pub(super) write: bool,
    pub(super) create: bool,
    pub(super) executable: bool,
}

pub(super) fn open(event: &Event) -> Option<Open> {
    match &event.kind {
        // O_ACCMODE: O_RDONLY 0, O_WRONLY 1, O_RDWR 2; O_CREAT.
        EventKind::Open { flags, result, .. } => Some(Open {
            read: matches!(flags & 3, 0 | 2),
            write: matches!(flags & 3, 1 | 2),
            create: flags & 0o100 != 0 && *result >= 0,
            executable: false,
        }),
        EventKind::Call(call) => Some(recorded_open(call)),
        _ => None,
    }
}

/// The flags of a capture are libscap's: reading 1, writing 2, creating 4, a temporary file 8192.
fn recorded_open(call: &Call) -> Open {
    const EXECUTE: i64 = 0o111;
    let is_open = matches!(&*call.name, "open" | "openat" | "openat2" | "open_by_handle_at");
    let ends = call.direction == Direction::Exit;
    let number = |name: &str| call.argument(name).and_then(|argument| argument.value.number()).unwrap_or(0);
    let executable = number("mode") & EXECUTE != 0;
    if call.name == "creat" && ends {
        return Open { executable, create: call.result.is_some_and(|result| result >= 0), ..Open::default() };
    }
    if !is_open || !ends {
        return Open::default();
    }
    let flags = number("flags");
    let creates = flags & (4 | 8192) != 0;
    Open {
        read: flags & 1 != 0,
        write: flags & 2 != 0,
        create: creates && call.result.is_some_and(|result| result >= 0),
        executable: creates && executable,
    }
}

/// The path that an open asked for and did not get.
pub(super) fn failed_open(event: &Event) -> Option<&str> {
    let EventKind::Call(call) = &event.kind else { return None };
    let is_open = matches!(&*call.name, "open" | "openat" | "openat2" | "creat");
    if !is_open || call.direction == Direction::Enter || call.fd.is_some() {
        return None;
    }
    let name = call.argument("name")?;
    match (&name.shown, &name.value) {
        (Some(shown), _) => Some(shown),
        (None, ArgumentValue::Text(path)) => Some(path),
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

/// One argument of the call by Falco's name for it, or all of them as `name=value`. `raw` numbers stay numbers.
pub(super) fn argument<'a>(event: &'a Event, argument: &Argument, raw: bool) -> Option<Value<'a>> {
    if let EventKind::Call(call) = &event.kind {
        return recorded_argument(call, argument, raw);
    }
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

fn recorded_argument<'a>(call: &'a Call, argument: &Argument, raw: bool) -> Option<Value<'a>> {
    let Argument::Name(name) = argument else {
        let written: Vec<String> = call
            .arguments
            .iter()
            // The number of a call without an event type is its name already.
            .filter(|one| !matches!(&*one.name, "ID" | "nativeID"))
            .map(|one| match &one.shown {
                Some(shown) => format!("{}={}({shown})", one.name, one.value.text()),
                None => format!("{}={}", one.name, one.value.text()),
            })
            .collect();
        return text(written.join(" "));
    };
    let found = match name.parse::<usize>() {
        Ok(index) => call.arguments.get(index),
        Err(_) => call.argument(name),
    }?;
    text(if raw { found.value.text() } else { found.text() })
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
        EventKind::Connect { result, address, port, .. } => vec![
            ("res", result.to_string().into()),
            ("tuple", SocketAddr::new(address.to_canonical(), *port).to_string().into()),
        ],
        EventKind::Exit { status } => vec![("status", status.to_string().into())],
        EventKind::Call(_) | EventKind::Audit(_) => Vec::new(),
    }
}
