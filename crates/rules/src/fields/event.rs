//! `evt.*`: the event itself.

use seawall_events::{ArgumentValue, Call, Event, EventKind};

use super::arguments as call;
use super::table::{absent, field, recorded, with};
use super::value::{number, text, truth};
use super::{Argument, Field, Takes, Type, Value};
use crate::alert::{iso8601, time_of_day, timestamp};
use crate::event_types::type_of;

use Type::{Bool, Number, Text};

#[rustfmt::skip]
pub(super) static FIELDS: &[Field] = &[
    field("evt.num", Number, |e, _| number(e.number), "counts events"),
    field("evt.time", Text, |e, _| text(time_of_day(timestamp(e.time))), "time of day with nanoseconds, UTC"),
    field("evt.time.s", Text, |e, _| text(timestamp(e.time).strftime("%H:%M:%S").to_string()), "time of day, UTC"),
    field("evt.time.iso8601", Text, |e, _| text(iso8601(timestamp(e.time))), "date and time, UTC"),
    field("evt.datetime", Text, |e, _| text(timestamp(e.time).strftime("%Y-%m-%d %H:%M:%S.%9f").to_string()), "date and time, UTC"),
    field("evt.datetime.s", Text, |e, _| text(timestamp(e.time).strftime("%Y-%m-%d %H:%M:%S").to_string()), "date and time to the second, UTC"),
    field("evt.rawtime", Number, |e, _| number(e.time), "nanoseconds since the epoch"),
    field("evt.rawtime.s", Number, |e, _| number(e.time / 1_000_000_000), "seconds since the epoch"),
    field("evt.rawtime.ns", Number, |e, _| number(e.time % 1_000_000_000), "nanoseconds of the second"),
    field("evt.source", Text, |e, _| text(e.kind.source()), "the source of the event"),
    field("evt.type", Text, |e, _| text(type_of(&e.kind)), "the system call or kernel event"),
    with(Takes::Name, field("evt.type.is", Number, |e, a| match a { Argument::Name(name) => number(u8::from(type_of(&e.kind) == name)), _ => None }, "1 for events of that type")),
    field("syscall.type", Text, |e, _| if is_syscall(e) { text(type_of(&e.kind)) } else { None }, "the system call"),
    field("evt.category", Text, |e, _| text(category(&e.kind)?), "file, net, process …"),
    field("evt.cpu", Number, |e, _| number(e.cpu), "the processor"),
    field("evt.dir", Text, |e, _| text(if call::is_enter(e) { ">" } else { "<" }), "`>` where a call begins, `<` where it ends; live events are seen when they are complete"),
    with(Takes::OptionalName, field("evt.arg", Text, |e, a| call::argument(e, a, false), "an argument of the call")),
    with(Takes::OptionalName, field("evt.rawarg", Text, |e, a| call::argument(e, a, true), "an argument of the call, as a number where it is one")),
    field("evt.args", Text, |e, _| call::argument(e, &Argument::None, false), "all arguments"),
    field("evt.info", Text, |e, _| call::argument(e, &Argument::None, false), "all arguments"),
    field("evt.res", Text, |e, _| call::result(e), "SUCCESS or the error's name"),
    field("evt.rawres", Number, |e, _| call::raw_result(e).and_then(number), "the result as a number"),
    field("evt.failed", Bool, |e, _| truth(call::raw_result(e)? < 0), "whether the call failed"),
    field("evt.is_open_read", Bool, |e, _| truth(call::open(e)?.read), "an open for reading"),
    field("evt.is_open_write", Bool, |e, _| truth(call::open(e)?.write), "an open for writing"),
    field("evt.is_open_create", Bool, |e, _| truth(call::open(e)?.create), "an open that may create the file"),
    recorded("evt.is_open_exec", Bool, |e, _| truth(call::open(e)?.executable), "an open that creates an executable"),
    field("evt.is_syscall", Bool, |e, _| truth(is_syscall(e)), "whether it is a system call"),
    recorded("evt.buffer", Text, buffer, "the bytes of a read or write"),
    recorded("evt.buflen", Number, |e, _| { recorded_call(e)?.argument("data")?; number(call::raw_result(e)?.max(0)) }, "how many bytes were read or written"),
    recorded("evt.is_io", Bool, |e, _| truth(direction(e).is_some()), "whether it reads or writes"),
    recorded("evt.is_io_read", Bool, |e, _| truth(direction(e) == Some("read")), "whether it reads"),
    recorded("evt.is_io_write", Bool, |e, _| truth(direction(e) == Some("write")), "whether it writes"),
    recorded("evt.io_dir", Text, |e, _| text(direction(e)?), "read or write"),
    recorded("evt.is_wait", Bool, |e, _| truth(waits(e)), "whether it waits"),
    recorded("evt.wait_latency", Number, |e, _| if waits(e) { number(recorded_call(e)?.latency?) } else { None }, "nanoseconds that it waited"),
    recorded("evt.latency", Number, |e, _| number(recorded_call(e)?.latency?), "nanoseconds from the call's beginning to its end"),
    recorded("evt.latency.s", Number, |e, _| number(recorded_call(e)?.latency? / 1_000_000_000), "the same, seconds"),
    recorded("evt.latency.ns", Number, |e, _| number(recorded_call(e)?.latency? % 1_000_000_000), "the same, nanoseconds of the second"),
    recorded("evt.latency.human", Text, |e, _| text(human(recorded_call(e)?.latency?)), "the same, as people read it"),
    with(Takes::OptionalName, recorded("evt.abspath", Text, super::path::absolute, "the absolute path of a file operation; src or dst of those that have two")),
    with(Takes::Name, field("evt.around", Number, around, "milliseconds to a time given in nanoseconds, rounded up")),
    field("evt.count", Number, |_, _| number(1), "always 1"),
    field("evt.count.error", Number, |e, _| if failed(e) { number(1) } else { None }, "1 for a call that failed"),
    field("evt.count.error.file", Number, |e, _| count(e, "file"), "1 for a failed call on files"),
    field("evt.count.error.net", Number, |e, _| count(e, "net"), "1 for a failed call on sockets"),
    field("evt.count.error.memory", Number, |e, _| count(e, "memory"), "1 for a failed call on memory"),
    field("evt.count.error.other", Number, |e, _| if failed(e) && !matches!(category(&e.kind), Some("file" | "net" | "memory")) { number(1) } else { None }, "1 for another failed call"),
    field("evt.count.exit", Number, |e, _| if call::is_enter(e) { None } else { number(1) }, "1 where a call ends"),
    absent("evt.is_async", Bool, "whether it came from a helper of the engine"),
    absent("evt.asynctype", Text, "which helper"),
    absent("evt.hostname", Text, "the host's name"),
    absent("evt.deltatime", Number, "time since the event before"),
    absent("evt.deltatime.s", Number, "time since the event before, seconds"),
    absent("evt.deltatime.ns", Number, "time since the event before, nanoseconds"),
    absent("evt.reltime", Number, "time since the first event"),
    absent("evt.reltime.s", Number, "time since the first event, seconds"),
    absent("evt.reltime.ns", Number, "time since the first event, nanoseconds"),
    absent("evt.pluginname", Text, "the plugin"),
    absent("evt.plugininfo", Text, "what the plugin says"),
    absent("evt.is_syslog", Bool, "whether it writes to /dev/log"),
];

pub(super) fn recorded_call(event: &Event) -> Option<&Call> {
    match &event.kind {
        EventKind::Call(call) => Some(call),
        _ => None,
    }
}

fn is_syscall(event: &Event) -> bool {
    match &event.kind {
        EventKind::Exit { .. } | EventKind::Audit(_) => false,
        EventKind::Call(call) => !matches!(
            &*call.name,
            "switch" | "signaldeliver" | "container" | "asyncevent" | "pluginevent" | "page_fault"
        ),
        _ => true,
    }
}

fn category(kind: &EventKind) -> Option<&str> {
    Some(match kind {
        EventKind::Exec | EventKind::Exit { .. } => "process",
        EventKind::Open { .. } => "file",
        EventKind::Connect { .. } => "net",
        EventKind::Call(call) => &call.category,
        EventKind::Audit(_) => return None,
    })
}

fn failed(event: &Event) -> bool {
    call::raw_result(event).is_some_and(|result| result < 0)
}

fn count(event: &Event, wanted: &str) -> Option<Value<'static>> {
    if failed(event) && category(&event.kind) == Some(wanted) { number(1) } else { None }
}

fn buffer<'a>(event: &'a Event, _: &Argument) -> Option<Value<'a>> {
    match &recorded_call(event)?.argument("data")?.value {
        ArgumentValue::Bytes(bytes) => text(String::from_utf8_lossy(bytes)),
        other => text(other.text()),
    }
}

fn direction(event: &Event) -> Option<&'static str> {
    match &*recorded_call(event)?.name {
        "read" | "readv" | "pread" | "preadv" | "recv" | "recvfrom" | "recvmsg" | "recvmmsg"
        | "copy_file_range" => Some("read"),
        "write" | "writev" | "pwrite" | "pwritev" | "send" | "sendto" | "sendmsg" | "sendmmsg" => {
            Some("write")
        }
        _ => None,
    }
}

fn waits(event: &Event) -> bool {
    recorded_call(event)
        .is_some_and(|call| matches!(&*call.name, "epoll_wait" | "poll" | "ppoll" | "select" | "nanosleep"))
}

fn human(nanoseconds: u64) -> String {
    match nanoseconds {
        0..1_000 => format!("{nanoseconds}ns"),
        1_000..1_000_000 => format!("{:.2}us", nanoseconds as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.2}ms", nanoseconds as f64 / 1e6),
        _ => format!("{:.2}s", nanoseconds as f64 / 1e9),
    }
}

fn around(event: &Event, argument: &Argument) -> Option<Value<'static>> {
    let Argument::Name(time) = argument else { return None };
    number(event.time.abs_diff(time.parse().ok()?).div_ceil(1_000_000))
}
