//! `fs.path.*`: the paths of calls that work on paths instead of descriptors.

use std::borrow::Cow;

use seawall_events::{Argument as CallArgument, Direction, Event, EventKind};

use super::event::recorded_call;
use super::table::{field, recorded};
use super::value::{Value, text};
use super::{Argument, Field, Type, arguments};

use Type::Text;

#[rustfmt::skip]
pub(super) static FIELDS: &[Field] = &[
    field("fs.path.name", Text, |e, _| match &e.kind { EventKind::Open { path, result, .. } if *result >= 0 => text(path.as_str()), _ => shown(one(e)?) }, "path of a file operation"),
    field("fs.path.nameraw", Text, |e, _| match &e.kind { EventKind::Open { path, result, .. } if *result >= 0 => text(path.as_str()), _ => raw(one(e)?) }, "path as the process gave it"),
    recorded("fs.path.source", Text, |e, _| shown(two(e, 0)?), "source of a rename, link or mount"),
    recorded("fs.path.sourceraw", Text, |e, _| raw(two(e, 0)?), "source as the process gave it"),
    recorded("fs.path.target", Text, |e, _| shown(two(e, 1)?), "target of a rename, link or mount"),
    recorded("fs.path.targetraw", Text, |e, _| raw(two(e, 1)?), "target as the process gave it"),
];

fn shown(argument: &CallArgument) -> Option<Value<'_>> {
    text(argument.text())
}

fn raw(argument: &CallArgument) -> Option<Value<'_>> {
    text(argument.value.text())
}

/// The path of a call that has one, and succeeded.
fn one(event: &Event) -> Option<&CallArgument> {
    let call = recorded_call(event)?;
    if call.direction == Direction::Enter || call.result? < 0 {
        return None;
    }
    let name = match &*call.name {
        "mkdir" | "mkdirat" | "rmdir" | "unlink" | "chown" | "lchown" | "mknod" | "mknodat"
        | "open_by_handle_at" => "path",
        "unlinkat" | "open" | "openat" | "openat2" | "creat" | "umount" | "umount2" => "name",
        "chmod" | "fchmodat" => "filename",
        "fchownat" => "pathname",
        "quotactl" => "special",
        _ => return None,
    };
    call.argument(name)
}

/// The source or the target of a call that has both, and succeeded.
fn two(event: &Event, which: usize) -> Option<&CallArgument> {
    let call = recorded_call(event)?;
    if call.direction == Direction::Enter || call.result? < 0 {
        return None;
    }
    let names = names(&call.name)?;
    call.argument(names.get(which)?)
}

fn names(call: &str) -> Option<[&'static str; 2]> {
    Some(match call {
        "rename" | "renameat" | "renameat2" | "link" | "linkat" => ["oldpath", "newpath"],
        "symlink" | "symlinkat" => ["target", "linkpath"],
        "mount" => ["dev", "dir"],
        _ => return None,
    })
}

/// `evt.abspath`: the absolute path of a call; `src` or `dst` of one that has two.
pub(super) fn absolute<'a>(event: &'a Event, argument: &Argument) -> Option<Value<'a>> {
    let call = recorded_call(event)?;
    let wanted = match argument {
        Argument::Name(name) if name == "src" => names(&call.name)?[0],
        Argument::Name(name) if name == "dst" => names(&call.name)?[1],
        Argument::Name(_) => return None,
        _ if matches!(&*call.name, "symlink" | "symlinkat") => "linkpath",
        _ => return one(event).and_then(shown).or_else(|| failed(event)),
    };
    shown(call.argument(wanted)?)
}

fn failed(event: &Event) -> Option<Value<'_>> {
    arguments::failed_open(event).map(|path| Value::Text(Cow::Borrowed(path)))
}
