//! From blocks to events.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;
use std::sync::Arc;

use seawall_events::{Call, Direction, Event, EventKind};

use super::block::{Blocks, Kind};
use super::cursor::Cursor;
use super::event::{self, Raw};
use super::state::{Facts, State};
use super::{list, show, table};
use crate::CaptureError;

const BYTE_ORDER: u32 = 0x1a2b_3c4d;
const MAJOR_VERSION: u16 = 1;

/// The types that are handed out.
struct Wanted {
    numbers: Vec<bool>,
    /// By name, for calls without a type of their own.
    generic: HashSet<String>,
}

impl Wanted {
    fn has(&self, raw: &Raw<'_>) -> bool {
        match raw.generic() {
            Some(_) => self.generic.contains(raw.name()),
            None => self.numbers.get(usize::from(raw.info.number)).copied().unwrap_or(false),
        }
    }
}

/// Reads a `.scap` file that is not packed: an iterator of events, which ends at the end or with the first error.
pub struct ScapReader<R> {
    blocks: Blocks<R>,
    state: State,
    number: u64,
    wanted: Option<Wanted>,
    ended: bool,
}

impl<R> std::fmt::Debug for ScapReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScapReader").field("at", &self.blocks.at).finish_non_exhaustive()
    }
}

impl<R: Read> ScapReader<R> {
    /// The first bytes of a file.
    pub const MAGIC: [u8; 4] = super::block::SECTION.to_le_bytes();

    /// Reads from `input`, which need not be buffered.
    ///
    /// # Errors
    /// When the file does not begin as a `.scap` file does, or is of a later major version.
    pub fn new(input: R) -> Result<Self, CaptureError> {
        let mut blocks = Blocks::new(input);
        match blocks.next()? {
            Some((at, Kind::Section, body)) => section(body, at)?,
            _ => return Err(CaptureError::Unknown("this is no .scap file: it does not begin as one".into())),
        }
        Ok(Self { blocks, state: State::default(), number: 0, wanted: None, ended: false })
    }

    /// Hands out events of these types only. Numbers and states are as if all were handed out.
    pub fn only(&mut self, types: &[&str]) {
        let all = (0..u16::MAX).map_while(table::info);
        self.wanted = Some(Wanted {
            numbers: all.map(|info| types.contains(&info.name)).collect(),
            generic: types.iter().map(|name| (*name).to_owned()).collect(),
        });
    }

    fn event(&mut self) -> Result<Option<Event>, CaptureError> {
        loop {
            let Some((at, kind, body)) = self.blocks.next()? else { return Ok(None) };
            let damaged = |what: String| CaptureError::Damaged { at, what };
            match kind {
                // Files may be put behind one another: what was known belongs to another machine or time.
                Kind::Section => {
                    section(body, at)?;
                    self.state = State::default();
                }
                Kind::Processes(version) => {
                    self.state.add_processes(list::processes(body, version).map_err(damaged)?);
                }
                Kind::Descriptors { sized } => {
                    let (tid, found) = list::descriptors(body, sized).map_err(damaged)?;
                    self.state.add_descriptors(tid, found);
                }
                Kind::Users { sized } => {
                    self.state.add_accounts(list::accounts(body, sized).map_err(damaged)?);
                }
                Kind::Event { flags, counted } => {
                    let Some(raw) = event::read(body, flags, counted).map_err(damaged)? else { continue };
                    self.number += 1;
                    let wanted = !raw.state_only
                        && !raw.info.is_hidden()
                        && self.wanted.as_ref().is_none_or(|wanted| wanted.has(&raw));
                    // What no one asks for and changes nothing is passed over.
                    if !wanted && !raw.info.changes_state() {
                        continue;
                    }
                    let facts = self.state.step(&raw);
                    if wanted {
                        return Ok(Some(made(&mut self.state, &raw, facts, self.number)));
                    }
                }
                Kind::Other => {}
            }
        }
    }
}

fn section(body: &[u8], at: u64) -> Result<(), CaptureError> {
    let mut cursor = Cursor::new(body);
    let (Ok(order), Ok(major), Ok(minor)) = (cursor.u32(), cursor.u16(), cursor.u16()) else {
        return Err(CaptureError::Damaged { at, what: "the head of the file is too short".into() });
    };
    if order != BYTE_ORDER {
        let text = "the .scap file was written on a big-endian machine, or is damaged".to_owned();
        return Err(CaptureError::Unknown(text));
    }
    if major > MAJOR_VERSION {
        return Err(CaptureError::Unknown(format!(
            "the .scap file has version {major}.{minor}; {MAJOR_VERSION}.x is read"
        )));
    }
    Ok(())
}

fn made(state: &mut State, raw: &Raw<'_>, facts: Facts, number: u64) -> Event {
    let info = raw.info;
    let process = state.process(raw.tid).unwrap_or_else(|| {
        Arc::new(seawall_events::Process { tid: list::id(raw.tid), ..Default::default() })
    });
    let container = state.container(raw.tid);
    let call = Call {
        name: Cow::Borrowed(raw.name()),
        category: info.category(raw.generic(), facts.fd.as_ref().map(|fd| fd.kind)),
        direction: if info.is_enter() { Direction::Enter } else { Direction::Exit },
        arguments: show::arguments(raw, state),
        result: raw.result(),
        fd_number: facts.fd_number,
        fd: facts.fd,
        latency: facts.latency,
    };
    Event {
        number,
        time: raw.time,
        cpu: u32::from(raw.cpu),
        kind: EventKind::Call(Box::new(call)),
        process,
        container,
    }
}

impl<R: Read> Iterator for ScapReader<R> {
    type Item = Result<Event, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.event().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}
