//! CEL expressions: a user's own conditions over JSON values.
//!
//! In: the text of an expression and the names that it may use ([`Expression::new`]); later, values under these names.
//! Out: whether it holds ([`Expression::holds`]), or why that cannot be said. The language is that of Kubernetes'
//! ValidatingAdmissionPolicy (<https://cel.dev>). An expression that cannot be evaluated, because a field is missing, say,
//! does not hold and says why: `has(object.spec.replicas)` asks first. This crate does no I/O.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use cel::common::ast::{EntryExpr, Expr};
use cel::{Context, IdedExpr, Program, Value as Cel};
use serde_json::Value;

/// Longer expressions are refused: they are conditions, not programs.
const MAX_LENGTH: usize = 16 << 10;

/// A compiled expression that remembers how it was written.
#[derive(Clone)]
pub struct Expression {
    text: String,
    program: Arc<Program>,
}

impl Expression {
    /// Compiles a text. Only the `variables` may be named in it. The error is in words.
    pub fn new(text: &str, variables: &[&str]) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("is {} bytes long; an expression has at most {MAX_LENGTH}", text.len()));
        }
        let program =
            Program::compile(text).map_err(|error| first_line(&error.to_string())).map_err(|error| {
                format!("is no CEL expression: {}", error.trim_start_matches("ERROR: <input>:"))
            })?;
        if let Some(unknown) = unbound(program.expression(), variables) {
            return Err(format!("names `{unknown}`; here there is {}", variables.join(", ")));
        }
        Ok(Self { text: text.to_owned(), program: Arc::new(program) })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it holds over the values. An error where it cannot be evaluated or is no condition, in words.
    pub fn holds(&self, variables: &[(&str, &Value)]) -> Result<bool, String> {
        let mut context = Context::default();
        for (name, value) in variables {
            context.add_variable_from_value(*name, cel(value));
        }
        match self.program.execute(&context) {
            Ok(Cel::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!("gives {}, which is neither true nor false", other.type_of())),
            Err(error) => Err(first_line(&error.to_string())),
        }
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.text).finish()
    }
}

/// The first name that is neither a variable nor a type nor bound by a macro around it.
fn unbound(expression: &IdedExpr, bound: &[&str]) -> Option<String> {
    const TYPES: &[&str] =
        &["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];
    let entry = |entry: &EntryExpr| match entry {
        EntryExpr::StructField(field) => unbound(&field.value, bound),
        EntryExpr::MapEntry(entry) => unbound(&entry.key, bound).or_else(|| unbound(&entry.value, bound)),
    };
    match &expression.expr {
        Expr::Unspecified | Expr::Literal(_) => None,
        Expr::Ident(name) => {
            (!bound.contains(&name.as_str()) && !TYPES.contains(&name.as_str())).then(|| name.clone())
        }
        Expr::Select(select) => unbound(&select.operand, bound),
        Expr::Call(call) => {
            call.target.as_deref().into_iter().chain(&call.args).find_map(|one| unbound(one, bound))
        }
        Expr::List(list) => list.elements.iter().find_map(|one| unbound(one, bound)),
        Expr::Map(map) => map.entries.iter().find_map(|one| entry(&one.expr)),
        Expr::Struct(fields) => fields.entries.iter().find_map(|one| entry(&one.expr)),
        Expr::Comprehension(each) => {
            let mut inner = bound.to_vec();
            inner.extend([each.iter_var.as_str(), each.accu_var.as_str()]);
            inner.extend(each.iter_var2.as_deref());
            [&each.iter_range, &each.accu_init].into_iter().find_map(|one| unbound(one, bound)).or_else(
                || {
                    [&each.loop_cond, &each.loop_step, &each.result]
                        .into_iter()
                        .find_map(|one| unbound(one, &inner))
                },
            )
        }
    }
}

/// JSON's whole numbers are CEL's `int`, as Kubernetes has it; `uint` would not compare with a literal everywhere.
fn cel(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(value) => Cel::Bool(*value),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), _, _) => Cel::Int(number),
            (_, Some(number), _) => Cel::UInt(number),
            (_, _, number) => Cel::Float(number.unwrap_or(f64::NAN)),
        },
        Value::String(text) => Cel::String(Arc::new(text.clone())),
        Value::Array(items) => Cel::List(Arc::new(items.iter().map(cel).collect())),
        Value::Object(members) => {
            let map: HashMap<String, Cel> =
                members.iter().map(|(name, value)| (name.clone(), cel(value))).collect();
            Cel::Map(map.into())
        }
    }
}

/// Values in an error may be long, and of several lines.
fn first_line(text: &str) -> String {
    const MAX: usize = 200;
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    match line.char_indices().nth(MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(text: &str, object: &Value) -> Result<bool, String> {
        Expression::new(text, &["object"]).unwrap().holds(&[("object", object)])
    }

    #[test]
    fn conditions_over_an_object() {
        let object = json!({"kind": "Deployment", "spec": {"replicas": 2, "labels": {"a/b": "x"}, "ports": [{"p": 80}, {"p": 8080}]}});
        for text in [
            "object.spec.replicas >= 2",
            "object.kind in ['Deployment', 'StatefulSet']",
            "has(object.spec.replicas) && !has(object.spec.paused)",
            "object.spec.labels['a/b'].matches('^x$')",
            "object.spec.ports.all(port, port.p > 79)",
            "object.spec.ports.exists(port, port.p == 8080)",
            "size(object.spec.ports) == 2",
            "object.spec.ports.map(port, port.p) == [80, 8080]",
        ] {
            assert_eq!(holds(text, &object), Ok(true), "{text}");
        }
        assert_eq!(holds("object.spec.replicas > 2", &object), Ok(false));
        assert!(holds("object.spec.missing > 2", &object).unwrap_err().contains("missing"));
        assert!(holds("object.spec.replicas", &object).unwrap_err().contains("neither true nor false"));
    }

    #[test]
    fn what_is_no_expression_is_refused_in_words() {
        let refused = |text: &str| Expression::new(text, &["object"]).unwrap_err();
        assert!(refused("object.spec.replicas >=").starts_with("is no CEL expression: "));
        assert_eq!(refused("objekt.spec == 1"), "names `objekt`; here there is object");
        assert!(refused(&"a".repeat(20_000)).contains("at most 16384"));
        let _ = Expression::new(&"(".repeat(2_000), &["object"]);
        let _ = Expression::new(&format!("{}true", "!".repeat(10_000)), &["object"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[a-z0-9.()\\[\\]{}'\"&|!<>=?:, +*/%-]{0,60}") {
            let _ = Expression::new(&text, &["object"]).map(|e| e.holds(&[("object", &json!({"a": [1, "x"]}))]));
        }
    }
}
