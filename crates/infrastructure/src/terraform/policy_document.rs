//! `data.aws_iam_policy_document`: its statements as the policy that it makes, each part at its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::At;
use crate::value::{Kind, Value, parse_json};

/// The policy. It is a map, where Terraform has its JSON: whoever reads policies takes both.
pub(super) fn json(document: &BTreeMap<Arc<str>, Value>, at: At) -> Value {
    let mut statements = Vec::new();
    for name in ["source_policy_documents", "source_json"] {
        statements.extend(others(document.get(name)));
    }
    let own = document.get("statement").map(Value::items).unwrap_or_default();
    statements.extend(own.iter().map(statement));
    for name in ["override_policy_documents", "override_json"] {
        statements.extend(others(document.get(name)));
    }
    let version = document.get("version").cloned().unwrap_or_else(|| Value::text("2012-10-17", at));
    Value::map(
        BTreeMap::from([
            (Arc::from("Version"), version),
            (Arc::from("Statement"), Value::list(statements, at)),
        ]),
        at,
    )
}

fn others(value: Option<&Value>) -> Vec<Value> {
    let mut found = Vec::new();
    for other in value.map(Value::items).unwrap_or_default() {
        let parsed = match &other.kind {
            Kind::Text(text) => parse_json(text, other.at),
            Kind::Map(_) => Some(other.clone()),
            _ => None,
        };
        match parsed {
            Some(policy) => found.extend(policy.field("Statement").items().iter().cloned()),
            None => found.push(Value::unknown(other.at)),
        }
    }
    found
}

fn statement(block: &Value) -> Value {
    if block.is_unknown() {
        return block.clone();
    }
    let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let effect = block.field("effect");
    entries
        .insert(Arc::from("Effect"), if effect.is_null() { Value::text("Allow", block.at) } else { effect });
    for (from, to) in [
        ("sid", "Sid"),
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        let value = block.field(from);
        if !value.is_null() {
            entries.insert(Arc::from(to), value);
        }
    }
    for (from, to) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        let blocks = block.field(from);
        if blocks.is_null() {
            continue;
        }
        let mut principals: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for one in blocks.items() {
            match one.field("type").as_str() {
                // `"*"` is written without a type in JSON.
                Some("*") => {
                    principals.insert(Arc::from("AWS"), one.field("identifiers"));
                }
                Some(kind) => {
                    principals.insert(Arc::from(kind), one.field("identifiers"));
                }
                None => {
                    principals.insert(Arc::from("?"), Value::unknown(one.at));
                }
            }
        }
        entries.insert(Arc::from(to), Value::map(principals, blocks.at));
    }
    let mut conditions: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    for one in block.field("condition").items() {
        let test = one.field("test");
        let variable = one.field("variable");
        let (Some(test), Some(variable)) = (test.as_str(), variable.as_str()) else {
            conditions.insert(Arc::from("?"), Value::unknown(one.at));
            continue;
        };
        let mut held = conditions.get(test).and_then(Value::as_map).cloned().unwrap_or_default();
        held.entries.insert(Arc::from(variable), one.field("values"));
        conditions.insert(Arc::from(test), Value::map(held.entries, one.at));
    }
    if !conditions.is_empty() {
        entries.insert(Arc::from("Condition"), Value::map(conditions, block.at));
    }
    Value::map(entries, block.at)
}
