//! All entries of a layer as steps, in a form that is small in memory and is the written one as well: a million paths take
//! some twenty megabytes.

use bytes::Bytes;

/// One step of a layer. Paths are in their one form ([`super::path::normalise`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// `.wh.NAME`: what lower layers have there is gone.
    Whiteout,
    /// `.wh..wh..opq`: what lower layers have in the folder is gone.
    Opaque,
    /// A folder: it takes the place of a file or link.
    Directory,
    /// A file or device: it takes the place of what was there.
    File,
    /// A link, with its target as written.
    Symlink(&'a str),
    /// A second name for a file, with the first one.
    HardLink(&'a str),
}

/// The steps: a length, whiteouts, then all others in the order of the tar. Each path is written as the number of bytes that
/// it shares with the one before, and the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Structure {
    bytes: Bytes,
}

#[derive(Default)]
pub(crate) struct Writer {
    whiteouts: Section,
    others: Section,
    /// Steps that are no whiteouts.
    count: u32,
}

#[derive(Default)]
struct Section {
    bytes: Vec<u8>,
    last: String,
}

impl Section {
    fn put(&mut self, kind: u8, path: &str, second: Option<&str>) {
        let shared = self.last.bytes().zip(path.bytes()).take_while(|(a, b)| a == b).count();
        self.bytes.push(kind);
        put_number(&mut self.bytes, shared as u64);
        put_field(&mut self.bytes, path.as_bytes().get(shared..).unwrap_or_default());
        if let Some(second) = second {
            put_field(&mut self.bytes, second.as_bytes());
        }
        path.clone_into(&mut self.last);
    }
}

impl Writer {
    /// Adds a step; its number, which records refer to. Whiteouts have none of their own.
    pub(crate) fn put(&mut self, path: &str, step: Step<'_>) -> u32 {
        match step {
            Step::Whiteout => self.whiteouts.put(0, path, None),
            Step::Opaque => self.whiteouts.put(1, path, None),
            Step::Directory => self.others.put(2, path, None),
            Step::File => self.others.put(3, path, None),
            Step::Symlink(target) => self.others.put(4, path, Some(target)),
            Step::HardLink(first) => self.others.put(5, path, Some(first)),
        }
        let number = self.count;
        self.count += u32::from(!matches!(step, Step::Whiteout | Step::Opaque));
        number
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> usize {
        self.whiteouts.bytes.len() + self.others.bytes.len()
    }

    pub(crate) fn finish(self) -> Structure {
        let mut bytes = Vec::with_capacity(self.len() + 10);
        put_field(&mut bytes, &self.whiteouts.bytes);
        bytes.extend_from_slice(&self.others.bytes);
        Structure { bytes: bytes.into() }
    }
}

impl Structure {
    pub(crate) fn encoded(&self) -> &Bytes {
        &self.bytes
    }

    /// None where the bytes are not of that form.
    pub(crate) fn decode(bytes: Bytes) -> Option<Self> {
        let structure = Self { bytes };
        structure.walk(&mut |_, _, _| {})?;
        Some(structure)
    }

    /// Calls with the path, the step and its number, in order.
    pub(crate) fn each(&self, mut call: impl FnMut(&str, Step<'_>, u32)) {
        // What was written here or decoded is of the right form.
        let _ = self.walk(&mut call);
    }

    fn walk(&self, call: &mut dyn FnMut(&str, Step<'_>, u32)) -> Option<()> {
        let mut rest = self.bytes.as_ref();
        if rest.is_empty() {
            return Some(());
        }
        let mut whiteouts = take_field(&mut rest)?;
        let mut path = Vec::new();
        while !whiteouts.is_empty() {
            match step(&mut whiteouts, &mut path)? {
                step @ (Step::Whiteout | Step::Opaque) => call(std::str::from_utf8(&path).ok()?, step, 0),
                _ => return None,
            }
        }
        path.clear();
        let mut number = 0;
        while !rest.is_empty() {
            match step(&mut rest, &mut path)? {
                Step::Whiteout | Step::Opaque => return None,
                step => call(std::str::from_utf8(&path).ok()?, step, number),
            }
            number += 1;
        }
        Some(())
    }
}

fn step<'a>(rest: &mut &'a [u8], path: &mut Vec<u8>) -> Option<Step<'a>> {
    let kind = *rest.split_off_first()?;
    let shared = usize::try_from(take_number(rest)?).ok()?;
    if shared > path.len() {
        return None;
    }
    path.truncate(shared);
    path.extend_from_slice(take_field(rest)?);
    let mut text = || std::str::from_utf8(take_field(rest)?).ok();
    Some(match kind {
        0 => Step::Whiteout,
        1 => Step::Opaque,
        2 => Step::Directory,
        3 => Step::File,
        4 => Step::Symlink(text()?),
        5 => Step::HardLink(text()?),
        _ => return None,
    })
}

/// LEB128.
pub(crate) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number as u8) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *rest.split_off_first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

pub(crate) fn put_field(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(super) fn take_field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(take_number(rest)?).ok()?;
    rest.split_off(..length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_come_back_whiteouts_first() {
        let mut writer = Writer::default();
        assert_eq!(writer.put("usr", Step::Directory), 0);
        assert_eq!(writer.put("usr/lib/a.so", Step::Symlink("a.so.1")), 1);
        writer.put("usr/bin/old", Step::Whiteout);
        assert_eq!(writer.put("usr/lib/ä", Step::File), 2);
        writer.put("usr/lib/å", Step::File);
        writer.put("usr/lib/b", Step::HardLink("usr/lib/ä"));
        writer.put("opt", Step::Opaque);
        let structure = writer.finish();
        let mut seen = Vec::new();
        let decoded = Structure::decode(structure.encoded().clone()).unwrap();
        decoded.each(|path, step, number| seen.push(format!("{number} {path} {step:?}")));
        assert_eq!(
            seen,
            [
                "0 usr/bin/old Whiteout",
                "0 opt Opaque",
                "0 usr Directory",
                "1 usr/lib/a.so Symlink(\"a.so.1\")",
                "2 usr/lib/ä File",
                "3 usr/lib/å File",
                "4 usr/lib/b HardLink(\"usr/lib/ä\")",
            ]
        );
        let bytes = structure.encoded();
        assert_eq!(Structure::decode(bytes.slice(..bytes.len() - 1)), None);
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_do_not(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Structure::decode(bytes.into());
        }
    }
}
