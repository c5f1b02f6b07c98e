//! Texts that were put together from files, and the way back to the place in the file.

use saphyr_parser::ScalarStyle;

use crate::diagnostic::{Diagnostic, Level};
use crate::yaml::{Node, Place};

/// The rule files, in the order they were handed over.
pub(crate) struct Files<'a>(pub(crate) &'a [(&'a str, &'a str)]);

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) file: usize,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A text as the rule files give it: several parts where files append to it, joined by a space.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    parts: Vec<(String, usize, Place)>,
}

impl Text {
    pub(crate) fn new(text: &str, file: usize, node: &Node) -> Self {
        Self { parts: vec![(text.to_owned(), file, node.place)] }
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.parts.extend(other.parts);
    }

    pub(crate) fn joined(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|(text, ..)| text.as_str()).collect();
        parts.join(" ")
    }

    /// The place of the byte `offset` of [`Text::joined`].
    pub(crate) fn locate(&self, files: &Files<'_>, mut offset: usize) -> At {
        let last = self.parts.len().saturating_sub(1);
        for (index, (text, file, place)) in self.parts.iter().enumerate() {
            if offset <= text.len() || index == last {
                let raw = files.0.get(*file).map_or("", |(_, raw)| raw);
                let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
                let before = visible(text.get(..offset.min(text.len())).unwrap_or(text));
                // The end of the text is behind its last visible character.
                let at_end = before > 0 && before == visible(text);
                let (line, column) = raw_place(raw, *place, before - usize::from(at_end));
                return At { file: *file, line, column: column + usize::from(at_end) };
            }
            offset -= text.len() + 1;
        }
        At { file: 0, line: 1, column: 1 }
    }
}

/// Line and column of the visible character with number `wanted` of the scalar that begins at `place`. YAML folds and
/// strips only white space, so counting the other characters finds the place again whatever the style.
fn raw_place(raw: &str, place: Place, wanted: usize) -> (usize, usize) {
    let (mut line, mut column) = (place.line, place.column);
    let rest: String = raw.lines().skip(line - 1).fold(String::new(), |mut all, line| {
        if all.len() < (1 << 20) {
            all.push_str(line);
            all.push('\n');
        }
        all
    });
    let mut characters = rest.chars().skip(column - 1).peekable();
    if matches!(place.style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
        characters.next();
        column += 1;
    }
    if characters.peek().is_some_and(|c| matches!(c, '|' | '>'))
        && matches!(place.style, ScalarStyle::Literal | ScalarStyle::Folded)
    {
        characters.by_ref().find(|c| *c == '\n');
        line += 1;
        column = 1;
    }
    let mut seen = 0;
    while let Some(character) = characters.next() {
        let mut width = 1;
        let visible = match (place.style, character) {
            (ScalarStyle::DoubleQuoted, '\\') => {
                let escaped = characters.next();
                width = 2;
                !matches!(escaped, Some('n' | 't' | 'r' | ' ' | '\n'))
            }
            (ScalarStyle::SingleQuoted, '\'') => {
                characters.next();
                width = 2;
                true
            }
            (_, other) => !other.is_whitespace(),
        };
        if visible {
            if seen == wanted {
                return (line, column);
            }
            seen += 1;
        }
        if character == '\n' {
            line += 1;
            column = 1;
        } else {
            column += width;
        }
    }
    (place.line, place.column)
}

impl Files<'_> {
    /// A diagnostic at a place, with the line there.
    pub(crate) fn diagnostic(
        &self,
        severity: Level,
        code: &'static str,
        at: At,
        length: usize,
        message: String,
        hint: Option<String>,
    ) -> Diagnostic {
        let (name, text) = self.0.get(at.file).copied().unwrap_or(("", ""));
        Diagnostic {
            severity,
            code,
            file: name.to_owned(),
            line: at.line.max(1),
            column: at.column.max(1),
            length: length.max(1),
            message,
            excerpt: text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default().to_owned(),
            hint,
        }
    }
}
