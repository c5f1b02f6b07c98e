//! From a call's record to its event.

use std::borrow::Cow;
use std::sync::Arc;

use seawall_events::{Argument, ArgumentValue, Call, Direction, EventKind, Fd, FdKind, Process};

use super::block::Block;
use super::flags::{errno, signal};
use super::socket::{describe, text as address_text};
use super::table::{self, Kind, Parameter};
use crate::path;
use crate::record::{Record, text};

const AT_FDCWD: i64 = -100;
const PR_SET_NAME: u64 = 15;

/// The event of a record; None where it is of no call that is known. `user` gives names of users.
pub(crate) fn event(
    record: &Record<'_>,
    process: &Process,
    mut user: impl FnMut(u32) -> Option<String>,
) -> Option<EventKind> {
    let [block, _, _, _, _, walk] = record.parts;
    let block = Block::parse(block)?;
    let info = table::at(record.call)?;
    let fd = info.fd.filter(|index| descriptor(block.args[*index]) >= 0);
    let fd = fd.and_then(|_| describe(info.name, &block, path::from_walk(walk)));
    let seen = Seen { record, block: &block, process, call: info, fd: fd.as_ref() };
    let arguments =
        info.parameters.iter().filter_map(|parameter| seen.argument(parameter, &mut user)).collect();
    let category = match (info.category, fd.as_ref().map(|fd| fd.kind)) {
        ("-", Some(FdKind::File | FdKind::Directory)) => "file",
        ("-", Some(FdKind::Ipv4 | FdKind::Ipv6)) => "net",
        ("-", Some(FdKind::Unix | FdKind::Pipe)) => "ipc",
        ("-", None) => "unknown",
        ("-", Some(_)) => "other",
        (category, _) => category,
    };
    Some(EventKind::Call(Box::new(Call {
        name: Cow::Borrowed(info.name),
        category: Cow::Borrowed(category),
        direction: Direction::Exit,
        arguments,
        result: Some(record.value),
        fd_number: info.fd.map(|index| descriptor(block.args[index])),
        fd: fd.map(Arc::new),
        latency: None,
    })))
}

/// Descriptors are 32 bits wide, whatever the register holds above.
fn descriptor(register: u64) -> i64 {
    i64::from((register as u32).cast_signed())
}

/// Rules see in libscap's numbering whether an open reads, writes or creates.
fn flags_of_open(flags: u32) -> u32 {
    let mode = match flags & 3 {
        0 => 1,
        1 => 2,
        _ => 3,
    };
    let others = [(0x40, 4), (0x400, 8), (0x80, 32), (0x800, 64), (0x200, 256), (0x8_0000, 4096)];
    others.iter().filter(|(bit, _)| flags & bit != 0).fold(mode, |all, (_, bit)| all | bit)
}

struct Seen<'a> {
    record: &'a Record<'a>,
    block: &'a Block,
    process: &'a Process,
    call: &'static table::Call,
    fd: Option<&'a Fd>,
}

impl Seen<'_> {
    /// None for what could not be read or is not there.
    fn argument(
        &self,
        parameter: &'static Parameter,
        user: &mut impl FnMut(u32) -> Option<String>,
    ) -> Option<Argument> {
        let register = self.block.args.get(parameter.source).copied().unwrap_or(0);
        let low = register as u32;
        let signed = i64::from(low.cast_signed());
        let unsigned = ArgumentValue::Unsigned(low.into());
        let (value, shown) = match parameter.kind {
            Kind::Errno => (ArgumentValue::Number(self.record.value), errno(self.record.value)),
            Kind::Fd => (ArgumentValue::Number(signed), self.descriptor_text(parameter, signed)),
            Kind::Number => (ArgumentValue::Number(signed), None),
            Kind::Unsigned => (unsigned, None),
            Kind::Hex => (ArgumentValue::Hex(register), None),
            Kind::Flags => (unsigned, parameter.flags.and_then(|flags| flags.names(low))),
            Kind::Open => {
                let names = parameter.flags.and_then(|flags| flags.names(low));
                (
                    ArgumentValue::Unsigned(flags_of_open(low).into()),
                    names.or_else(|| Some("O_RDONLY".to_owned())),
                )
            }
            Kind::Enum => (unsigned, parameter.flags.and_then(|flags| flags.name(low))),
            Kind::Mode => {
                let mode = low & 0o7777;
                (ArgumentValue::Octal(mode), parameter.flags.and_then(|flags| flags.names(mode)))
            }
            Kind::Path | Kind::Text => self.text(parameter)?,
            Kind::FdPath | Kind::Tuple => (ArgumentValue::Text(self.fd?.name.clone()), None),
            Kind::User => (ArgumentValue::Number(signed), user(low)),
            Kind::Signal => (unsigned, signal(low)),
            Kind::Address => (ArgumentValue::Text(self.block.address().map(address_text)?), None),
            Kind::Name => (ArgumentValue::Text(text(&self.block.peek)), None),
            Kind::Word => (ArgumentValue::Hex(self.block.word(parameter.source).into()), None),
            Kind::Count => (ArgumentValue::Unsigned(self.block.word(parameter.source).into()), None),
        };
        Some(Argument { name: Cow::Borrowed(parameter.name), value, shown })
    }

    fn descriptor_text(&self, parameter: &Parameter, number: i64) -> Option<String> {
        if number == AT_FDCWD {
            return Some("AT_FDCWD".to_owned());
        }
        let fd = self.fd.filter(|_| self.call.fd == Some(parameter.source));
        match fd {
            Some(fd) => Some(format!("<{}>{}", fd.kind.character(), fd.name)),
            None => errno(number),
        }
    }

    fn text(&self, parameter: &Parameter) -> Option<(ArgumentValue, Option<String>)> {
        let [_, first, second, first_base, second_base, _] = self.record.parts;
        let (bytes, base) = match self.call.slot(parameter.name)? {
            0 => (first, first_base),
            _ => (second, second_base),
        };
        if bytes.is_empty() || (self.call.name == "prctl" && self.block.args[0] != PR_SET_NAME) {
            return None;
        }
        let given = text(bytes);
        if parameter.kind == Kind::Text {
            return Some((ArgumentValue::Text(given), None));
        }
        let base = path::from_walk(base).or_else(|| {
            let here = parameter.base.is_none_or(|index| descriptor(self.block.args[index]) == AT_FDCWD);
            self.process.cwd.clone().filter(|_| here)
        });
        let absolute = seawall_events::absolute(&given, base.as_deref());
        let shown = (absolute != given).then_some(absolute);
        Some((ArgumentValue::Text(given), shown))
    }
}
