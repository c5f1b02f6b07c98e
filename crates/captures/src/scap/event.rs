//! One event as it stands in the file: head, then the parameters' lengths, then their bytes.

use super::cursor::{Cursor, Short, signed, text, unsigned};
use super::table::{EventInfo, info};

/// The flag of events that only change the state.
const STATE_ONLY: u32 = 1;

/// Most parameters of one event; libscap has 32.
const MAX_PARAMETERS: u32 = 128;

/// An event of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw<'a> {
    /// Whether it only changes the state, and is not to be seen.
    pub(super) state_only: bool,
    pub(super) cpu: u16,
    pub(super) time: u64,
    pub(super) tid: i64,
    pub(super) info: &'static EventInfo,
    pub(super) parameters: Parameters<'a>,
}

/// The parameters' bytes by position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters<'a> {
    count: usize,
    wide: bool,
    lengths: &'a [u8],
    data: &'a [u8],
}

/// Reads an event's block; none for a type of a later version.
pub(super) fn read(body: &[u8], flags: bool, counted: bool) -> Result<Option<Raw<'_>>, String> {
    let short = |Short| "an event is shorter than its head".to_owned();
    let mut cursor = Cursor::new(body);
    let cpu = cursor.u16().map_err(short)?;
    let state_only = flags && cursor.u32().map_err(short)? & STATE_ONLY != 0;
    let begin = cursor.at();
    let time = cursor.u64().map_err(short)?;
    let tid = cursor.i64().map_err(short)?;
    let length = cursor.u32().map_err(short)? as usize;
    let number = cursor.u16().map_err(short)?;
    let Some(info) = info(number) else { return Ok(None) };
    let count = if counted { Some(cursor.u32().map_err(short)?) } else { None };
    let head = cursor.at() - begin;
    let name = info.name;
    // Of two old types, the length is three more than it should be.
    let length =
        if !counted && matches!(name, "notification" | "infra") { length.saturating_sub(3) } else { length };
    let size = length.checked_sub(head).filter(|size| *size <= cursor.left());
    let Some(size) = size else {
        return Err(format!(
            "the event `{name}` has the length {length}, and {} bytes",
            head + cursor.left()
        ));
    };
    let rest = cursor.bytes(size).map_err(short)?;
    let wide = info.is_large();
    let parameters = match count {
        Some(count) => {
            if count > MAX_PARAMETERS {
                return Err(format!("the event `{name}` has {count} parameters"));
            }
            split(rest, count as usize, wide)
                .ok_or_else(|| format!("the parameters of the event `{name}` do not fit into it"))?
        }
        // Old events do not say how many they have: those of the table that fit exactly.
        None => (0..=info.parameters.len())
            .rev()
            .filter_map(|count| split(rest, count, wide))
            .find(|parameters| parameters.total() == Some(parameters.data.len()))
            .ok_or_else(|| format!("the parameters of the event `{name}` do not fill it"))?,
    };
    Ok(Some(Raw { state_only, cpu, time, tid, info, parameters }))
}

fn split(rest: &[u8], count: usize, wide: bool) -> Option<Parameters<'_>> {
    let (lengths, data) = rest.split_at_checked(count * if wide { 4 } else { 2 })?;
    let parameters = Parameters { count, wide, lengths, data };
    if parameters.total()? <= data.len() { Some(parameters) } else { None }
}

impl<'a> Parameters<'a> {
    /// What is left of an event that was kept: see [`Parameters::pack`].
    pub(super) fn unpack(count: usize, wide: bool, packed: &'a [u8]) -> Self {
        split(packed, count, wide).unwrap_or(Self { count: 0, wide, lengths: &[], data: &[] })
    }

    /// Copies lengths and bytes, to be kept until the call ends.
    pub(super) fn pack(&self, into: &mut Vec<u8>) -> (usize, bool) {
        into.clear();
        into.extend_from_slice(self.lengths);
        into.extend_from_slice(self.data);
        (self.count, self.wide)
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    fn length(&self, index: usize) -> Option<usize> {
        if self.wide {
            let bytes = self.lengths.get(index * 4..index * 4 + 4)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
        } else {
            let bytes = self.lengths.get(index * 2..index * 2 + 2)?;
            Some(usize::from(u16::from_le_bytes(bytes.try_into().ok()?)))
        }
    }

    fn total(&self) -> Option<usize> {
        (0..self.count).try_fold(0_usize, |all, index| all.checked_add(self.length(index)?))
    }

    /// The bytes of the parameter at a position.
    pub(super) fn get(&self, index: usize) -> Option<&'a [u8]> {
        if index >= self.count {
            return None;
        }
        let begin = (0..index).try_fold(0_usize, |all, index| all.checked_add(self.length(index)?))?;
        self.data.get(begin..begin.checked_add(self.length(index)?)?)
    }
}

impl<'a> Raw<'a> {
    /// The bytes of a parameter by name.
    pub(super) fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.parameters.get(self.info.position(name)?)
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        signed(self.get(name)?)
    }

    pub(super) fn unsigned(&self, name: &str) -> Option<u64> {
        unsigned(self.get(name)?)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(text)
    }

    /// The number of a system call without an event type of its own.
    pub(super) fn generic(&self) -> Option<u16> {
        if self.info.number > 1 { None } else { self.unsigned("ID").and_then(|id| u16::try_from(id).ok()) }
    }

    /// The event's name.
    pub(super) fn name(&self) -> &'static str {
        self.info.name_of(self.generic())
    }

    /// What the call returned: `res` or the new descriptor, the first parameter of a call that ended.
    pub(super) fn result(&self) -> Option<i64> {
        use super::table::Kind;
        let first = self.info.parameters.first()?;
        let is_result = matches!(first.name, "res" | "fd" | "res_or_fd") || first.kind == Kind::Errno;
        if self.info.is_enter() || !is_result {
            return None;
        }
        let bytes = self.parameters.get(0)?;
        // A dynamic parameter says first which kind it has.
        signed(if first.kind == Kind::Dynamic { bytes.get(1..)? } else { bytes })
    }
}
