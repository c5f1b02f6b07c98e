//! YAML to a tree in which every value knows its place.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// Deepest nesting of a rule file.
const MAX_DEPTH: usize = 64;
/// Most values of a rule file, counting what aliases repeat.
const MAX_NODES: usize = 1_000_000;

/// Where a value begins, and how it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// From 1.
    pub(crate) line: usize,
    /// From 1.
    pub(crate) column: usize,
    pub(crate) style: ScalarStyle,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Null as well: a plain scalar that is empty or `~`.
    Scalar(String),
    Sequence(Vec<Node>),
    Mapping(Vec<(Node, Node)>),
}

/// What is not YAML, and where (from 1).
#[derive(Debug)]
pub(crate) struct YamlError {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

impl Node {
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.place.style == ScalarStyle::Plain
            && matches!(&self.value, Value::Scalar(text) if text.is_empty() || text == "~" || text == "null")
    }

    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar(_) if self.is_null() => "nothing",
            Value::Scalar(_) => "a text",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }

    fn size(&self) -> usize {
        1 + match &self.value {
            Value::Scalar(_) => 0,
            Value::Sequence(items) => items.iter().map(Self::size).sum(),
            Value::Mapping(pairs) => pairs.iter().map(|(key, value)| key.size() + value.size()).sum(),
        }
    }
}

/// The documents of a file.
///
/// A line that only closes a list may stand as far left as the list's key (`]` below `items: [`): YAML forbids it, and
/// Falco's parser and its rule files do not care. Such lines are indented and the file is read again.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, YamlError> {
    read_strictly(text).or_else(|error| {
        let closes = |line: &str| {
            let line = line.trim();
            line.starts_with([']', '}']) && line.chars().all(|c| matches!(c, ']' | '}' | ',' | ' '))
        };
        if !text.lines().nth(error.line.saturating_sub(1)).is_some_and(closes) {
            return Err(error);
        }
        let indent = |line| if closes(line) { format!("{:40}{line}", "") } else { line.to_owned() };
        let indented: Vec<String> = text.lines().map(indent).collect();
        read_strictly(&indented.join("\n"))
    })
}

fn read_strictly(text: &str) -> Result<Vec<Node>, YamlError> {
    let mut reader =
        Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), nodes: 0, last: (1, 1) };
    let mut documents = Vec::new();
    while let Some((event, span)) = reader.next()? {
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            Event::StreamEnd => break,
            other => {
                let node = reader.node(other, span, 0)?;
                if !node.is_null() {
                    documents.push(node);
                }
            }
        }
    }
    Ok(documents)
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: HashMap<usize, (usize, Node)>,
    nodes: usize,
    last: (usize, usize),
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, YamlError> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok((event, span))) => {
                self.last = (span.start.line(), span.start.col() + 1);
                Ok(Some((event, span)))
            }
            Some(Err(error)) => Err(YamlError {
                line: error.marker().line(),
                column: error.marker().col() + 1,
                message: error.info().to_owned(),
            }),
        }
    }

    fn fail<T>(&self, message: &str) -> Result<T, YamlError> {
        Err(YamlError { line: self.last.0, column: self.last.1, message: message.to_owned() })
    }

    fn count(&mut self, nodes: usize) -> Result<(), YamlError> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return self.fail("more values than a rule file may have (1,000,000)");
        }
        Ok(())
    }

    fn inner(&mut self) -> Result<(Event<'a>, Span), YamlError> {
        match self.next()? {
            Some(pair) => Ok(pair),
            None => self.fail("the file ends too early"),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, YamlError> {
        if depth > MAX_DEPTH {
            return self.fail("nested deeper than 64 levels");
        }
        self.count(1)?;
        let mut place =
            Place { line: span.start.line(), column: span.start.col() + 1, style: ScalarStyle::Plain };
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => {
                place.style = style;
                (Value::Scalar(text.into_owned()), anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.inner()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                }
                (Value::Sequence(items), anchor)
            }
            Event::MappingStart(anchor, _) => {
                let mut pairs = Vec::new();
                loop {
                    let key = match self.inner()? {
                        (Event::MappingEnd, _) => break,
                        (event, span) => self.node(event, span, depth + 1)?,
                    };
                    let (event, span) = self.inner()?;
                    pairs.push((key, self.node(event, span, depth + 1)?));
                }
                (Value::Mapping(pairs), anchor)
            }
            Event::Alias(id) => {
                let Some((size, node)) = self.anchors.get(&id).cloned() else {
                    return self.fail("an alias to an anchor that is not complete yet");
                };
                self.count(size)?;
                return Ok(node);
            }
            _ => return self.fail("a value was expected here"),
        };
        let node = Node { value, place };
        if anchor > 0 {
            self.anchors.insert(anchor, (node.size(), node.clone()));
        }
        Ok(node)
    }
}
