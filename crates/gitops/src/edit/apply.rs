//! Byte ranges replaced, and the changed lines told.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// One changed or added line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Path in the repository.
    pub file: String,
    /// Line of the old file, from 1; for an added line the one that it follows.
    pub line: usize,
    /// The line as it was, without its line ending; empty for an added line.
    pub before: String,
    /// The line as it is now.
    pub after: String,
}

/// Put `text` in place of `range`; an empty range inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// The ranges lie on character borders of `old` and do not overlap: they are those of different scalars.
pub(super) fn apply(path: &str, old: &str, mut edits: Vec<Edit>) -> (String, Vec<Change>) {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    edits.dedup();
    let mut new = String::with_capacity(old.len() + edits.len() * 80);
    let mut changes = Vec::new();
    let mut done = 0;
    let mut number = 1;
    let mut rest = edits.as_slice();
    while let Some(first) = rest.first() {
        let start = old[..first.range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = old[first.range.end..].find('\n').map_or(old.len(), |at| first.range.end + at);
        let on_line = rest.iter().take_while(|edit| edit.range.start <= end).count();
        let (line_edits, later) = rest.split_at(on_line);
        rest = later;

        new.push_str(&old[done..start]);
        number += old[done..start].matches('\n').count();
        let mut line = String::new();
        let mut at = start;
        for edit in line_edits {
            line.push_str(&old[at..edit.range.start]);
            line.push_str(&edit.text);
            at = edit.range.end;
        }
        line.push_str(&old[at..end]);
        let before = old[start..end].trim_end_matches('\r');
        for (index, after) in line.split('\n').map(|after| after.trim_end_matches('\r')).enumerate() {
            let before = if index == 0 { before } else { "" };
            if before != after {
                let (before, after) = (before.to_owned(), after.to_owned());
                changes.push(Change { file: path.to_owned(), line: number, before, after });
            }
        }
        new.push_str(&line);
        done = end;
    }
    new.push_str(&old[done..]);
    (new, changes)
}
