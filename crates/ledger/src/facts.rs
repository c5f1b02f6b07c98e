//! The two facts that are read out of a body: the name that the image went by, and how a question was answered.

use seawall_findings::Outcome;
use serde_json::Value;

/// `reference` of the body (else that of its `report`'s subject), without the digest: `shop:1.1`.
pub(crate) fn name(body: &Value) -> Option<String> {
    let reference = body
        .get("reference")
        .or_else(|| body.pointer("/report/subject/reference"))
        .or_else(|| body.pointer("/subject/reference"))?
        .as_str()?;
    let name = reference.split('@').next().unwrap_or_default();
    (!name.is_empty() && name.len() <= 512 && !name.starts_with("sha256:")).then(|| name.to_owned())
}

/// `verdict.outcome`, `outcome` or `allowed` of the body.
pub(crate) fn outcome(body: &Value) -> Option<Outcome> {
    if let Some(word) =
        body.pointer("/verdict/outcome").or_else(|| body.get("outcome")).and_then(Value::as_str)
    {
        return Outcome::from_word(word);
    }
    body.get("allowed")?.as_bool().map(|allowed| if allowed { Outcome::Allow } else { Outcome::Deny })
}

/// Whether the name carries a tag.
pub(crate) fn has_tag(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|last| last.contains(':'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn facts_are_read_where_commands_write_them() {
        assert_eq!(
            name(&json!({"reference": "127.0.0.1:5000/shop:1.1@sha256:00"})).unwrap(),
            "127.0.0.1:5000/shop:1.1"
        );
        assert_eq!(name(&json!({"report": {"subject": {"reference": "shop:1"}}})).unwrap(), "shop:1");
        assert_eq!(name(&json!({"reference": 1})), None);
        assert_eq!(outcome(&json!({"verdict": {"outcome": "deny"}})), Some(Outcome::Deny));
        assert_eq!(outcome(&json!({"allowed": true})), Some(Outcome::Allow));
        assert!(has_tag("127.0.0.1:5000/shop:1.1") && !has_tag("127.0.0.1:5000/shop"));
    }
}
