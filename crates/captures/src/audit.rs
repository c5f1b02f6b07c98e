//! Kubernetes audit logs.

use std::collections::VecDeque;
use std::io::BufRead;
use std::sync::Arc;

use jiff::Timestamp;
use seawall_events::{Audit, Event, EventKind};
use serde_json::Value;

use crate::CaptureError;

/// Longest line: the API server limits an object to about 3 MiB, and an entry may hold it twice.
const MAX_LINE: u64 = 32 << 20;

/// Reads audit entries: a JSON document a line, each an `Event`, an `EventList` or an array of them, as the log file
/// and the webhook have them.
pub struct AuditReader<R> {
    input: R,
    line: usize,
    number: u64,
    waiting: VecDeque<Value>,
    failed: bool,
}

impl<R> std::fmt::Debug for AuditReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditReader").field("line", &self.line).finish_non_exhaustive()
    }
}

impl<R: BufRead> AuditReader<R> {
    /// Reads from `input`.
    pub fn new(input: R) -> Self {
        Self { input, line: 0, number: 0, waiting: VecDeque::new(), failed: false }
    }

    fn event(&mut self) -> Result<Option<Event>, CaptureError> {
        loop {
            if let Some(body) = self.waiting.pop_front() {
                self.number += 1;
                return Ok(Some(event(body, self.number)));
            }
            self.line += 1;
            let mut text = Vec::new();
            let mut limited = std::io::Read::take(&mut self.input, MAX_LINE + 1);
            let read =
                limited.read_until(b'\n', &mut text).map_err(|source| CaptureError::Io { at: 0, source })?;
            if read == 0 {
                return Ok(None);
            }
            if read as u64 > MAX_LINE {
                return Err(CaptureError::Unknown(format!(
                    "the audit log, line {}: longer than 32 MiB",
                    self.line
                )));
            }
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let line = self.line;
            let document =
                serde_json::from_slice(&text).map_err(|source| CaptureError::Line { line, source })?;
            self.take(document)?;
        }
    }

    fn take(&mut self, document: Value) -> Result<(), CaptureError> {
        match document {
            Value::Array(items) => self.waiting.extend(items),
            Value::Object(mut object) if object.get("items").is_some_and(Value::is_array) => {
                if let Some(Value::Array(items)) = object.remove("items") {
                    self.waiting.extend(items);
                }
            }
            other => self.waiting.push_back(other),
        }
        // Entries of a list need not repeat their kind.
        let named = |entry: &Value| {
            Audit::is(entry) || (entry.get("kind").is_none() && entry.get("auditID").is_some())
        };
        if let Some(other) = self.waiting.iter().find(|entry| !named(entry)) {
            let kind = other.get("kind").and_then(Value::as_str).unwrap_or("no kind");
            return Err(CaptureError::Unknown(format!(
                "the audit log, line {}: an entry is an `Event` of audit.k8s.io; this has {kind}",
                self.line
            )));
        }
        Ok(())
    }
}

fn event(body: Value, number: u64) -> Event {
    let stamp = ["stageTimestamp", "requestReceivedTimestamp", "timestamp"];
    let time = stamp
        .iter()
        .find_map(|key| body.get(*key)?.as_str()?.parse::<Timestamp>().ok())
        .and_then(|time| u64::try_from(time.as_nanosecond()).ok());
    Event {
        number,
        time: time.unwrap_or(0),
        cpu: 0,
        kind: EventKind::Audit(Box::new(Audit { body })),
        process: Arc::default(),
        container: None,
    }
}

impl<R: BufRead> Iterator for AuditReader<R> {
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
