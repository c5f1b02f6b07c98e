//! The record that the kernel side writes (`struct header` in `bpf/sensor.bpf.c`).

/// Bytes of the fixed part.
pub(crate) const HEADER: usize = 120 + 2 * CHAIN * GROUP;
/// Cgroups told per hierarchy: the process's own and the two above.
pub(crate) const CHAIN: usize = 3;
const GROUP: usize = 8 + 96;
/// Where the lengths of the parts stand.
const LENGTHS: [usize; 6] = [76, 78, 80, 82, 116, 118];

/// Kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Exec,
    Fork,
    Exit,
    Open,
    Connect,
    Call,
}

/// A cgroup: the kernel's id of it, which is never used twice, and its folder name (empty for the root).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// One record.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    pub(crate) time: u64,
    pub(crate) started: u64,
    pub(crate) value: i64,
    pub(crate) kind: Kind,
    pub(crate) cpu: u32,
    pub(crate) pid: u32,
    pub(crate) ppid: u32,
    pub(crate) vpid: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) tty: u32,
    pub(crate) mnt_ns: u32,
    pub(crate) flags: u32,
    pub(crate) call: u32,
    pub(crate) address: [u8; 16],
    pub(crate) comm: String,
    /// Own cgroup first: of the unified hierarchy, then of a version 1 controller.
    pub(crate) groups: [Vec<Group>; 2],
    pub(crate) parts: [&'a [u8]; 6],
}

impl<'a> Record<'a> {
    /// None where the bytes are not a record of this version.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, mut data) = bytes.split_at_checked(HEADER)?;
        let kind = match u32_at(header, 24)? {
            1 => Kind::Exec,
            2 => Kind::Fork,
            3 => Kind::Exit,
            4 => Kind::Open,
            5 => Kind::Connect,
            6 => Kind::Call,
            _ => return None,
        };
        let mut parts: [&[u8]; 6] = [&[]; 6];
        for (at, part) in LENGTHS.into_iter().zip(&mut parts) {
            let length = u16::from_ne_bytes(header.get(at..)?.first_chunk().copied()?);
            (*part, data) = data.split_at_checked(usize::from(length))?;
        }
        let chain = |from: usize| {
            (0..CHAIN)
                .map(|level| {
                    let at = from + level * GROUP;
                    Some(Group { id: u64_at(header, at)?, name: text(header.get(at + 8..at + GROUP)?) })
                })
                .collect::<Option<Vec<_>>>()
        };
        Some(Self {
            time: u64_at(header, 0)?,
            started: u64_at(header, 8)?,
            value: u64_at(header, 16)?.cast_signed(),
            kind,
            cpu: u32_at(header, 28)?,
            pid: u32_at(header, 32)?,
            ppid: u32_at(header, 40)?,
            vpid: u32_at(header, 44)?,
            uid: u32_at(header, 48)?,
            gid: u32_at(header, 52)?,
            tty: u32_at(header, 56)?,
            mnt_ns: u32_at(header, 60)?,
            flags: u32_at(header, 68)?,
            call: u32_at(header, 72)?,
            address: *header.get(84..)?.first_chunk()?,
            comm: text(header.get(100..116)?),
            groups: [chain(120)?, chain(120 + CHAIN * GROUP)?],
            parts,
        })
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_ne_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_ne_bytes)
}

/// Up to the first NUL.
pub(crate) fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_short_or_unknown_is_no_record() {
        let mut bytes = vec![0; HEADER + 6];
        bytes[24] = 4;
        bytes[76] = 6;
        bytes[HEADER..].copy_from_slice(b"/etc/x");
        let record = Record::parse(&bytes).unwrap();
        assert_eq!((record.kind, record.parts[0]), (Kind::Open, &b"/etc/x"[..]));
        assert!(Record::parse(&bytes[..HEADER + 5]).is_none(), "a part reaches beyond the end");
        assert!(Record::parse(&bytes[..HEADER - 1]).is_none());
        bytes[24] = 9;
        assert!(Record::parse(&bytes).is_none(), "an unknown kind");
    }
}
