//! Expressions to values.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::expr::{BinaryOperator, Expression, ForExpr, ObjectKey, UnaryOperator};

use super::module::Module;
use super::{function, template, traversal};
use crate::value::{Kind, Value};
use crate::{At, ProblemKind};

/// Deepest nesting of expressions, through variables, locals and modules.
pub(super) const MAX_DEPTH: usize = 1_000;

/// What names mean in an expression besides the module's own: the variables of `for`, `each`, `count`.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s, 'a> {
    /// The module.
    pub(super) module: &'s Module<'a>,
    /// Names of `for`, of iterators, `each` and `count`, the innermost first.
    pub(super) frame: Option<&'s Frame<'s>>,
    /// The file of the expression.
    pub(super) file: u32,
}

/// One name.
pub(super) struct Frame<'s> {
    pub(super) name: &'s str,
    pub(super) value: Value,
    pub(super) up: Option<&'s Frame<'s>>,
}

impl Scope<'_, '_> {
    /// The value of a name of the frames.
    pub(super) fn find(&self, name: &str) -> Option<Value> {
        let mut frame = self.frame;
        while let Some(one) = frame {
            if one.name == name {
                return Some(one.value.clone());
            }
            frame = one.up;
        }
        None
    }

    pub(super) fn at(&self, span: Option<std::ops::Range<usize>>) -> At {
        At::byte(self.file, span.map_or(0, |span| span.start))
    }

    pub(super) fn problem(&self, at: At, kind: ProblemKind) {
        self.module.world.problem(at, kind);
    }
}

/// The value of an expression.
pub(super) fn evaluate(expression: &Expression, scope: Scope<'_, '_>) -> Value {
    let at = scope.at(expression.span());
    let world = scope.module.world;
    if !world.step(at) {
        return Value::unknown(at);
    }
    let depth = world.depth.get();
    if depth >= MAX_DEPTH {
        world.problem(at, ProblemKind::TooDeep(MAX_DEPTH));
        return Value::unknown(at);
    }
    world.depth.set(depth + 1);
    let value = evaluate_inner(expression, scope, at);
    world.depth.set(depth);
    value
}

fn evaluate_inner(expression: &Expression, scope: Scope<'_, '_>, at: At) -> Value {
    match expression {
        Expression::Null(_) => Value::null(at),
        Expression::Bool(value) => Value::new(Kind::Bool(*value.value()), at),
        Expression::Number(value) => Value::new(Kind::Number(value.value().as_f64().unwrap_or(0.0)), at),
        Expression::String(text) => Value::text(text.as_str(), at),
        Expression::Array(items) => Value::list(items.iter().map(|item| evaluate(item, scope)).collect(), at),
        Expression::Object(object) => {
            let mut entries = BTreeMap::new();
            for (key, value) in object {
                let name = match key {
                    ObjectKey::Ident(name) | ObjectKey::Expression(Expression::Variable(name)) => {
                        Some(name.as_str().to_owned())
                    }
                    ObjectKey::Expression(key) => {
                        let key = evaluate(key, scope);
                        if key.is_unknown() { None } else { crate::value::template_text(&key) }
                    }
                };
                // An unknown key makes the map as a whole incomplete.
                let Some(name) = name else { return Value::unknown(at) };
                entries.insert(Arc::from(name), evaluate(value.expr(), scope));
            }
            Value::map(entries, at)
        }
        Expression::StringTemplate(text) => {
            template::string(text.iter(), scope, at, text.iter().count() == 1)
        }
        Expression::HeredocTemplate(heredoc) => template::heredoc(heredoc, scope, at),
        Expression::Parenthesis(inner) => evaluate(inner.inner(), scope),
        Expression::Variable(name) => traversal::name(name.as_str(), &[], scope, at),
        Expression::Conditional(conditional) => {
            let condition = evaluate(&conditional.cond_expr, scope);
            match condition.as_bool() {
                Some(true) => evaluate(&conditional.true_expr, scope),
                Some(false) => evaluate(&conditional.false_expr, scope),
                None => {
                    let (one, other) =
                        (evaluate(&conditional.true_expr, scope), evaluate(&conditional.false_expr, scope));
                    // Both the same: the condition does not matter.
                    if !one.has_unknown() && one.kind == other.kind { one } else { Value::unknown(at) }
                }
            }
        }
        Expression::FuncCall(call) => function::call(call, scope, at),
        Expression::Traversal(traversal) => traversal::evaluate(traversal, scope, at),
        Expression::UnaryOp(operation) => {
            let value = evaluate(&operation.expr, scope);
            match (*operation.operator.value(), value.as_bool(), value.as_number()) {
                (UnaryOperator::Not, Some(value), _) => Value::new(Kind::Bool(!value), at),
                (UnaryOperator::Neg, _, Some(value)) => Value::new(Kind::Number(-value), at),
                _ => Value::unknown(at),
            }
        }
        Expression::BinaryOp(operation) => {
            let left = evaluate(&operation.lhs_expr, scope);
            let right = evaluate(&operation.rhs_expr, scope);
            binary(&left, *operation.operator.value(), &right, at)
        }
        Expression::ForExpr(expression) => for_expression(expression, scope, at),
    }
}

fn binary(left: &Value, operator: BinaryOperator, right: &Value, at: At) -> Value {
    let known = |kind| Value::new(kind, at);
    let unknown = Value::unknown(at);
    match operator {
        BinaryOperator::And => match (left.as_bool(), right.as_bool()) {
            (Some(false), _) | (_, Some(false)) => known(Kind::Bool(false)),
            (Some(true), Some(true)) => known(Kind::Bool(true)),
            _ => unknown,
        },
        BinaryOperator::Or => match (left.as_bool(), right.as_bool()) {
            (Some(true), _) | (_, Some(true)) => known(Kind::Bool(true)),
            (Some(false), Some(false)) => known(Kind::Bool(false)),
            _ => unknown,
        },
        BinaryOperator::Eq => same(left, right).map_or(unknown, |same| known(Kind::Bool(same))),
        BinaryOperator::NotEq => same(left, right).map_or(unknown, |same| known(Kind::Bool(!same))),
        _ => {
            let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else { return unknown };
            match operator {
                BinaryOperator::Less => known(Kind::Bool(a < b)),
                BinaryOperator::LessEq => known(Kind::Bool(a <= b)),
                BinaryOperator::Greater => known(Kind::Bool(a > b)),
                BinaryOperator::GreaterEq => known(Kind::Bool(a >= b)),
                BinaryOperator::Plus => known(Kind::Number(a + b)),
                BinaryOperator::Minus => known(Kind::Number(a - b)),
                BinaryOperator::Mul => known(Kind::Number(a * b)),
                BinaryOperator::Div if b != 0.0 => known(Kind::Number(a / b)),
                BinaryOperator::Mod if b != 0.0 => known(Kind::Number(a % b)),
                _ => unknown,
            }
        }
    }
}

/// Whether two values are equal; none where the unknown decides.
pub(super) fn same(left: &Value, right: &Value) -> Option<bool> {
    match (&left.kind, &right.kind) {
        (Kind::Unknown, _) | (_, Kind::Unknown) => None,
        (Kind::Text(_), Kind::Text(text)) => {
            let text: &str = text;
            if left.as_str().is_some() && right.as_str().is_some() {
                Some(left.as_str() == Some(text))
            } else if right.as_str().is_some() {
                left.equals(text)
            } else {
                None
            }
        }
        (Kind::List(a), Kind::List(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            a.iter().zip(b.iter()).try_fold(true, |all, (a, b)| Some(all && same(a, b)?))
        }
        (Kind::Map(a), Kind::Map(b)) => {
            if a.open || b.open {
                return None;
            }
            if !a.entries.keys().eq(b.entries.keys()) {
                return Some(false);
            }
            a.entries.values().zip(b.entries.values()).try_fold(true, |all, (a, b)| Some(all && same(a, b)?))
        }
        (a, b) => Some(a == b),
    }
}

/// The pairs of key and value of a collection; none where it is unknown.
pub(super) fn pairs(collection: &Value) -> Option<Vec<(Value, Value)>> {
    match &collection.kind {
        Kind::List(items) => Some(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| (Value::new(Kind::Number(index as f64), item.at), item.clone()))
                .collect(),
        ),
        Kind::Map(map) if !map.open => {
            Some(map.entries.iter().map(|(key, value)| (Value::text(key, value.at), value.clone())).collect())
        }
        Kind::Null => Some(Vec::new()),
        _ => None,
    }
}

fn for_expression(expression: &ForExpr, scope: Scope<'_, '_>, at: At) -> Value {
    let intro = &expression.intro;
    let Some(pairs) = pairs(&evaluate(&intro.collection_expr, scope)) else { return Value::unknown(at) };
    let key_name = intro.key_var.as_ref().map(|name| name.as_str());
    let mut list = Vec::new();
    let mut map: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    for (key, value) in pairs {
        let outer = Frame { name: key_name.unwrap_or(""), value: key, up: scope.frame };
        let inner = Frame { name: intro.value_var.as_str(), value, up: Some(&outer) };
        let scope = Scope { frame: Some(&inner), ..scope };
        if let Some(condition) = &expression.cond {
            match evaluate(&condition.expr, scope).as_bool() {
                Some(true) => {}
                Some(false) => continue,
                None => return Value::unknown(at),
            }
        }
        let value = evaluate(&expression.value_expr, scope);
        match &expression.key_expr {
            None => list.push(value),
            Some(key) => {
                let key = evaluate(key, scope);
                let Some(key) = crate::value::template_text(&key).filter(|_| !key.has_unknown()) else {
                    return Value::unknown(at);
                };
                if expression.grouping {
                    let mut items =
                        map.get(key.as_str()).map(|held| held.items().to_vec()).unwrap_or_default();
                    items.push(value);
                    map.insert(key.into(), Value::list(items, at));
                } else {
                    map.insert(key.into(), value);
                }
            }
        }
    }
    if expression.key_expr.is_some() { Value::map(map, at) } else { Value::list(list, at) }
}
