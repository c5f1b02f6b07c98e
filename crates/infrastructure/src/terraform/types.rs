//! Types of variables, as far as they give defaults: `optional(bool, true)`.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::expr::{Expression, ObjectKey};

use super::expression::{Scope, evaluate};
use crate::value::{Kind, Value};

/// Deepest nesting of types.
const MAX_DEPTH: usize = 32;

/// The value as a value of a type: optional attributes that are missing get their defaults, and what is of another type
/// (`"true"` for a `bool`) is left to whoever reads it.
pub(super) fn conform(value: Value, kind: &Expression, scope: Scope<'_, '_>, depth: usize) -> Value {
    let Expression::FuncCall(call) = kind else { return value };
    if depth >= MAX_DEPTH {
        return value;
    }
    match (call.name.name.as_str(), call.args.get(0), &value.kind) {
        ("object", Some(Expression::Object(attributes)), Kind::Map(map)) if !map.open => {
            let mut entries = BTreeMap::new();
            for (key, kind) in attributes {
                let name = match key {
                    ObjectKey::Ident(name) | ObjectKey::Expression(Expression::Variable(name)) => {
                        name.as_str()
                    }
                    ObjectKey::Expression(Expression::String(name)) => name.as_str(),
                    ObjectKey::Expression(_) => continue,
                };
                let given = map.entries.get(name).filter(|value| !value.is_null()).cloned();
                entries.insert(Arc::from(name), attribute(given, kind.expr(), scope, &value, depth));
            }
            Value { kind: Kind::Map(Arc::new(crate::value::Map { entries, open: false })), ..value }
        }
        ("list" | "set", Some(kind), Kind::List(items)) => {
            let items = items.iter().map(|item| conform(item.clone(), kind, scope, depth + 1)).collect();
            Value { kind: Kind::List(Arc::new(items)), ..value }
        }
        ("map", Some(kind), Kind::Map(map)) if !map.open => {
            let entries = map
                .entries
                .iter()
                .map(|(name, item)| (name.clone(), conform(item.clone(), kind, scope, depth + 1)))
                .collect();
            Value { kind: Kind::Map(Arc::new(crate::value::Map { entries, open: false })), ..value }
        }
        _ => value,
    }
}

fn attribute(
    given: Option<Value>,
    kind: &Expression,
    scope: Scope<'_, '_>,
    object: &Value,
    depth: usize,
) -> Value {
    if let Expression::FuncCall(call) = kind
        && call.name.name.as_str() == "optional"
        && let Some(inner) = call.args.get(0)
    {
        let value = given
            .or_else(|| call.args.get(1).map(|default| evaluate(default, scope)))
            .unwrap_or_else(|| Value::null(object.at));
        return conform(value, inner, scope, depth + 1);
    }
    given.map_or_else(|| Value::null(object.at), |value| conform(value, kind, scope, depth + 1))
}
