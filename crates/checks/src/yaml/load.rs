//! From parser events to nodes, with limits.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use seawall_findings::Position;

use super::{Data, Key, Node, scalar};
use crate::{Problem, YamlError};

/// Longest text that is read, in bytes (the API server takes 3 MiB).
pub const MAX_TEXT: usize = 8 << 20;
/// Deepest nesting that is read.
pub const MAX_DEPTH: usize = 128;
/// Most values and bytes of text, together, that aliases may add.
pub const MAX_EXPANDED: usize = 4 << 20;

/// Reads all documents of a text; empty ones are left out. `path` is only for errors.
pub fn load(path: &str, text: &str) -> Result<Vec<Node>, YamlError> {
    let fail = |position, problem| YamlError { path: path.to_owned(), position, problem };
    let start = Position { line: 1, column: 1 };
    if text.len() > MAX_TEXT {
        return Err(fail(start, Problem::TooLong(text.len(), MAX_TEXT)));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut loader = Loader::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            let position = Position { line: marker.line().max(1), column: marker.col() + 1 };
            match indenting_tab(text, position.line).filter(|_| error.info().contains("tab")) {
                Some(position) => {
                    fail(position, Problem::Syntax("a tab where only blanks may indent".to_owned()))
                }
                None => fail(position, Problem::Syntax(error.info().to_owned())),
            }
        })?;
        loader.event(event, span).map_err(|(position, problem)| fail(position, problem))?;
    }
    Ok(loader.documents)
}

/// The first tab from a line on that stands before the line's text: the parser names the value before it.
fn indenting_tab(text: &str, from: usize) -> Option<Position> {
    let lines = text.lines().enumerate().skip(from.saturating_sub(1));
    lines.map(|(index, line)| (index, line.len() - line.trim_start_matches(' ').len(), line)).find_map(
        |(index, blanks, line)| {
            let tab = line.get(blanks..).is_some_and(|rest| rest.starts_with('\t'));
            tab.then_some(Position { line: index + 1, column: blanks + 1 })
        },
    )
}

type Step<T> = Result<T, (Position, Problem)>;

/// A list or mapping that is not complete yet.
struct Open {
    node: Node,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<Key>,
    /// Values of `<<`, merged when the mapping ends: keys written out win over merged ones.
    merges: Vec<Node>,
    seen: HashSet<String>,
}

#[derive(Default)]
struct Loader {
    documents: Vec<Node>,
    open: Vec<Open>,
    /// Complete anchors of this document, with their weight.
    anchors: HashMap<usize, (Node, usize)>,
    expanded: usize,
}

impl Loader {
    fn event(&mut self, event: Event<'_>, span: Span) -> Step<()> {
        let position = Position { line: span.start.line().max(1), column: span.start.col() + 1 };
        match event {
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, tag) => {
                let data = resolve(&text, style, tag.as_deref());
                let is_merge = style == ScalarStyle::Plain && text == "<<";
                self.complete(Node { data, position }, anchor, is_merge)?;
            }
            Event::SequenceStart(anchor, _) => self.begin(Data::Sequence(Vec::new()), anchor, position)?,
            Event::MappingStart(anchor, _) => self.begin(Data::Mapping(Vec::new()), anchor, position)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let anchor = open.anchor;
                    let node = finish(open)?;
                    self.complete(node, anchor, false)?;
                }
            }
            Event::Alias(anchor) => {
                let Some((node, weight)) = self.anchors.get(&anchor) else {
                    return Err((position, Problem::BadAlias));
                };
                self.expanded = self.expanded.saturating_add(*weight);
                if self.expanded > MAX_EXPANDED {
                    return Err((position, Problem::TooLarge(MAX_EXPANDED)));
                }
                let node = node.clone();
                if self.open.len() + depth(&node) > MAX_DEPTH {
                    return Err((position, Problem::TooDeep(MAX_DEPTH)));
                }
                self.complete(node, 0, false)?;
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn begin(&mut self, data: Data, anchor: usize, position: Position) -> Step<()> {
        if self.open.len() >= MAX_DEPTH {
            return Err((position, Problem::TooDeep(MAX_DEPTH)));
        }
        if self
            .open
            .last()
            .is_some_and(|open| matches!(open.node.data, Data::Mapping(_)) && open.key.is_none())
        {
            return Err((position, Problem::ComplexKey));
        }
        let node = Node { data, position };
        self.open.push(Open { node, anchor, key: None, merges: Vec::new(), seen: HashSet::new() });
        Ok(())
    }

    /// Puts a complete value where it belongs: into the document, the list, or as a key or value of the mapping.
    fn complete(&mut self, node: Node, anchor: usize, is_merge: bool) -> Step<()> {
        if anchor > 0 {
            let weight = weight(&node);
            // A copy is kept for aliases: it counts, or a nest of anchors would be copied at every level.
            self.expanded = self.expanded.saturating_add(weight);
            if self.expanded > MAX_EXPANDED {
                return Err((node.position, Problem::TooLarge(MAX_EXPANDED)));
            }
            self.anchors.insert(anchor, (node.clone(), weight));
        }
        let Some(open) = self.open.last_mut() else {
            if node.data != Data::Null {
                self.documents.push(node);
            }
            return Ok(());
        };
        match &mut open.node.data {
            Data::Sequence(items) => items.push(node),
            Data::Mapping(entries) => match open.key.take() {
                None => {
                    let name = key_name(&node)?;
                    let merge = is_merge && name == "<<";
                    if !merge && !open.seen.insert(name.clone()) {
                        return Err((node.position, Problem::DuplicateKey(name)));
                    }
                    let name = if merge { MERGE.to_owned() } else { name };
                    open.key = Some(Key { name, position: node.position });
                }
                Some(key) if key.name == MERGE => open.merges.push(node),
                Some(key) => entries.push((key, node)),
            },
            _ => {}
        }
        Ok(())
    }
}

/// Marks the key `<<`; NUL cannot stand in a YAML plain scalar.
const MERGE: &str = "\0<<";

fn key_name(node: &Node) -> Step<String> {
    match &node.data {
        Data::String(text) => Ok(text.clone()),
        Data::Null => Ok("null".into()),
        Data::Bool(value) => Ok(value.to_string()),
        Data::Number(value) => Ok(value.to_string()),
        Data::Sequence(_) | Data::Mapping(_) => Err((node.position, Problem::ComplexKey)),
    }
}

fn finish(mut open: Open) -> Step<Node> {
    let Data::Mapping(entries) = &mut open.node.data else { return Ok(open.node) };
    for merge in open.merges {
        let position = merge.position;
        let sources = match merge.data {
            Data::Mapping(_) => vec![merge],
            Data::Sequence(items) => items,
            _ => return Err((position, Problem::BadMerge)),
        };
        for source in sources {
            let Data::Mapping(merged) = source.data else { return Err((source.position, Problem::BadMerge)) };
            for (key, node) in merged {
                if open.seen.insert(key.name.clone()) {
                    entries.push((key, node));
                }
            }
        }
    }
    Ok(open.node)
}

fn resolve(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Data {
    let quoted = style != ScalarStyle::Plain;
    match tag {
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix != "str" => scalar::plain(text),
        Some(_) => Data::String(text.to_owned()),
        None if quoted => Data::String(text.to_owned()),
        None => scalar::plain(text),
    }
}

/// Values and bytes below and with this node. Depth is bounded by [`MAX_DEPTH`], so recursion is too.
fn weight(node: &Node) -> usize {
    1 + match &node.data {
        Data::String(text) => text.len(),
        Data::Sequence(items) => items.iter().map(weight).sum(),
        Data::Mapping(entries) => entries.iter().map(|(key, node)| key.name.len() + weight(node)).sum(),
        _ => 0,
    }
}

fn depth(node: &Node) -> usize {
    match &node.data {
        Data::Sequence(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Data::Mapping(entries) => 1 + entries.iter().map(|(_, node)| depth(node)).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use serde_json::json;

    fn value(text: &str) -> serde_json::Value {
        load("t", text).unwrap()[0].to_value()
    }

    fn error(text: &str) -> String {
        load("t.yaml", text).unwrap_err().to_string()
    }

    #[test]
    fn values_positions_and_merges() {
        let nodes = load("t", "---\n# nothing\n---\na: 1\nb:\n  - x: yes\n    'y': \"no\"\n").unwrap();
        assert_eq!(nodes.len(), 1);
        assert_eq!(nodes[0].to_value(), json!({"a": 1, "b": [{"x": true, "y": "no"}]}));
        assert_eq!(nodes[0].locate("/b/0/y"), Position { line: 7, column: 5 });
        assert_eq!(nodes[0].locate("/b/0/nowhere/at"), Position { line: 6, column: 5 });
        assert_eq!(
            value("base: &b {p: true, q: 1}\nc:\n  <<: *b\n  q: 2\n"),
            json!({"base": {"p": true, "q": 1}, "c": {"p": true, "q": 2}})
        );
        assert_eq!(value("{\"a\": [1, -2.5, null, \"\\u00e9\"]}"), json!({"a": [1, -2.5, null, "é"]}));
    }

    #[test]
    fn refused() {
        assert_eq!(
            error("a: 1\na: 2\n"),
            "t.yaml:2:1: the key `a` is there twice; readers disagree on which one counts, so remove one"
        );
        assert!(error(&"- ".repeat(200)).contains("nested deeper than 128"), "{}", error(&"- ".repeat(200)));
        assert!(error(&"[".repeat(100_000)).starts_with("t.yaml:1:"));
        let mut laughs = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for level in 1..12 {
            let previous = format!("*a{}, ", level - 1).repeat(10);
            let _ = writeln!(laughs, "a{level}: &a{level} [{previous}]");
        }
        assert!(error(&laughs).contains("aliases"));
        assert!(error("a: [1\nb: }").starts_with("t.yaml:2:"));
        assert!(error("a: &x [*x]").contains("alias"));
        assert!(error("? [a]\n: 1\n").contains("plain word"));
    }
}
