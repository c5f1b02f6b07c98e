//! `aws_s3_bucket.logs.id`, `var.rules[0].port`, `module.network.subnets[*].id`.

use hcl_edit::expr::{Expression, Traversal, TraversalOperator};

use super::expression::{Scope, evaluate as expression};
use crate::At;
use crate::value::{Kind, Value};

type Operators = [hcl_edit::Decorated<TraversalOperator>];

/// A traversal.
pub(super) fn evaluate(traversal: &Traversal, scope: Scope<'_, '_>, at: At) -> Value {
    match &traversal.expr {
        Expression::Variable(name) => self::name(name.as_str(), &traversal.operators, scope, at),
        other => follow(expression(other, scope), &traversal.operators, scope, at),
    }
}

/// A name and what follows it.
pub(super) fn name(name: &str, operators: &Operators, scope: Scope<'_, '_>, at: At) -> Value {
    if let Some(value) = scope.find(name) {
        return follow(value, operators, scope, at);
    }
    let attribute = |index: usize| match operators.get(index).map(hcl_edit::Decorated::value) {
        Some(TraversalOperator::GetAttr(name)) => Some(name.as_str()),
        _ => None,
    };
    let rest = |count: usize| operators.get(count..).unwrap_or_default();
    match (name, attribute(0), attribute(1)) {
        ("var", Some(variable), _) => follow(scope.module.variable(variable, at), rest(1), scope, at),
        ("local", Some(local), _) => follow(scope.module.local(local, at), rest(1), scope, at),
        ("module", Some(module), _) => {
            // Only the output that is wanted: others may depend on what is being evaluated.
            let wanted = rest(1).iter().find_map(|operator| match operator.value() {
                TraversalOperator::GetAttr(name) => Some(name.as_str()),
                _ => None,
            });
            follow(scope.module.call(module, wanted, at), rest(1), scope, at)
        }
        ("data", Some(kind), Some(resource)) => {
            follow(scope.module.resource(true, kind, resource, at), rest(2), scope, at)
        }
        ("path", Some("module" | "root" | "cwd"), _) => Value::text(".", at),
        ("terraform" | "self" | "each" | "count" | "var" | "local" | "module" | "data" | "path", ..) => {
            Value::unknown(at)
        }
        (kind, Some(resource), _) => {
            follow(scope.module.resource(false, kind, resource, at), rest(1), scope, at)
        }
        _ => Value::unknown(at),
    }
}

fn follow(mut value: Value, operators: &Operators, scope: Scope<'_, '_>, at: At) -> Value {
    for (index, operator) in operators.iter().enumerate() {
        value = match operator.value() {
            TraversalOperator::GetAttr(name) => attribute(&value, name.as_str(), at),
            TraversalOperator::LegacyIndex(position) => {
                item(&value, &Value::new(Kind::Number(*position.value() as f64), at), at)
            }
            TraversalOperator::Index(index) => item(&value, &expression(index, scope), at),
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                let rest = operators.get(index + 1..).unwrap_or_default();
                if value.is_unknown() {
                    return value;
                }
                let items = value.items().iter().map(|item| follow(item.clone(), rest, scope, at)).collect();
                return Value { of: value.of.clone(), ..Value::list(items, at) };
            }
        };
    }
    value
}

/// `null` stands for an optional attribute that is not written; what cannot be there is unknown.
fn attribute(value: &Value, name: &str, at: At) -> Value {
    match &value.kind {
        // A resource with `count` is used without its index, as old configurations do.
        Kind::List(items) if items.len() == 1 => {
            items.first().map_or_else(|| Value::unknown(at), |item| attribute(item, name, at))
        }
        Kind::Map(map) => {
            let mut found = value.field(name);
            if found.is_unknown() && found.of.is_none() {
                found.of.clone_from(&value.of);
            }
            // Not a value that somebody wrote: where it is used says more.
            if map.open && !map.entries.contains_key(name) {
                found.at = at;
            }
            if value.of.is_some() {
                found.of.clone_from(&value.of);
            }
            found
        }
        _ => Value { of: value.of.clone(), ..Value::unknown(at) },
    }
}

pub(super) fn item(value: &Value, index: &Value, at: At) -> Value {
    let unknown = Value { of: value.of.clone(), ..Value::unknown(at) };
    match &value.kind {
        Kind::List(items) => match index.as_number() {
            Some(number) if number >= 0.0 => items.get(number as usize).cloned().unwrap_or(unknown),
            _ => unknown,
        },
        Kind::Map(map) => match crate::value::template_text(index).filter(|_| !index.has_unknown()) {
            // The one instance of a resource whose count is not known.
            Some(key)
                if map.open && !map.entries.contains_key(key.as_str()) && index.as_number().is_some() =>
            {
                value.clone()
            }
            Some(key) => map.entries.get(key.as_str()).cloned().unwrap_or(unknown),
            None => unknown,
        },
        _ => unknown,
    }
}
