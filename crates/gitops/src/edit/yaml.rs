//! Where the scalars of a YAML file stand.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// One YAML document: those of its scalar values that may matter, in order.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) leaves: Vec<Leaf>,
    /// Byte ranges of all scalars, keys too.
    pub(super) scalars: Vec<Range<usize>>,
}

/// A scalar value, or an alias of one, and how to get to it.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) path: Vec<Step>,
    pub(super) value: String,
    /// Where the value's own text stands, without quotes; `None` where it is not written in one piece: escapes,
    /// several lines. An alias has its anchor's text.
    pub(super) range: Option<Range<usize>>,
    pub(super) alias: bool,
    pub(super) quoted: bool,
    /// Line, from 1.
    pub(super) line: usize,
    /// Column of its key, from 0, in characters.
    pub(super) key_column: usize,
    /// Whether its mapping is written as `{…}`.
    pub(super) flow: bool,
    /// Whether its key is in double quotes, as in JSON.
    pub(super) key_quoted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(Rc<str>),
    Index(usize),
}

impl Document {
    /// The value at a path of keys from the root.
    pub(super) fn get(&self, keys: &[&str]) -> Option<&str> {
        let is = |leaf: &&Leaf| {
            leaf.path.len() == keys.len() && leaf.path.iter().zip(keys).all(|(step, key)| step.is(key))
        };
        self.leaves.iter().find(is).map(|leaf| leaf.value.as_str())
    }
}

impl Step {
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Key(key) if **key == *name)
    }
}

/// An open collection.
enum Frame {
    Mapping { key: Option<Key>, flow: bool },
    Sequence { index: usize },
}

/// The key whose value comes next.
struct Key {
    name: Rc<str>,
    column: usize,
    quoted: bool,
}

/// Deeper than any manifest.
const MAX_DEPTH: usize = 200;
/// Deeper than the pod template of any kind, within a `List` too.
const MAX_IMAGE_DEPTH: usize = 24;
/// Keys whose values matter at any depth; at the root all do.
const KEYS: [&str; 6] = ["image", "reference", "name", "newName", "newTag", "digest"];
/// Longer than any image reference.
const MAX_ALIASED: usize = 1024;

/// All documents of a file, or what the parser says with line and column.
pub(super) fn documents(text: &str) -> Result<Vec<Document>, String> {
    // A byte order mark is no part of the content (YAML 1.2.2, section 5.2).
    let (base, text_only) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (text.len() - rest.len(), rest),
        None => (0, text),
    };
    let offsets = Offsets::new(base, text_only);
    let mut documents = Vec::new();
    let mut current = Document::default();
    let mut stack: Vec<Frame> = Vec::new();
    let mut anchors: HashMap<usize, Written> = HashMap::new();
    for event in Parser::new_from_str(text_only) {
        let (event, span) = event.map_err(|error| error.to_string())?;
        match event {
            Event::DocumentStart(_) => current = Document::default(),
            Event::DocumentEnd => documents.push(std::mem::take(&mut current)),
            Event::Scalar(value, style, anchor, _) => {
                let start = offsets.byte(span.start.index());
                current.scalars.push(start..offsets.byte(span.end.index()));
                let range = exact(text, start, &value, style);
                let written = Written { value: value.into_owned(), range, style };
                if anchor != 0 && written.value.len() <= MAX_ALIASED {
                    anchors.insert(anchor, written.clone());
                }
                scalar(&mut stack, &mut current, written, false, &span);
            }
            Event::Alias(anchor) => {
                let written = anchors.get(&anchor).cloned().unwrap_or_default();
                scalar(&mut stack, &mut current, written, true, &span);
            }
            Event::MappingStart(..) => {
                let flow = text[offsets.byte(span.start.index())..].starts_with('{');
                stack.push(Frame::Mapping { key: None, flow });
            }
            Event::SequenceStart(..) => stack.push(Frame::Sequence { index: 0 }),
            Event::MappingEnd | Event::SequenceEnd => {
                stack.pop();
                close(&mut stack);
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
        if stack.len() > MAX_DEPTH {
            return Err(format!("nested deeper than {MAX_DEPTH} levels at line {}", span.start.line()));
        }
    }
    Ok(documents)
}

/// After a value (or a collection as a key) ended: what the parent expects next.
fn close(stack: &mut [Frame]) {
    match stack.last_mut() {
        Some(Frame::Mapping { key, .. }) => {
            // A collection as a key has no name that is looked for.
            let nameless = || Key { name: Rc::from(""), column: 0, quoted: false };
            *key = if key.is_some() { None } else { Some(nameless()) };
        }
        Some(Frame::Sequence { index }) => *index += 1,
        None => {}
    }
}

/// A scalar as the file has it.
#[derive(Clone)]
struct Written {
    value: String,
    range: Option<Range<usize>>,
    style: ScalarStyle,
}

/// Of an alias to a collection, which is no image.
impl Default for Written {
    fn default() -> Self {
        Self { value: String::new(), range: None, style: ScalarStyle::Plain }
    }
}

fn scalar(stack: &mut [Frame], document: &mut Document, written: Written, alias: bool, span: &Span) {
    if let Some(Frame::Mapping { key: key @ None, .. }) = stack.last_mut() {
        let quoted = written.style == ScalarStyle::DoubleQuoted;
        *key = Some(Key { name: written.value.into(), column: span.start.col(), quoted });
        return;
    }
    let matters = match stack.last() {
        Some(Frame::Mapping { key: Some(key), .. }) => stack.len() == 1 || KEYS.contains(&&*key.name),
        _ => false,
    };
    if !matters || stack.len() > MAX_IMAGE_DEPTH {
        close(stack);
        return;
    }
    let path = stack
        .iter()
        .map(|frame| match frame {
            Frame::Mapping { key, .. } => {
                Step::Key(key.as_ref().map_or_else(|| Rc::from(""), |key| Rc::clone(&key.name)))
            }
            Frame::Sequence { index } => Step::Index(*index),
        })
        .collect();
    let (key_column, key_quoted, flow) = match stack.last() {
        Some(Frame::Mapping { key: Some(key), flow }) => (key.column, key.quoted, *flow),
        _ => (0, false, false),
    };
    document.leaves.push(Leaf {
        path,
        value: written.value,
        range: written.range,
        alias,
        quoted: written.style != ScalarStyle::Plain,
        line: span.start.line(),
        key_column,
        flow,
        key_quoted,
    });
    close(stack);
}

/// The range of the value's text, only where the file holds exactly that text there.
fn exact(text: &str, start: usize, value: &str, style: ScalarStyle) -> Option<Range<usize>> {
    let quote = match style {
        ScalarStyle::Plain => "",
        ScalarStyle::SingleQuoted => "'",
        ScalarStyle::DoubleQuoted => "\"",
        ScalarStyle::Literal | ScalarStyle::Folded => return None,
    };
    let mut rest = text.get(start..)?;
    // Anchor and tag stand before the text (YAML 1.2.2, section 6.9).
    while rest.starts_with(['&', '!']) {
        rest = rest[rest.find(char::is_whitespace)?..].trim_start_matches([' ', '\t']);
    }
    let begin = text.len() - rest.len() + quote.len();
    let rest = rest.strip_prefix(quote)?.strip_prefix(value)?;
    (!value.is_empty() && rest.starts_with(quote)).then(|| begin..begin + value.len())
}

/// The parser counts characters, edits count bytes.
struct Offsets {
    base: usize,
    /// Byte of every character; empty where all is ASCII.
    table: Vec<usize>,
    length: usize,
}

impl Offsets {
    fn new(base: usize, text: &str) -> Self {
        let table =
            if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Self { base, table, length: text.len() }
    }

    fn byte(&self, character: usize) -> usize {
        let at = if self.table.is_empty() {
            character
        } else {
            self.table.get(character).copied().unwrap_or(self.length)
        };
        self.base + at.min(self.length)
    }
}
