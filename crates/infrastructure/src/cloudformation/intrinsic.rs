//! Functions of templates: `Ref`, `Fn::Sub`, `Fn::If` and so on.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::{HOLE, Kind, Value, template_text};

/// Deepest nesting of functions and conditions.
const MAX_DEPTH: usize = 200;

/// A template that is being evaluated.
pub(super) struct Evaluation<'t> {
    template: &'t Value,
    parameters: Value,
    resources: Value,
    mappings: Value,
    conditions: Value,
}

impl<'t> Evaluation<'t> {
    pub(super) fn new(template: &'t Value) -> Self {
        Self {
            template,
            parameters: template.field("Parameters"),
            resources: template.field("Resources"),
            mappings: template.field("Mappings"),
            conditions: template.field("Conditions"),
        }
    }

    /// The value with its functions done.
    pub(super) fn value(&self, value: &Value, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            return Value::unknown(value.at);
        }
        match &value.kind {
            Kind::List(items) => {
                let items = items
                    .iter()
                    .map(|item| self.value(item, depth + 1))
                    .filter(|item| !is_none(item))
                    .collect();
                Value::list(items, value.at)
            }
            Kind::Map(map) => {
                if map.entries.len() == 1
                    && let Some((name, argument)) = map.entries.first_key_value()
                    && let Some(result) = self.function(name, argument, value, depth)
                {
                    return result;
                }
                let entries = map
                    .entries
                    .iter()
                    .map(|(name, item)| (name.clone(), self.value(item, depth + 1)))
                    .filter(|(_, item)| !is_none(item))
                    .collect();
                Value::map(entries, value.at)
            }
            _ => value.clone(),
        }
    }

    fn function(&self, name: &str, argument: &Value, whole: &Value, depth: usize) -> Option<Value> {
        let at = whole.at;
        let unknown = || Value::unknown(at);
        let arguments = |index: usize| {
            self.value(
                argument.as_list().and_then(|list| list.get(index)).unwrap_or(&Value::null(at)),
                depth + 1,
            )
        };
        Some(match name {
            "Ref" => self.reference(argument.as_str()?, at),
            "Fn::GetAtt" => {
                let target = match argument.as_str() {
                    Some(text) => text.split('.').next().map(str::to_owned),
                    None => arguments(0).as_str().map(str::to_owned),
                };
                Value { of: target.map(Arc::from), ..unknown() }
            }
            "Fn::Sub" => self.substitute(argument, whole, depth),
            "Fn::Join" => {
                let separator = arguments(0);
                let list = arguments(1);
                let (Some(separator), Some(items)) = (separator.as_str(), list.as_list()) else {
                    return Some(unknown());
                };
                let of = items.iter().rev().find_map(|item| item.of.clone());
                let parts: Vec<String> = items
                    .iter()
                    .map(|item| template_text(item).unwrap_or_else(|| HOLE.to_string()))
                    .collect();
                Value { of, ..Value::text(parts.join(separator), at) }
            }
            "Fn::Select" => {
                let index = arguments(0);
                let list = arguments(1);
                match (index.as_number(), list.as_list()) {
                    (Some(index), Some(items)) if index >= 0.0 => {
                        items.get(index as usize).cloned().unwrap_or_else(unknown)
                    }
                    _ => unknown(),
                }
            }
            "Fn::Split" => {
                let (separator, text) = (arguments(0), arguments(1));
                match (separator.as_str(), text.pattern()) {
                    (Some(separator), Some(text)) if !separator.is_empty() => {
                        Value::list(text.split(separator).map(|part| Value::text(part, at)).collect(), at)
                    }
                    _ => unknown(),
                }
            }
            "Fn::If" => match argument
                .as_list()
                .and_then(|list| list.first())
                .and_then(Value::as_str)
                .map(|name| self.condition(name, depth + 1))
            {
                Some(Some(true)) => arguments(1),
                Some(Some(false)) => arguments(2),
                _ => {
                    let (one, other) = (arguments(1), arguments(2));
                    if one.kind == other.kind && !one.has_unknown() { one } else { unknown() }
                }
            },
            "Fn::FindInMap" => {
                let mut found = self.mappings.clone();
                for index in 0..3 {
                    let key = arguments(index);
                    let Some(key) = template_text(&key).filter(|_| !key.has_unknown()) else {
                        return Some(unknown());
                    };
                    found = found.field(&key);
                }
                if found.is_null() { unknown() } else { found }
            }
            // The text is what is looked at.
            "Fn::Base64" => self.value(argument, depth + 1),
            "Fn::ToJsonString" => crate::value::to_json(&self.value(argument, depth + 1))
                .map_or_else(unknown, |text| Value::text(text, at)),
            "Fn::Length" => match self.value(argument, depth + 1).as_list() {
                Some(items) => Value::new(Kind::Number(items.len() as f64), at),
                None => unknown(),
            },
            name if name.starts_with("Fn::") => unknown(),
            _ => return None,
        })
    }

    fn reference(&self, name: &str, at: crate::At) -> Value {
        if name == "AWS::NoValue" {
            return none(at);
        }
        if self.resources.as_map().is_some_and(|map| map.entries.contains_key(name)) {
            return Value { of: Some(Arc::from(name)), ..Value::unknown(at) };
        }
        let default = self.parameters.field(name).field("Default");
        match (&default.kind, self.parameters.field(name).field("Type").as_str()) {
            (Kind::Null, _) => match name {
                "AWS::Partition" => Value::text("aws", at),
                "AWS::URLSuffix" => Value::text("amazonaws.com", at),
                _ => Value::unknown(at),
            },
            (Kind::Text(text), Some(kind)) if kind.starts_with("List") || kind == "CommaDelimitedList" => {
                Value::list(
                    text.split(',').map(|part| Value::text(part.trim(), default.at)).collect(),
                    default.at,
                )
            }
            // An empty default stands for what the user gives.
            (Kind::Text(text), _) if text.is_empty() => Value::unknown(at),
            _ => default,
        }
    }

    fn substitute(&self, argument: &Value, whole: &Value, depth: usize) -> Value {
        let (text, names) = match argument.as_list() {
            Some(list) => (list.first().cloned(), list.get(1).map(|names| self.value(names, depth + 1))),
            None => (Some(argument.clone()), None),
        };
        let Some(text) = text.as_ref().and_then(Value::as_str) else { return Value::unknown(whole.at) };
        let mut out = String::new();
        let mut of = None;
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else { break };
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str("${");
                out.push_str(literal);
                out.push('}');
                continue;
            }
            let name = name.trim();
            let own = names.as_ref().map(|names| names.field(name)).filter(|value| !value.is_null());
            let value = own.unwrap_or_else(|| match name.split_once('.') {
                Some((resource, _)) => Value { of: Some(Arc::from(resource)), ..Value::unknown(whole.at) },
                None => self.reference(name, whole.at),
            });
            if value.of.is_some() {
                of.clone_from(&value.of);
            }
            out.push_str(&template_text(&value).unwrap_or_else(|| HOLE.to_string()));
        }
        out.push_str(rest);
        Value { of, ..Value::text(out, whole.at) }
    }

    /// A condition by its name.
    pub(super) fn condition(&self, name: &str, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.truth(&self.conditions.field(name), depth + 1)
    }

    fn truth(&self, value: &Value, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        let map = value.as_map()?;
        let (name, argument) = map.entries.first_key_value()?;
        let each = || argument.items().iter().map(|one| self.truth(one, depth + 1)).collect::<Vec<_>>();
        match name.as_ref() {
            "Condition" => self.condition(argument.as_str()?, depth + 1),
            "Fn::Equals" => {
                let list = argument.as_list()?;
                let (left, right) =
                    (self.value(list.first()?, depth + 1), self.value(list.get(1)?, depth + 1));
                let (left, right) = (template_text(&left)?, template_text(&right)?);
                (!left.contains(HOLE) && !right.contains(HOLE)).then_some(left == right)
            }
            "Fn::Not" => each().first().copied().flatten().map(|truth| !truth),
            "Fn::And" => {
                let each = each();
                if each.contains(&Some(false)) {
                    Some(false)
                } else {
                    (!each.contains(&None)).then_some(true)
                }
            }
            "Fn::Or" => {
                let each = each();
                if each.contains(&Some(true)) { Some(true) } else { (!each.contains(&None)).then_some(false) }
            }
            _ => {
                let _ = self.template;
                None
            }
        }
    }
}

/// `AWS::NoValue`: the property is as if it were not written.
const NONE: &str = "AWS::NoValue";

fn none(at: crate::At) -> Value {
    Value::map(BTreeMap::from([(Arc::from(NONE), Value::null(at))]), at)
}

fn is_none(value: &Value) -> bool {
    value.as_map().is_some_and(|map| map.entries.len() == 1 && map.entries.contains_key(NONE))
}
