//! Captures: one event a line, as JSON.

use std::io::{BufRead, Write};

use crate::Event;

/// Longest line that is read: an event with a long argument list stays far below.
pub const MAX_LINE: usize = 1 << 20;

/// What can be wrong with a capture.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The stream could not be read or written.
    #[error("capture: {0}")]
    Io(#[source] std::io::Error),
    /// A line is not an event.
    #[error("capture, line {line}: {source}")]
    Line {
        /// From 1.
        line: usize,
        /// What the JSON parser says.
        source: serde_json::Error,
    },
    /// A line is longer than [`MAX_LINE`].
    #[error("capture, line {0}: longer than {MAX_LINE} bytes")]
    TooLong(usize),
}

/// Writes one event and a newline.
pub fn write(out: &mut impl Write, event: &Event) -> Result<(), CaptureError> {
    let line = serde_json::to_string(event).map_err(|source| CaptureError::Line { line: 0, source })?;
    writeln!(out, "{line}").map_err(CaptureError::Io)
}

/// Reads events until the stream ends; the first error ends the iteration.
pub fn read<R: BufRead>(input: R) -> impl Iterator<Item = Result<Event, CaptureError>> {
    Reader { input, line: 0, failed: false }
}

struct Reader<R> {
    input: R,
    line: usize,
    failed: bool,
}

impl<R: BufRead> Reader<R> {
    fn event(&mut self) -> Result<Option<Event>, CaptureError> {
        loop {
            self.line += 1;
            let mut text = Vec::new();
            let mut limited = std::io::Read::take(&mut self.input, MAX_LINE as u64 + 1);
            let read = limited.read_until(b'\n', &mut text).map_err(CaptureError::Io)?;
            if read == 0 {
                return Ok(None);
            }
            if read > MAX_LINE {
                return Err(CaptureError::TooLong(self.line));
            }
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let line = self.line;
            return serde_json::from_slice(&text)
                .map(Some)
                .map_err(|source| CaptureError::Line { line, source });
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.event().transpose();
        self.failed = matches!(next, Some(Err(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{EventKind, Process};

    #[test]
    fn a_capture_reads_back_what_was_written() {
        let parent = Arc::new(Process { pid: 1, name: "init".into(), ..Process::default() });
        let process = Process { pid: 7, name: "sh".into(), parent: Some(parent), ..Process::default() };
        let event = Event {
            number: 1,
            time: 5,
            cpu: 0,
            kind: EventKind::Open {
                path: "/etc/shadow".into(),
                flags: 0,
                result: -13,
                syscall: "openat".into(),
            },
            process: Arc::new(process),
            container: None,
        };
        let mut bytes = Vec::new();
        write(&mut bytes, &event).unwrap();
        bytes.extend_from_slice(b"\nnot json\n");
        let mut events = read(&bytes[..]);
        assert_eq!(events.next().unwrap().unwrap(), event);
        assert!(events.next().unwrap().unwrap_err().to_string().contains("line 3"));
        assert!(events.next().is_none());
    }
}
