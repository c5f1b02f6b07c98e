//! What a rule yields, and trivy's `result.new`.

use regorus::{Engine, Value};

/// One thing that a rule says.
pub(super) struct Outcome {
    pub(super) message: String,
    pub(super) path: Option<String>,
    pub(super) line: Option<usize>,
}

/// `result.new(message, part)` gives the message with the lines of the part.
pub(super) fn register(engine: &mut Engine) {
    let new = |parameters: Vec<Value>| {
        let [message, part] = parameters.as_slice() else { return Ok(Value::Undefined) };
        let part = serde_json::to_value(part).unwrap_or_default();
        let lines = part.get("__defsec_metadata").unwrap_or(&part);
        let result = serde_json::json!({
            "msg": serde_json::to_value(message).unwrap_or_default(),
            "startline": first(lines, &["startline", "StartLine"]),
            "endline": first(lines, &["endline", "EndLine"]),
            "filepath": first(lines, &["filepath", "Path"]),
        });
        Ok(serde_json::from_value(result).unwrap_or(Value::Undefined))
    };
    // Fails only where the name is taken, and the engine is new.
    let _ = engine.add_extension("result.new".to_owned(), 2, Box::new(new));
}

fn first(value: &serde_json::Value, names: &[&str]) -> serde_json::Value {
    names.iter().find_map(|name| value.get(name)).cloned().unwrap_or_default()
}

/// A set or list of texts and objects; a single text, object or `true` also counts.
pub(super) fn read(value: &Value) -> Vec<Outcome> {
    match serde_json::to_value(value).unwrap_or_default() {
        serde_json::Value::Array(items) => items.iter().filter_map(one).collect(),
        serde_json::Value::Bool(true) => {
            vec![Outcome { message: "the rule holds".to_owned(), path: None, line: None }]
        }
        other => one(&other).into_iter().collect(),
    }
}

fn one(value: &serde_json::Value) -> Option<Outcome> {
    match value {
        serde_json::Value::String(message) => {
            Some(Outcome { message: message.clone(), path: None, line: None })
        }
        serde_json::Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(serde_json::Value::as_str);
            let message = text("msg").or_else(|| text("message"))?.to_owned();
            let line = members.get("startline").or_else(|| members.get("StartLine"));
            let line = line.and_then(serde_json::Value::as_u64).filter(|line| *line > 0);
            Some(Outcome {
                message,
                path: text("filepath").filter(|path| !path.is_empty()).map(str::to_owned),
                line: line.and_then(|line| usize::try_from(line).ok()),
            })
        }
        _ => None,
    }
}
