//! YAML and JSON documents as values that know their places, CloudFormation's short tags included.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use crate::value::{Kind, Value};
use crate::{At, ProblemKind};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 128;
/// Most values that aliases may add.
const MAX_ALIASED: usize = 200_000;

type Fault = (At, ProblemKind);

/// Reads all documents of a text. JSON is read as the YAML that it is.
pub(crate) fn load(file: u32, text: &str, language: &'static str) -> Result<Vec<Value>, Fault> {
    // Tabs are white space in JSON, but not everywhere in YAML; inside a JSON text they cannot stand.
    let spaced;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = if text.trim_start().starts_with(['{', '[']) && text.contains('\t') {
        spaced = text.replace('\t', " ");
        &spaced
    } else {
        text
    };
    let mut loader = Loader {
        file,
        language,
        documents: Vec::new(),
        open: Vec::new(),
        anchors: HashMap::new(),
        aliased: 0,
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            (
                At::line(file, marker.line(), marker.col() + 1),
                ProblemKind::Syntax { language, message: error.info().to_owned() },
            )
        })?;
        loader.event(event, At::line(file, span.start.line(), span.start.col() + 1))?;
    }
    Ok(loader.documents)
}

struct Loader {
    file: u32,
    language: &'static str,
    documents: Vec<Value>,
    open: Vec<Open>,
    anchors: HashMap<usize, (Value, usize)>,
    aliased: usize,
}

struct Open {
    at: At,
    anchor: usize,
    tag: Option<String>,
    held: Held,
}

enum Held {
    List(Vec<Value>),
    Map { entries: BTreeMap<Arc<str>, Value>, key: Option<Arc<str>> },
}

impl Loader {
    fn event(&mut self, event: Event<'_>, at: At) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref(), at);
                self.complete(tagged(short(tag.as_deref()), value), anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(Open { at, anchor, tag: short(tag.as_deref()), held: Held::List(Vec::new()) })
            }
            Event::MappingStart(anchor, tag) => {
                let held = Held::Map { entries: BTreeMap::new(), key: None };
                self.begin(Open { at, anchor, tag: short(tag.as_deref()), held })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                let value = match open.held {
                    Held::List(items) => Value::list(items, open.at),
                    Held::Map { entries, .. } => Value::map(entries, open.at),
                };
                self.complete(tagged(open.tag, value), open.anchor)
            }
            Event::Alias(anchor) => {
                let Some((value, weight)) = self.anchors.get(&anchor).cloned() else {
                    return Err(self.fault(at, "an alias of an anchor that is not complete"));
                };
                self.aliased = self.aliased.saturating_add(weight);
                if self.aliased > MAX_ALIASED {
                    return Err((at, ProblemKind::TooMuch(MAX_ALIASED, "values of aliases")));
                }
                self.complete(value, 0)
            }
            Event::DocumentStart(_) => {
                self.anchors.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn fault(&self, at: At, message: &str) -> Fault {
        (at, ProblemKind::Syntax { language: self.language, message: message.to_owned() })
    }

    fn begin(&mut self, open: Open) -> Result<(), Fault> {
        if self.open.len() >= MAX_DEPTH {
            return Err((open.at, ProblemKind::TooDeep(MAX_DEPTH)));
        }
        if matches!(self.open.last(), Some(Open { held: Held::Map { key: None, .. }, .. })) {
            return Err(self.fault(open.at, "a key must be a text"));
        }
        self.open.push(open);
        Ok(())
    }

    fn complete(&mut self, value: Value, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            let weight = weight(&value);
            self.anchors.insert(anchor, (value.clone(), weight));
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(value);
            return Ok(());
        };
        match &mut open.held {
            Held::List(items) => items.push(value),
            Held::Map { entries, key } => match key.take() {
                None => {
                    let name = crate::value::template_text(&value);
                    let Some(name) = name else { return Err(self.fault(value.at, "a key must be a text")) };
                    *key = Some(name.into());
                }
                Some(name) if &*name == "<<" => {
                    for source in value.items() {
                        for (name, value) in source.as_map().into_iter().flat_map(|map| &map.entries) {
                            entries.entry(name.clone()).or_insert_with(|| value.clone());
                        }
                    }
                }
                Some(name) => {
                    entries.insert(name, value);
                }
            },
        }
        let _ = self.file;
        Ok(())
    }
}

fn weight(value: &Value) -> usize {
    1 + match &value.kind {
        Kind::List(items) => items.iter().map(weight).fold(0, usize::saturating_add),
        Kind::Map(map) => map.entries.values().map(weight).fold(0, usize::saturating_add),
        _ => 0,
    }
}

/// `!Ref` as `Ref`, `!Sub` as `Fn::Sub`, and so on (the short forms of CloudFormation's functions).
fn short(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty())?;
    Some(match tag.suffix.as_str() {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    })
}

fn tagged(tag: Option<String>, value: Value) -> Value {
    match tag {
        None => value,
        Some(tag) => {
            let at = value.at;
            Value::map(BTreeMap::from([(Arc::from(tag), value)]), at)
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, at: At) -> Value {
    if style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str") {
        return Value::text(text, at);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::null(at),
        "true" | "True" | "TRUE" => Value::new(Kind::Bool(true), at),
        "false" | "False" | "FALSE" => Value::new(Kind::Bool(false), at),
        _ => match text.parse::<f64>() {
            // `1e5` and `0123` are read as what they look like; `inf` and `nan` are words.
            Ok(number)
                if number.is_finite()
                    && text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) =>
            {
                // Account numbers and versions keep their digits.
                if crate::value::number_text(number) == text {
                    Value::new(Kind::Number(number), at)
                } else {
                    Value::text(text, at)
                }
            }
            _ => Value::text(text, at),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_tags_are_their_long_forms() {
        let documents =
            load(0, "a: !Ref B\nb: !GetAtt A.B\nc: !Sub\n  - x\n  - {y: 012345678901}\n", "YAML").unwrap();
        assert_eq!(
            to(&documents[0]),
            r#"{"a":{"Ref":"B"},"b":{"Fn::GetAtt":"A.B"},"c":{"Fn::Sub":["x",{"y":"012345678901"}]}}"#
        );
    }

    #[test]
    fn json_may_be_indented_with_tabs() {
        let documents = load(0, "{\n\t\"a\": [1,\t2]\n}\n", "JSON").unwrap();
        assert_eq!(to(&documents[0]), r#"{"a":[1,2]}"#);
    }

    #[test]
    fn alias_bombs_are_refused() {
        let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for i in 1..9 {
            use std::fmt::Write as _;
            let _ = writeln!(text, "a{i}: &a{i} [{}]", vec![format!("*a{}", i - 1); 10].join(","));
        }
        assert!(matches!(load(0, &text, "YAML"), Err((_, ProblemKind::TooMuch(..)))));
    }

    fn to(value: &Value) -> String {
        crate::value::to_json(value).unwrap()
    }
}
