//! Blocks to values: nested blocks are lists of maps, `dynamic` ones are written out.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::structure::{Block as HclBlock, Body as HclBody, Structure};

use super::expression::{Frame, Scope, evaluate, pairs};
use super::syntax::{Body, Expr};
use crate::At;
use crate::value::{Kind, Map, Value};

/// What concerns Terraform and not the provider.
const META: [&str; 4] = ["count", "for_each", "depends_on", "provider"];

/// The content of a block as a map.
pub(super) fn content(body: Body<'_>, scope: Scope<'_, '_>, at: At) -> BTreeMap<Arc<str>, Value> {
    match body {
        Body::Hcl(body) => hcl(body, scope),
        Body::Json(map) => {
            let mut entries = BTreeMap::new();
            for (name, value) in &map.entries {
                if name.as_ref() == "dynamic" {
                    for (name, value) in value.as_map().into_iter().flat_map(|map| &map.entries) {
                        for one in value.items() {
                            let written = json_dynamic(name, one, scope);
                            append(&mut entries, name, written, at);
                        }
                    }
                } else if !META.contains(&name.as_ref()) {
                    entries.insert(name.clone(), Expr::Json(value).evaluate(scope));
                }
            }
            entries
        }
    }
}

fn hcl(body: &HclBody, scope: Scope<'_, '_>) -> BTreeMap<Arc<str>, Value> {
    let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut blocks: BTreeMap<&str, (At, Vec<Value>)> = BTreeMap::new();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                let name = attribute.key.as_str();
                if !META.contains(&name) {
                    let value = evaluate(&attribute.value, scope);
                    entries.insert(Arc::from(name), value);
                }
            }
            Structure::Block(block) => {
                let at = scope.at(block.ident.span());
                let (name, written) = match (block.ident.as_str(), block.labels.first()) {
                    ("dynamic", Some(label)) => (label.as_str(), dynamic(block, label.as_str(), scope, at)),
                    (name, _) => (name, vec![Value::map(hcl(&block.body, scope), at)]),
                };
                blocks.entry(name).or_insert_with(|| (at, Vec::new())).1.extend(written);
            }
        }
    }
    for (name, (at, items)) in blocks {
        append(&mut entries, name, items, at);
    }
    entries
}

fn append(entries: &mut BTreeMap<Arc<str>, Value>, name: &str, mut items: Vec<Value>, at: At) {
    if let Some(held) = entries.get(name) {
        let mut before = held.items().to_vec();
        before.append(&mut items);
        items = before;
    }
    if !items.is_empty() {
        entries.insert(Arc::from(name), Value::list(items, at));
    }
}

/// The blocks that a `dynamic` block stands for; one unknown where nobody can say how many.
fn dynamic(block: &HclBlock, label: &str, scope: Scope<'_, '_>, at: At) -> Vec<Value> {
    let each = block.body.get_attribute("for_each").map(|attribute| evaluate(&attribute.value, scope));
    let iterator = block.body.get_attribute("iterator").and_then(|attribute| match &attribute.value {
        hcl_edit::expr::Expression::Variable(name) => Some(name.as_str()),
        other => other.as_str(),
    });
    let Some(content) = block.body.get_blocks("content").next() else { return Vec::new() };
    let Some(pairs) = each.as_ref().and_then(pairs) else { return vec![Value::unknown(at)] };
    let is_set = matches!(each, Some(Value { kind: Kind::List(_), .. }));
    let at = scope.at(content.ident.span());
    pairs
        .into_iter()
        .map(|(key, value)| {
            let frame = iteration(iterator.unwrap_or(label), key, value, is_set, at, scope);
            Value::map(hcl(&content.body, Scope { frame: Some(&frame), ..scope }), at)
        })
        .collect()
}

fn json_dynamic(label: &str, block: &Value, scope: Scope<'_, '_>) -> Vec<Value> {
    let each = Expr::Json(&block.field("for_each")).evaluate(scope);
    let Some(pairs) = pairs(&each) else { return vec![Value::unknown(block.at)] };
    let is_set = matches!(each.kind, Kind::List(_));
    let content = block.field("content");
    let iterator = block.field("iterator");
    pairs
        .into_iter()
        .map(|(key, value)| {
            let frame = iteration(iterator.as_str().unwrap_or(label), key, value, is_set, block.at, scope);
            Expr::Json(&content).evaluate(Scope { frame: Some(&frame), ..scope })
        })
        .collect()
}

fn iteration<'s>(
    name: &'s str,
    key: Value,
    value: Value,
    is_set: bool,
    at: At,
    scope: Scope<'s, '_>,
) -> Frame<'s> {
    // Of a set, the key is the value itself; of a list it is the index, which is seldom asked for.
    let key = if is_set && value.as_str().is_some() { value.clone() } else { key };
    let entries = BTreeMap::from([(Arc::from("key"), key), (Arc::from("value"), value)]);
    Frame { name, value: Value::new(Kind::Map(Arc::new(Map { entries, open: false })), at), up: scope.frame }
}
