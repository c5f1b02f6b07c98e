//! Output formats: `Shell in %container.name (command=%proc.cmdline)`.

use seawall_events::Event;
use serde_json::{Map, Value as Json};

use crate::compile::source;
use crate::condition::{self, Span};
use crate::matcher::Source;

/// What stands for a missing value, as in Falco.
const MISSING: &str = "<NA>";

#[derive(Debug)]
enum Piece {
    Literal(String),
    Field { name: String, source: Source },
}

/// A parsed format.
#[derive(Debug)]
pub(crate) struct Output(Vec<Piece>);

/// What is wrong with a format.
pub(crate) struct OutputError {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) unknown_filter: bool,
}

impl Output {
    /// Parses `text`. A leading `*` (print even when fields are missing) is the default here, as in Falco's rules.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<OutputError>> {
        let mut pieces = Vec::new();
        let mut errors = Vec::new();
        let mut literal = String::new();
        let mut at = text.len() - text.strip_prefix('*').unwrap_or(text).len();
        while let Some(found) = text[at..].find('%') {
            literal.push_str(&text[at..at + found]);
            at += found + 1;
            let rest = &text[at..];
            let starts = rest.starts_with(|c: char| c.is_ascii_alphabetic());
            match if starts { condition::field_at(rest) } else { Ok(None) } {
                Ok(Some((operand, length))) => {
                    let name = rest[..length].to_owned();
                    match source(&operand) {
                        Ok((source, _)) => {
                            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                            pieces.push(Piece::Field { name, source });
                        }
                        Err((span, (message, hint), unknown_filter)) => errors.push(OutputError {
                            span: Span { start: at + span.start, end: at + span.end },
                            message,
                            hint,
                            unknown_filter,
                        }),
                    }
                    at += length;
                }
                Ok(None) if starts => {
                    let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
                    errors.push(OutputError {
                        span: Span { start: at, end: at + length },
                        message: format!("`%{}` names no field", &rest[..length]),
                        hint: Some("a field looks like `%proc.name`".to_owned()),
                        unknown_filter: true,
                    });
                    at += length;
                }
                Ok(None) => literal.push('%'),
                Err(error) => {
                    errors.push(OutputError {
                        span: Span { start: at + error.span.start, end: at + error.span.end },
                        message: error.message,
                        hint: error.hint,
                        unknown_filter: false,
                    });
                    break;
                }
            }
        }
        literal.push_str(&text[at.min(text.len())..]);
        pieces.push(Piece::Literal(literal));
        if errors.is_empty() { Ok(Self(pieces)) } else { Err(errors) }
    }

    /// The text for an event, and the fields by name.
    pub(crate) fn render(&self, event: &Event) -> (String, Map<String, Json>) {
        let mut text = String::new();
        let mut fields = Map::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Field { name, source } => {
                    let value = source.value(event);
                    match &value {
                        Some(value) => push_visible(&mut text, &value.text()),
                        None => text.push_str(MISSING),
                    }
                    fields.insert(name.clone(), value.map_or(Json::Null, |value| value.json()));
                }
            }
        }
        (text, fields)
    }
}

/// Appends with control characters escaped: a process names itself as it likes, and must not forge a line of the log.
fn push_visible(text: &mut String, value: &str) {
    for c in value.chars() {
        if c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
}
