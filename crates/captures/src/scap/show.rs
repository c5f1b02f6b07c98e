//! Parameters as arguments: their values, and how people read them.

use std::borrow::Cow;

use seawall_events::{Argument, ArgumentValue, FdKind};

use super::cursor::{Cursor, signed, text, unsigned};
use super::event::Raw;
use super::flags::{errno, signal};
use super::state::{State, address_text, tuple_text};
use super::table::{Base, Kind, Parameter};

/// Most bytes of one argument that are handed on.
const MAX_BYTES: usize = 64 << 10;

/// All arguments of an event. What a later version added at the end has no name here and is left out.
pub(super) fn arguments(raw: &Raw<'_>, state: &State) -> Vec<Argument> {
    let count = raw.parameters.count();
    let mut all = Vec::with_capacity(count.min(raw.info.parameters.len()));
    for (index, parameter) in raw.info.parameters.iter().enumerate().take(count) {
        let Some(bytes) = raw.parameters.get(index) else { break };
        let bytes = bytes.get(..MAX_BYTES).unwrap_or(bytes);
        let (value, shown) = value(parameter, bytes, raw, state);
        all.push(Argument { name: Cow::Borrowed(parameter.name), value, shown });
    }
    all
}

fn value(
    parameter: &Parameter,
    bytes: &[u8],
    raw: &Raw<'_>,
    state: &State,
) -> (ArgumentValue, Option<String>) {
    let number = || signed(bytes).unwrap_or_default();
    let natural = || unsigned(bytes).unwrap_or_default();
    match parameter.kind {
        Kind::Signed => (ArgumentValue::Number(number()), None),
        Kind::Unsigned => {
            let value = match parameter.base {
                Base::Hex => ArgumentValue::Hex(natural()),
                Base::Octal => ArgumentValue::Octal(natural() as u32),
                Base::Decimal => ArgumentValue::Unsigned(natural()),
            };
            (value, None)
        }
        Kind::Flags => {
            let names = parameter.flags.map(|flags| flags.names(natural() as u32));
            let value = match parameter.base {
                Base::Octal => ArgumentValue::Octal(natural() as u32),
                _ => ArgumentValue::Unsigned(natural()),
            };
            (value, names.filter(|names| !names.is_empty()))
        }
        Kind::Text => (ArgumentValue::Text(text(bytes)), None),
        Kind::Path | Kind::RelativePath => {
            let path = text(bytes);
            let absolute = state.absolute(raw.tid, directory(parameter, raw), &path).filter(|a| *a != path);
            (ArgumentValue::Text(path), absolute)
        }
        Kind::Errno => (ArgumentValue::Number(number()), errno(number()).map(str::to_owned)),
        Kind::Fd => {
            let fd = state.fd(raw.tid, number());
            let shown = match fd {
                Some(fd) if fd.kind == FdKind::Unknown && fd.name.is_empty() => None,
                Some(fd) => Some(format!("<{}>{}", fd.kind.character(), fd.name)),
                None => errno(number()).filter(|_| !raw.info.is_enter()).map(str::to_owned),
            };
            let shown = if number() == -100 { Some("AT_FDCWD".to_owned()) } else { shown };
            (ArgumentValue::Number(number()), shown)
        }
        Kind::Pid => (ArgumentValue::Number(number()), state.name_of(number()).map(str::to_owned)),
        Kind::User => {
            let name = u32::try_from(natural()).ok().and_then(|uid| state.user_name(uid));
            (ArgumentValue::Number(number()), name.map(str::to_owned))
        }
        Kind::Group => {
            let name = u32::try_from(natural()).ok().and_then(|gid| state.group_name(gid));
            (ArgumentValue::Number(number()), name.map(str::to_owned))
        }
        Kind::Signal => (ArgumentValue::Unsigned(natural()), signal(natural()).map(str::to_owned)),
        Kind::Syscall => (ArgumentValue::Unsigned(natural()), Some(raw.name().to_owned())),
        Kind::Bool => (ArgumentValue::Text((if natural() == 0 { "false" } else { "true" }).to_owned()), None),
        Kind::Address => (ArgumentValue::Text(address_text(bytes).unwrap_or_default()), None),
        Kind::Tuple => (ArgumentValue::Text(tuple_text(bytes).unwrap_or_default()), None),
        Kind::FdList => (ArgumentValue::Text(fd_list(bytes, raw, state)), None),
        Kind::Dynamic => dynamic(bytes),
        Kind::Bytes | Kind::Other => (ArgumentValue::Bytes(bytes.to_vec()), None),
    }
}

/// The descriptor of the directory that a relative path begins at: the parameter `olddirfd` of `oldpath`, `dirfd` of
/// the others.
fn directory(parameter: &Parameter, raw: &Raw<'_>) -> Option<i64> {
    let candidates: &[&str] = match parameter.name {
        "oldpath" => &["olddirfd", "olddir"],
        "newpath" => &["newdirfd", "newdir"],
        "linkpath" => &["linkdirfd"],
        _ => &["dirfd"],
    };
    candidates.iter().find_map(|name| raw.number(name))
}

/// `3:f1 4:41`: descriptor, its kind, events.
fn fd_list(bytes: &[u8], raw: &Raw<'_>, state: &State) -> String {
    let mut cursor = Cursor::new(bytes);
    let count = cursor.u16().unwrap_or(0);
    let mut parts = Vec::new();
    for _ in 0..count {
        let (Ok(number), Ok(events)) = (cursor.i64(), cursor.u16()) else { break };
        let kind = state.fd(raw.tid, number).map_or("", |fd| fd.kind.character());
        parts.push(format!("{number}:{kind}{events:x}"));
    }
    parts.join(" ")
}

/// The first byte says what follows; numbers of four or eight bytes are the usual.
fn dynamic(bytes: &[u8]) -> (ArgumentValue, Option<String>) {
    let rest = bytes.get(1..).unwrap_or_default();
    match signed(rest) {
        Some(number) => (ArgumentValue::Number(number), errno(number).map(str::to_owned)),
        None => (ArgumentValue::Bytes(rest.to_vec()), None),
    }
}
