//! Terraform's plans as JSON (`terraform show -json`, format version 1).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::scan::{body, written_in};
use crate::value::{Kind, Map, Value};
use crate::{Language, Resource};

/// Deepest nesting of modules.
const MAX_MODULES: usize = 24;

/// True for a plan.
pub(crate) fn is_plan(document: &Value) -> bool {
    document.as_map().is_some_and(|map| {
        map.entries.contains_key("planned_values") && map.entries.contains_key("format_version")
    })
}

/// The resources that the plan leaves behind.
pub(crate) fn resources(document: &Value) -> Vec<Resource> {
    let mut unknown: BTreeMap<String, Value> = BTreeMap::new();
    for change in document.field("resource_changes").items() {
        if let Some(address) = change.field("address").as_str() {
            unknown.insert(address.to_owned(), change.get("change.after_unknown"));
        }
    }
    let mut found = Vec::new();
    let root = document.get("planned_values.root_module");
    module(&root, &document.get("configuration.root_module"), "", &unknown, 0, &mut found);
    // Data sources that were read already stand in the prior state.
    let mut read = Vec::new();
    let state = document.get("prior_state.values.root_module");
    module(&state, &document.get("configuration.root_module"), "", &unknown, 0, &mut read);
    found.extend(read.into_iter().filter(|resource| resource.data));
    found
}

fn module(
    values: &Value,
    configuration: &Value,
    prefix: &str,
    unknown: &BTreeMap<String, Value>,
    depth: usize,
    found: &mut Vec<Resource>,
) {
    if depth > MAX_MODULES {
        return;
    }
    let all_declared = configuration.field("resources");
    for one in values.field("resources").items() {
        let (kind, name, address) = (one.field("type"), one.field("name"), one.field("address"));
        let (Some(kind), Some(name), Some(address)) = (kind.as_str(), name.as_str(), address.as_str()) else {
            continue;
        };
        let data = one.field("mode").equals("data") == Some(true);
        let declared = all_declared.items().iter().find(|declared| {
            declared.field("type").equals(kind) == Some(true)
                && declared.field("name").equals(name) == Some(true)
        });
        let nothing = Value::null(one.at);
        let expressions = declared.map_or_else(|| nothing.clone(), |declared| declared.field("expressions"));
        let marks = written(unknown.get(address).unwrap_or(&nothing), &expressions);
        let merged = with_unknown(&body(&one.field("values")), &marks);
        let mut resource = Resource::new(kind, name, address, with_references(merged, &expressions, prefix));
        resource.data = data;
        resource.base = format!("{prefix}{}{kind}.{name}", if data { "data." } else { "" });
        resource.at = one.at;
        found.push(written_in(Language::Plan, resource));
    }
    for child in values.field("child_modules").items() {
        let address = child.field("address");
        let Some(address) = address.as_str() else { continue };
        // `module.a["x"].module.b[0]`: the call is the last name, without its index.
        let call = address.rsplit("module.").next().unwrap_or_default();
        let call = call.split('[').next().unwrap_or_default();
        let inner = configuration.field("module_calls").field(call).field("module");
        module(child, &inner, &format!("{}.", address.trim_end_matches('.')), unknown, depth + 1, found);
    }
}

/// The marks of attributes that somebody wrote. What nobody wrote is the provider's default, as it is in a module; without
/// the configuration, all are kept.
fn written(marks: &Value, expressions: &Value) -> Value {
    match (&marks.kind, &expressions.kind) {
        (Kind::Map(map), Kind::Map(named)) => {
            let kept = map.entries.iter().filter(|(name, _)| named.entries.contains_key(*name));
            Value::map(kept.map(|(name, mark)| (name.clone(), mark.clone())).collect(), marks.at)
        }
        _ => marks.clone(),
    }
}

/// `true` in `after_unknown` marks what is known only after the apply.
fn with_unknown(value: &Value, unknown: &Value) -> Value {
    match (&value.kind, &unknown.kind) {
        (_, Kind::Bool(true)) => Value::unknown(value.at),
        (Kind::Map(map), Kind::Map(marks)) => {
            let mut entries = map.entries.clone();
            for (name, mark) in &marks.entries {
                let inner = entries.get(name).cloned().unwrap_or_else(|| Value::null(value.at));
                let merged = with_unknown(&inner, mark);
                if !merged.is_null() {
                    entries.insert(name.clone(), merged);
                }
            }
            Value { kind: Kind::Map(Arc::new(Map { entries, open: map.open })), ..value.clone() }
        }
        (Kind::List(items), Kind::List(marks)) => {
            let nothing = Value::null(value.at);
            let merged = items
                .iter()
                .enumerate()
                .map(|(index, item)| with_unknown(item, marks.get(index).unwrap_or(&nothing)))
                .collect();
            Value::list(merged, value.at)
        }
        _ => value.clone(),
    }
}

/// Says of which resource a value was read, as the configuration's expressions have it.
fn with_references(value: Value, expressions: &Value, prefix: &str) -> Value {
    match (&value.kind, &expressions.kind) {
        (Kind::Map(map), Kind::Map(named)) => {
            let mut entries = map.entries.clone();
            for (name, expression) in &named.entries {
                let inner = entries.get(name).cloned();
                if let Some(inner) = inner {
                    entries.insert(name.clone(), with_references(inner, expression, prefix));
                }
            }
            let merged =
                Value { kind: Kind::Map(Arc::new(Map { entries, open: map.open })), ..value.clone() };
            with_reference(merged, expressions, prefix)
        }
        (Kind::List(items), Kind::List(named)) => {
            let merged = items.iter().enumerate().map(|(index, item)| match named.get(index) {
                Some(expression) => with_references(item.clone(), expression, prefix),
                None => item.clone(),
            });
            Value::list(merged.collect(), value.at)
        }
        _ => with_reference(value, expressions, prefix),
    }
}

fn with_reference(value: Value, expression: &Value, prefix: &str) -> Value {
    let references = expression.field("references");
    // The shortest of `aws_s3_bucket.a.id`, `aws_s3_bucket.a` is the resource.
    let others = ["var.", "local.", "each.", "count."];
    let resource = references
        .items()
        .iter()
        .filter_map(Value::as_str)
        .rfind(|text| !others.iter().any(|start| text.starts_with(start)));
    let Some(resource) = resource else { return value };
    let of = Some(Arc::from(format!("{prefix}{}", resource.split('[').next().unwrap_or(resource))));
    match &value.kind {
        Kind::List(items) => {
            let items = items.iter().map(|item| Value { of: of.clone(), ..item.clone() }).collect();
            Value { of: of.clone(), ..Value::list(items, value.at) }
        }
        _ => Value { of, ..value },
    }
}
