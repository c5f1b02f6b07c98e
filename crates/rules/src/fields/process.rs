//! The process and its ancestors.

use std::borrow::Cow;

use seawall_events::{Event, Process};

use super::Argument;
use super::value::{Value, number, text};

/// The arguments after `argv[0]`, joined by blanks.
pub(super) fn args(process: &Process) -> String {
    process.args.get(1..).unwrap_or_default().join(" ")
}

/// `argv[0]`.
pub(super) fn exe(process: &Process) -> &str {
    process.args.first().map_or(process.exe_path.as_str(), String::as_str)
}

/// `argv[0]` and all arguments.
pub(super) fn exe_line(process: &Process) -> String {
    process.args.join(" ")
}

/// Ancestor number `argument` (0 is the process itself, 1 its parent), or all ancestors without one.
pub(super) fn ancestors<'a>(
    event: &'a Event,
    argument: &Argument,
    get: fn(&'a Process) -> Cow<'a, str>,
) -> Option<Value<'a>> {
    match argument {
        Argument::Index(0) => text(get(&event.process)),
        Argument::Index(index) => text(get(event.process.ancestors().nth(index - 1)?)),
        _ => Some(Value::Texts(event.process.ancestors().map(get).collect())),
    }
}

/// The pid of an ancestor.
pub(super) fn ancestor_pid(event: &Event, argument: &Argument) -> Option<Value<'static>> {
    match argument {
        Argument::Index(0) => number(event.process.pid),
        Argument::Index(index) => number(event.process.ancestors().nth(index - 1)?.pid),
        _ => number(event.process.ppid),
    }
}

/// Nanoseconds from a process's start to the event.
pub(super) fn duration(event: &Event, process: &Process) -> Option<Value<'static>> {
    if process.started == 0 { None } else { number(event.time.saturating_sub(process.started)) }
}

/// The user's name; root's where no passwd file gives one.
pub(super) fn user(process: &Process) -> Option<Value<'_>> {
    match &process.user {
        Some(name) => text(name.as_str()),
        None if process.uid == 0 => text("root"),
        None => None,
    }
}
