//! The table of calls (`calls.txt`), and from it what the kernel side is told to read.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::flags::{self, Flags};

/// Places of calls of 32-bit programs begin here (`NUMBERS` in `bpf/sensor.bpf.c`).
const NUMBERS: u32 = 512;
/// In a plan: a text that is no path.
const NO_BASE: u8 = 255;
/// In a plan: the structure is found through a message header.
const PEEK_MESSAGE: u8 = 1;
/// The result stands behind the six arguments.
const RESULT: usize = 6;

/// One system call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    /// Its places in the kernel side's map on this machine.
    places: Vec<u32>,
    /// Which argument is the descriptor to describe.
    pub(super) fd: Option<usize>,
    peek: Option<(usize, bool)>,
    pub(super) parameters: Vec<Parameter>,
}

/// One argument of a call.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Which of the six arguments, the result, or an offset into the structure.
    pub(super) source: usize,
    /// Which argument is the folder's descriptor that a path is relative to.
    pub(super) base: Option<usize>,
    pub(super) flags: Option<&'static Flags>,
}

/// How an argument is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Errno,
    Fd,
    Number,
    Unsigned,
    Hex,
    Flags,
    /// The flags of an open, in libscap's numbering.
    Open,
    /// One name, not several.
    Enum,
    Mode,
    Path,
    Text,
    /// The path of the descriptor.
    FdPath,
    User,
    Signal,
    /// An address in the structure.
    Address,
    /// A short text in the place of the structure.
    Name,
    /// Four bytes of the structure, a set of bits.
    Word,
    /// Four bytes of the structure, a number.
    Count,
    /// Both ends of the socket.
    Tuple,
}

static TABLE: LazyLock<Vec<Call>> = LazyLock::new(|| {
    include_str!("calls.txt").lines().filter(|line| !line.starts_with('#')).filter_map(parse).collect()
});

pub(super) fn all() -> &'static [Call] {
    &TABLE
}

/// The call at a place of the kernel side's map.
pub(super) fn at(place: u32) -> Option<&'static Call> {
    TABLE.iter().find(|call| call.places.contains(&place))
}

/// What the kernel side is told: place and plan (`struct plan`) of each wanted call that this architecture has.
pub(crate) fn plans(wanted: &BTreeSet<String>) -> Vec<(u32, [u8; 8])> {
    let calls = TABLE.iter().filter(|call| wanted.contains(call.name));
    calls.flat_map(|call| call.places.iter().map(|place| (*place, plan(call)))).collect()
}

fn plan(call: &Call) -> [u8; 8] {
    let one = |index: usize| u8::try_from(index + 1).unwrap_or(0);
    let mut texts = [0; 2];
    let mut bases = [0; 2];
    for (slot, parameter) in call.texts().take(2).enumerate() {
        texts[slot] = one(parameter.source);
        bases[slot] = match parameter.kind {
            Kind::Path => parameter.base.map_or(0, one),
            _ => NO_BASE,
        };
    }
    let (peek, flags) = call.peek.map_or((0, 0), |(at, message)| (one(at), u8::from(message) * PEEK_MESSAGE));
    [texts[0], texts[1], bases[0], bases[1], call.fd.map_or(0, one), peek, flags, 1]
}

impl Call {
    /// The texts in user memory: at most two.
    fn texts(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| matches!(parameter.kind, Kind::Path | Kind::Text))
    }

    /// Which of the texts an argument is.
    pub(super) fn slot(&self, name: &str) -> Option<usize> {
        self.texts().position(|parameter| parameter.name == name)
    }
}

fn parse(line: &'static str) -> Option<Call> {
    let mut words = line.split(' ');
    let (name, category) = (words.next()?, words.next()?);
    let mut number = || words.next()?.parse::<u32>().ok();
    let (x86_64, i386, arm64) = (number(), number(), number());
    let places = match std::env::consts::ARCH {
        "x86_64" => [x86_64, i386.map(|number| NUMBERS + number)].into_iter().flatten().collect(),
        "aarch64" => arm64.into_iter().collect(),
        _ => Vec::new(),
    };
    let mut call = Call { name, category, places, fd: None, peek: None, parameters: Vec::new() };
    for word in words {
        if let Some(at) = word.strip_prefix("fd=") {
            call.fd = place(at);
        } else if let Some(at) = word.strip_prefix("peek=") {
            let message = at.starts_with('m');
            call.peek = place(at.trim_start_matches('m')).map(|at| (at, message));
        } else {
            call.parameters.push(parameter(word)?);
        }
    }
    Some(call)
}

fn place(text: &str) -> Option<usize> {
    if text == "r" { Some(RESULT) } else { text.parse().ok() }
}

fn parameter(word: &'static str) -> Option<Parameter> {
    let (word, table) = match word.split_once('@') {
        Some((word, table)) => (word, flags::table(table)),
        None => (word, None),
    };
    let mut parts = word.split(':');
    let (name, kind, source) = (parts.next()?, parts.next()?, parts.next()?);
    let (source, base) = match source.split_once('/') {
        Some((source, base)) => (source, place(base)),
        None => (source, None),
    };
    let kind = match kind {
        "errno" => Kind::Errno,
        "fd" => Kind::Fd,
        "number" => Kind::Number,
        "unsigned" => Kind::Unsigned,
        "hex" => Kind::Hex,
        "flags" => Kind::Flags,
        "open" => Kind::Open,
        "enum" => Kind::Enum,
        "mode" => Kind::Mode,
        "path" => Kind::Path,
        "text" => Kind::Text,
        "fdpath" => Kind::FdPath,
        "user" => Kind::User,
        "signal" => Kind::Signal,
        "address" => Kind::Address,
        "name" => Kind::Name,
        "word" => Kind::Word,
        "count" => Kind::Count,
        "tuple" => Kind::Tuple,
        _ => return None,
    };
    Some(Parameter { name, kind, source: place(source)?, base, flags: table })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let lines = include_str!("calls.txt").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(all().len(), lines);
        let mut places = BTreeSet::new();
        for call in all() {
            assert!(call.texts().count() <= 2, "{}", call.name);
            assert!(
                call.places.iter().all(|place| *place < 2 * NUMBERS && places.insert(*place)),
                "{}",
                call.name
            );
            for parameter in &call.parameters {
                let named = matches!(parameter.kind, Kind::Flags | Kind::Open | Kind::Enum | Kind::Mode);
                assert_eq!(named, parameter.flags.is_some(), "{} {}", call.name, parameter.name);
            }
        }
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn numbers_are_those_of_the_machine() {
        let wanted = ["linkat", "sendmsg"].map(str::to_owned).into();
        assert_eq!(
            plans(&wanted),
            [
                (265, [2, 4, 1, 3, 0, 0, 0, 1]),
                (NUMBERS + 303, [2, 4, 1, 3, 0, 0, 0, 1]),
                (46, [0, 0, 0, 0, 1, 2, 1, 1])
            ]
        );
        for (name, number) in [("ptrace", libc::SYS_ptrace), ("bpf", libc::SYS_bpf), ("dup3", libc::SYS_dup3)]
        {
            assert_eq!(at(u32::try_from(number).unwrap()).unwrap().name, name);
        }
    }
}
