//! Exceptions: what a rule shall not say, as values of fields, and as a condition.

use super::item::{ExceptionDef, Keys};
use super::{Collection, at, text};
use crate::compile::{nearest_operator, source};
use crate::condition::{Check, Expr, Op, Right, Span, Word, field_at};
use crate::source::Text;
use crate::yaml::{Node, Value};

/// Most values of all exceptions of one rule file's item.
const MAX_VALUES: usize = 100_000;

impl Collection<'_> {
    /// The item's exceptions; those that are wrong are reported and left out.
    pub(super) fn exceptions(&mut self, keys: &Keys<'_>) -> Vec<ExceptionDef> {
        let Some(node) = keys.get("exceptions").filter(|node| !node.is_null()) else { return Vec::new() };
        let Value::Sequence(items) = &node.value else {
            let message = format!("`exceptions` is a list; this is {}", node.kind());
            self.error(keys.at("exceptions"), 1, message, None);
            return Vec::new();
        };
        items.iter().filter_map(|item| self.exception(keys.file, item)).collect()
    }

    fn exception(&mut self, file: usize, item: &Node) -> Option<ExceptionDef> {
        let place = at(file, item);
        let Value::Mapping(pairs) = &item.value else {
            self.error(place, 1, format!("an exception is a mapping; this is {}", item.kind()), None);
            return None;
        };
        let get =
            |wanted: &str| pairs.iter().find(|(key, _)| key.text() == Some(wanted)).map(|(_, value)| value);
        let Some(name) = get("name").filter(|node| node.text().is_some()) else {
            self.error(place, 1, "this exception has no `name`".to_owned(), None);
            return None;
        };
        let strings = |node: Option<&Node>| -> (Vec<String>, bool) {
            match node.map(|node| &node.value) {
                Some(Value::Sequence(items)) => {
                    (items.iter().filter_map(|item| item.text().map(str::to_owned)).collect(), false)
                }
                Some(Value::Scalar(text)) => (vec![text.clone()], true),
                _ => (Vec::new(), false),
            }
        };
        let (fields, single) = strings(get("fields"));
        let (mut comps, _) = strings(get("comps"));
        if comps.is_empty() {
            comps = vec![if single { "in" } else { "=" }.to_owned(); fields.len()];
        }
        if !fields.is_empty() && comps.len() != fields.len() {
            let message = format!("{} fields, but {} comps", fields.len(), comps.len());
            self.error(place, 1, message, Some("give an operator for each field".to_owned()));
            return None;
        }
        for comp in &comps {
            if !Op::ALL.iter().any(|op| op.as_str() == comp) {
                let hint = nearest_operator(comp).map(|near| format!("did you mean `{near}`?"));
                self.invalid(place, 1, format!("`{comp}` is no operator"), hint);
                return None;
            }
        }
        let values = match get("values").map(|node| &node.value) {
            Some(Value::Sequence(values)) if values.len() <= MAX_VALUES => values.clone(),
            Some(Value::Sequence(_)) => {
                self.error(place, 1, "an exception has at most 100,000 values".to_owned(), None);
                return None;
            }
            _ => Vec::new(),
        };
        Some(ExceptionDef {
            name: name.text().unwrap_or_default().to_owned(),
            at: text(file, name).unwrap_or_default(),
            fields,
            comps,
            single,
            values,
        })
    }

    /// Values for an exception that is there already are added to it; a new one is added whole.
    pub(super) fn append_exceptions(to: &mut Vec<ExceptionDef>, more: Vec<ExceptionDef>) {
        for exception in more {
            match to.iter_mut().find(|old| old.name == exception.name) {
                Some(old) => old.values.extend(exception.values),
                None => to.push(exception),
            }
        }
    }

    /// The exceptions of a rule as conditions with the text that places their diagnostics.
    pub(super) fn exception_conditions(&mut self, exceptions: &[ExceptionDef]) -> Vec<(Expr, Text)> {
        exceptions
            .iter()
            .filter_map(|exception| Some((self.condition_of(exception)?, exception.at.clone())))
            .collect()
    }

    fn condition_of(&mut self, exception: &ExceptionDef) -> Option<Expr> {
        let place = exception.at.locate(self.files, 0);
        let name = &exception.name;
        if exception.fields.is_empty() {
            self.error(place, name.len(), format!("the exception `{name}` has no `fields`"), None);
            return None;
        }
        for field in &exception.fields {
            let known = match field_at(field) {
                Ok(Some((operand, length))) if length == field.len() => {
                    source(&operand).map(drop).map_err(|(_, (message, hint), _)| (message, hint))
                }
                _ => Err((format!("`{field}` is no field"), None)),
            };
            if let Err((message, hint)) = known {
                let message = format!("the exception `{name}`: {message}");
                self.push(crate::Level::Error, "LOAD_ERR_VALIDATE", place, name.len(), message, hint);
                return None;
            }
        }
        let mut any = Vec::new();
        if let (true, [field], [comp]) = (exception.single, &exception.fields[..], &exception.comps[..]) {
            let list = Node {
                value: Value::Sequence(exception.values.clone()),
                place: crate::yaml::Place { line: 1, column: 1, style: saphyr_parser::ScalarStyle::Plain },
            };
            if exception.values.is_empty() {
                return None;
            }
            any.extend(Self::exception_check(field, comp, &list));
        } else {
            for value in &exception.values {
                let count = exception.fields.len();
                let given = match &value.value {
                    Value::Sequence(given) if given.len() == count => given,
                    other => {
                        let found = if let Value::Sequence(given) = other { given.len() } else { 1 };
                        let message =
                            format!("the exception `{name}` has {count} fields, but {found} values");
                        let hint = format!("each item of `values` is a list of {count}");
                        self.invalid(place, name.len(), message, Some(hint));
                        return None;
                    }
                };
                let checks = exception.fields.iter().zip(&exception.comps).zip(given);
                let all: Option<Vec<Expr>> =
                    checks.map(|((field, comp), value)| Self::exception_check(field, comp, value)).collect();
                any.push(Expr::And(all?));
            }
        }
        if any.is_empty() { None } else { Some(Expr::Or(any)) }
    }

    fn exception_check(field: &str, comp: &str, value: &Node) -> Option<Expr> {
        let left = strip_span(field_at(field).ok()??.0);
        let op = Op::ALL.iter().copied().find(|op| op.as_str() == comp)?;
        let span = Span::default();
        let mut words = Vec::new();
        collect(value, &mut words);
        if op.takes_list() {
            return Some(Expr::Check(Check { left, op, op_span: span, right: Right::List(words, span) }));
        }
        let each = words.into_iter().map(|word| {
            Expr::Check(Check { left: left.clone(), op, op_span: span, right: Right::Word(word) })
        });
        Some(Expr::Or(each.collect()))
    }
}

/// The operand's own places mean nothing in the rule's text.
fn strip_span(operand: crate::condition::Operand) -> crate::condition::Operand {
    use crate::condition::Operand;
    let span = Span::default();
    let all = |items: Vec<Operand>| items.into_iter().map(strip_span).collect();
    match operand {
        Operand::Field { name, argument, .. } => Operand::Field { name, argument, span },
        Operand::Call { function, of, .. } => Operand::Call { function, of: Box::new(strip_span(*of)), span },
        Operand::Combine { function, of, selector, .. } => {
            Operand::Combine { function, of: all(of), selector, span }
        }
        Operand::Text { text, .. } => Operand::Text { text, span },
        Operand::List { items, .. } => Operand::List { items: all(items), span },
    }
}

fn collect(value: &Node, words: &mut Vec<Word>) {
    match &value.value {
        Value::Scalar(text) => {
            // As in conditions: quotes of the condition language may stand inside those of YAML, and parentheses
            // around a list's name are allowed.
            let quoted = text.len() > 1 && text.starts_with(['"', '\'']) && text.ends_with(['"', '\'']);
            let inner = if quoted { &text[1..text.len() - 1] } else { text.as_str() };
            let inner = inner.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(inner);
            for part in if quoted { vec![inner] } else { inner.split(',').map(str::trim).collect() } {
                words.push(Word { text: part.to_owned(), quoted, span: Span::default() });
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Mapping(_) => {}
    }
}
