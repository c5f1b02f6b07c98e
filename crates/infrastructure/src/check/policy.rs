//! Policies of AWS: statements, whether written as JSON, as a policy document or as a CloudFormation object.

use crate::value::{Kind, Value, parse_json};

/// The statements of a policy; none where it is unknown.
pub(super) fn statements(policy: &Value) -> Vec<Value> {
    let parsed = match &policy.kind {
        Kind::Text(text) => parse_json(text, policy.at),
        Kind::Map(_) => Some(policy.clone()),
        _ => None,
    };
    parsed.map(|policy| policy.field("Statement").items().to_vec()).unwrap_or_default()
}

/// True for a statement that surely allows.
pub(super) fn allows(statement: &Value) -> bool {
    statement.field("Effect").equals("Allow") == Some(true)
}

/// The actions of a statement.
pub(super) fn actions(statement: &Value) -> Vec<Value> {
    statement.field("Action").items().to_vec()
}

/// The resources of a statement.
pub(super) fn resources(statement: &Value) -> Vec<Value> {
    statement.field("Resource").items().to_vec()
}

/// The principal of a statement that is everybody, unless a condition narrows it.
pub(super) fn everybody(statement: &Value) -> Option<Value> {
    if statement.field("Condition").is_set() {
        return None;
    }
    let principal = statement.field("Principal");
    let mut candidates = vec![principal.clone()];
    candidates.extend(principal.field("AWS").items().iter().cloned());
    candidates.into_iter().find(|candidate| candidate.equals("*") == Some(true))
}

/// Actions that cannot be limited to a resource, or are reads without harm on `*`.
const UNBOUND: [&str; 12] = [
    "ec2:describe",
    "cloudwatch:",
    "logs:describe",
    "sts:getcalleridentity",
    "ecr:getauthorizationtoken",
    "iam:list",
    "s3:listallmybuckets",
    "xray:",
    "elasticloadbalancing:describe",
    "autoscaling:describe",
    "kms:list",
    "ec2messages:",
];

/// Actions that should never be for everything.
const SENSITIVE: [&str; 12] = [
    "kms:decrypt",
    "s3:getobject",
    "s3:putobject",
    "s3:deleteobject",
    "secretsmanager:getsecretvalue",
    "sts:assumerole",
    "ssm:getparameter",
    "ssm:getparameters",
    "lambda:updatefunctioncode",
    "iam:createaccesskey",
    "iam:attachrolepolicy",
    "iam:putrolepolicy",
];

/// What of a statement is a wildcard that grants more than is needed: the value, and what to say of it.
pub(super) fn wildcard(statement: &Value) -> Option<(Value, String)> {
    if !allows(statement) {
        return None;
    }
    let actions = actions(statement);
    for action in &actions {
        if let Some(text) = action.as_str()
            && (text == "*" || text.ends_with(":*"))
        {
            return Some((action.clone(), format!("the action `{text}` allows everything")));
        }
    }
    let bounded = |text: &str| !UNBOUND.iter().any(|unbound| text.to_ascii_lowercase().starts_with(unbound));
    let wide = actions.iter().filter_map(Value::as_str).any(|text| text.contains('*') && bounded(text));
    let harmful = wide
        || actions
            .iter()
            .filter_map(Value::as_str)
            .any(|text| SENSITIVE.iter().any(|action| text.eq_ignore_ascii_case(action)));
    for resource in resources(statement) {
        let Some(text) = resource.as_str() else { continue };
        if text == "*" && harmful {
            return Some((resource, "the resource `*` is everything in the account".into()));
        }
        if wide && text.ends_with(":*") {
            let message = format!("the resource `{text}` with wildcard actions is more than is needed");
            return Some((resource, message));
        }
    }
    None
}
