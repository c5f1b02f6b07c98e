//! Which format a capture has.

use std::io::{BufRead, BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;
use seawall_events::{Audit, Event, capture};

use crate::{AuditReader, CaptureError, ScapReader};

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Falco's and sysdig's `.scap`.
    Scap,
    /// A Kubernetes audit log.
    Audit,
    /// Seawall's own JSON lines.
    Seawall,
}

/// A capture's events, in order; the first error ends it.
pub struct Capture<'a> {
    form: Form,
    events: Box<dyn Iterator<Item = Result<Event, CaptureError>> + 'a>,
}

impl std::fmt::Debug for Capture<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Capture").field("form", &self.form).finish_non_exhaustive()
    }
}

impl Capture<'_> {
    /// The format that was found.
    pub fn form(&self) -> Form {
        self.form
    }
}

impl Iterator for Capture<'_> {
    type Item = Result<Event, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.events.next()
    }
}

/// How much of the beginning is looked at.
const LOOK: u64 = 1 << 20;

/// Opens a capture of any of the formats, packed with gzip or not. `wanted` says which event types are needed: others
/// keep the process table up to date, but are not handed out; none hands out all.
///
/// # Errors
/// When the beginning cannot be read, or is of no known format.
pub fn open<'a, R: Read + 'a>(input: R, wanted: Option<&[&str]>) -> Result<Capture<'a>, CaptureError> {
    let (head, rest) = look(input, 2)?;
    if head.starts_with(&[0x1f, 0x8b]) {
        return plain(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, rest)), wanted);
    }
    plain(rest, wanted)
}

fn look<'a, R: Read + 'a>(mut input: R, most: u64) -> Result<(Vec<u8>, impl Read + 'a), CaptureError> {
    let mut head = Vec::new();
    let read = input.by_ref().take(most).read_to_end(&mut head);
    read.map_err(|source| CaptureError::Io { at: 0, source })?;
    Ok((head.clone(), Cursor::new(head).chain(input)))
}

fn plain<'a, R: Read + 'a>(input: R, wanted: Option<&[&str]>) -> Result<Capture<'a>, CaptureError> {
    let (head, rest) = look(input, 4)?;
    if head == ScapReader::<&[u8]>::MAGIC {
        let mut reader = ScapReader::new(rest)?;
        if let Some(wanted) = wanted {
            reader.only(wanted);
        }
        return Ok(Capture { form: Form::Scap, events: Box::new(reader) });
    }
    let (head, rest) = look(rest, LOOK)?;
    let lines = BufReader::with_capacity(1 << 16, rest);
    match json_form(&head) {
        Some(Form::Seawall) => Ok(Capture {
            form: Form::Seawall,
            events: Box::new(capture::read(lines).map(|event| event.map_err(CaptureError::Own))),
        }),
        Some(form) => Ok(Capture { form, events: Box::new(AuditReader::new(lines)) }),
        None => Err(CaptureError::Unknown(
            "this is no capture: neither a .scap file, nor a Kubernetes audit log, nor Seawall's JSON lines"
                .into(),
        )),
    }
}

/// What the first document of a JSON stream is. An empty stream is a capture without events.
fn json_form(head: &[u8]) -> Option<Form> {
    let first = head.iter().position(|byte| !byte.is_ascii_whitespace());
    let Some(first) = first else { return Some(Form::Seawall) };
    match head.get(first) {
        Some(b'{') => {}
        Some(b'[') => return Some(Form::Audit),
        _ => return None,
    }
    let mut line = Vec::new();
    let cut = head.get(first..).unwrap_or_default();
    Cursor::new(cut).read_until(b'\n', &mut line).ok()?;
    let mut documents = serde_json::Deserializer::from_slice(cut).into_iter::<serde_json::Value>();
    if let Some(Ok(document)) = documents.next() {
        let list = document.get("items").is_some_and(serde_json::Value::is_array);
        let other = list || Audit::is(&document) || document.get("event").is_none();
        return Some(if other { Form::Audit } else { Form::Seawall });
    }
    // A document that is longer than what is looked at, or damaged: the reader says so with the line.
    let text = String::from_utf8_lossy(&line);
    Some(if text.contains("audit.k8s.io") { Form::Audit } else { Form::Seawall })
}
