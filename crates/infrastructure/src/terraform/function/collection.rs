//! Functions of lists, sets and maps.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Given;
use crate::terraform::expression::same;
use crate::value::{Kind, Value, template_text};

/// Longest list that a function makes.
const MAX_ITEMS: usize = 100_000;

pub(super) fn call(name: &str, given: &Given<'_>) -> Option<Value> {
    let unknown = || given.unknown();
    let list = |items: Vec<Value>| {
        if items.len() > MAX_ITEMS { given.unknown() } else { Value::list(items, given.at) }
    };
    Some(match name {
        "try" => given.arguments.iter().find(|value| !value.is_unknown()).cloned().unwrap_or_else(unknown),
        "can" => match given.get(0) {
            Some(value) if !value.is_unknown() => given.flag(true),
            _ => unknown(),
        },
        "tolist" | "toset" | "sensitive" | "nonsensitive" | "tomap" | "tostring" | "tonumber" | "tobool" => {
            convert(name, given)
        }
        "length" => match given.get(0).map(|value| &value.kind) {
            Some(Kind::List(items)) => given.make(Kind::Number(items.len() as f64)),
            Some(Kind::Map(map)) if !map.open => given.make(Kind::Number(map.entries.len() as f64)),
            Some(Kind::Text(_)) => given
                .text(0)
                .map_or_else(unknown, |text| given.make(Kind::Number(text.chars().count() as f64))),
            _ => unknown(),
        },
        "concat" => {
            let mut items = Vec::new();
            for value in given.arguments {
                let Some(more) = value.as_list() else { return Some(unknown()) };
                items.extend(more.iter().cloned());
            }
            list(items)
        }
        "merge" => {
            let mut entries = BTreeMap::new();
            for value in given.arguments {
                match &value.kind {
                    Kind::Map(map) if !map.open => entries.extend(map.entries.clone()),
                    Kind::Null => {}
                    _ => return Some(unknown()),
                }
            }
            Value::map(entries, given.at)
        }
        "flatten" => {
            let mut items = Vec::new();
            match given.get(0) {
                Some(value) if value.as_list().is_some() => flatten(value, &mut items),
                _ => return Some(unknown()),
            }
            list(items)
        }
        "distinct" => {
            let mut items: Vec<Value> = Vec::new();
            for item in given.list(0).unwrap_or_default().iter().take(5_000) {
                if !items.iter().any(|held| same(held, item) == Some(true)) {
                    items.push(item.clone());
                }
            }
            if given.list(0).is_some() { list(items) } else { unknown() }
        }
        "compact" => match given.list(0) {
            Some(items) => list(items.iter().filter(|item| item.is_set()).cloned().collect()),
            None => unknown(),
        },
        "element" => match (given.list(0), given.number(1)) {
            (Some(items), Some(index)) if !items.is_empty() && index >= 0.0 => {
                items.get(index as usize % items.len()).cloned().unwrap_or_else(unknown)
            }
            _ => unknown(),
        },
        "slice" => match (given.list(0), given.number(1), given.number(2)) {
            (Some(items), Some(from), Some(to)) if from >= 0.0 && to >= from => {
                items.get(from as usize..to as usize).map_or_else(unknown, |items| list(items.to_vec()))
            }
            _ => unknown(),
        },
        "reverse" => given.list(0).map_or_else(unknown, |items| list(items.iter().rev().cloned().collect())),
        "sort" => sorted(given).map_or_else(unknown, list),
        "contains" => match (given.list(0), given.get(1)) {
            (Some(items), Some(wanted)) => {
                let answers: Vec<Option<bool>> = items.iter().map(|item| same(item, wanted)).collect();
                if answers.contains(&Some(true)) {
                    given.flag(true)
                } else if answers.contains(&None) {
                    unknown()
                } else {
                    given.flag(false)
                }
            }
            _ => unknown(),
        },
        "index" => match (given.list(0), given.get(1)) {
            (Some(items), Some(wanted)) => items
                .iter()
                .position(|item| same(item, wanted) == Some(true))
                .map_or_else(unknown, |index| given.make(Kind::Number(index as f64))),
            _ => unknown(),
        },
        "keys" | "values" => match given.get(0).and_then(Value::as_map) {
            Some(map) if map.open => unknown(),
            Some(map) if name == "keys" => list(map.entries.keys().map(|key| given.say(key)).collect()),
            Some(map) => list(map.entries.values().cloned().collect()),
            None => unknown(),
        },
        "lookup" => match (given.get(0).map(|value| &value.kind), given.text(1)) {
            (Some(Kind::Map(map)), Some(key)) => match map.entries.get(key.as_str()) {
                Some(value) => value.clone(),
                None if map.open => unknown(),
                None => given.get(2).cloned().unwrap_or_else(unknown),
            },
            _ => unknown(),
        },
        "coalesce" => {
            for value in given.arguments {
                if value.is_unknown() {
                    return Some(unknown());
                }
                if value.is_set() {
                    return Some(value.clone());
                }
            }
            unknown()
        }
        "coalescelist" => given
            .arguments
            .iter()
            .find(|value| value.is_unknown() || value.is_set())
            .cloned()
            .unwrap_or_else(unknown),
        "one" => match given.list(0) {
            Some([]) => Value::null(given.at),
            Some([only]) => only.clone(),
            _ => unknown(),
        },
        "zipmap" => match (given.list(0), given.list(1)) {
            (Some(keys), Some(values)) => {
                let names: Option<Vec<String>> =
                    keys.iter().map(|key| key.as_str().map(str::to_owned)).collect();
                names.map_or_else(unknown, |names| {
                    Value::map(
                        names.into_iter().map(Arc::from).zip(values.iter().cloned()).collect(),
                        given.at,
                    )
                })
            }
            _ => unknown(),
        },
        "chunklist" => match (given.list(0), given.number(1)) {
            (Some(items), Some(size)) if size >= 1.0 => {
                list(items.chunks(size as usize).map(|chunk| Value::list(chunk.to_vec(), given.at)).collect())
            }
            _ => unknown(),
        },
        "setunion" | "setintersection" | "setsubtract" => sets(name, given),
        "setproduct" => product(given).map_or_else(unknown, list),
        "alltrue" | "anytrue" => match given.list(0) {
            Some(items) => {
                let wanted = name == "anytrue";
                let answers: Vec<Option<bool>> = items.iter().map(Value::as_bool).collect();
                if answers.contains(&Some(wanted)) {
                    given.flag(wanted)
                } else if answers.contains(&None) {
                    unknown()
                } else {
                    given.flag(!wanted)
                }
            }
            None => unknown(),
        },
        "range" => {
            let numbers: Option<Vec<f64>> = given.arguments.iter().map(Value::as_number).collect();
            let (start, end, step) = match numbers.as_deref() {
                Some([end]) => (0.0, *end, 1.0),
                Some([start, end]) => (*start, *end, if end < start { -1.0 } else { 1.0 }),
                Some([start, end, step]) if *step != 0.0 => (*start, *end, *step),
                _ => return Some(unknown()),
            };
            // Terraform itself makes no more than 1,024.
            let count = ((end - start) / step).ceil().clamp(0.0, 1_024.0) as usize;
            list(
                (0..count)
                    .map(|index| given.make(Kind::Number((index as f64).mul_add(step, start))))
                    .collect(),
            )
        }
        "transpose" | "matchkeys" | "list" | "map" => unknown(),
        _ => return None,
    })
}

fn convert(name: &str, given: &Given<'_>) -> Value {
    let Some(value) = given.get(0) else { return given.unknown() };
    match (name, &value.kind) {
        ("tostring", Kind::Bool(_) | Kind::Number(_)) => {
            Value { of: value.of.clone(), ..Value::text(template_text(value).unwrap_or_default(), value.at) }
        }
        ("tonumber", Kind::Text(_)) => value
            .as_number()
            .map_or_else(|| given.unknown(), |number| Value::new(Kind::Number(number), value.at)),
        ("tobool", Kind::Text(_)) => {
            value.as_bool().map_or_else(|| given.unknown(), |flag| Value::new(Kind::Bool(flag), value.at))
        }
        ("toset", Kind::List(items)) => {
            let mut unique: Vec<Value> = Vec::new();
            for item in items.iter().take(5_000) {
                if !unique.iter().any(|held| same(held, item) == Some(true)) {
                    unique.push(item.clone());
                }
            }
            Value::list(unique, value.at)
        }
        _ => value.clone(),
    }
}

fn flatten(value: &Value, items: &mut Vec<Value>) {
    for item in value.items() {
        if items.len() > MAX_ITEMS {
            return;
        }
        if item.as_list().is_some() { flatten(item, items) } else { items.push(item.clone()) }
    }
}

fn sorted(given: &Given<'_>) -> Option<Vec<Value>> {
    let mut items = given.list(0)?.to_vec();
    if items.iter().any(|item| item.as_str().is_none()) {
        return None;
    }
    items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Some(items)
}

fn sets(name: &str, given: &Given<'_>) -> Value {
    let lists: Option<Vec<&[Value]>> = given.arguments.iter().map(Value::as_list).collect();
    let Some(lists) = lists else { return given.unknown() };
    if lists.iter().any(|items| items.len() > 5_000 || items.iter().any(Value::has_unknown)) {
        return given.unknown();
    }
    let has = |items: &[Value], wanted: &Value| items.iter().any(|item| same(item, wanted) == Some(true));
    let first = lists.first().copied().unwrap_or_default();
    let rest = lists.get(1..).unwrap_or_default();
    let mut made: Vec<Value> = Vec::new();
    match name {
        "setunion" => {
            for item in lists.iter().copied().flatten() {
                if !has(&made, item) {
                    made.push(item.clone());
                }
            }
        }
        "setintersection" => {
            made.extend(first.iter().filter(|item| rest.iter().all(|other| has(other, item))).cloned());
        }
        _ => made.extend(first.iter().filter(|item| !rest.iter().any(|other| has(other, item))).cloned()),
    }
    Value::list(made, given.at)
}

fn product(given: &Given<'_>) -> Option<Vec<Value>> {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for value in given.arguments {
        let items = value.as_list()?;
        if rows.len().saturating_mul(items.len()) > 10_000 {
            return None;
        }
        rows = rows
            .iter()
            .flat_map(|row| items.iter().map(move |item| row.iter().cloned().chain([item.clone()]).collect()))
            .collect();
    }
    Some(rows.into_iter().map(|row| Value::list(row, given.at)).collect())
}
