//! Rules of the user's own over the objects of a manifest.

use super::Asked;
use super::rules::rules;
use crate::{ExpressionRule, Object, Outcome, Reason, RuleKind};

/// A rule that cannot be evaluated is held against the object: what is not known is not let through.
pub(super) fn objects(asked: Asked<'_>, reasons: &mut Vec<Reason>) {
    for (rule, outcome, what) in rules(asked) {
        let RuleKind::Expression(wanted) = &what.kind else { continue };
        for object in &asked.question.objects {
            if !is_meant(wanted, object) {
                continue;
            }
            let message = match wanted.expression.holds(&[("object", &object.value)]) {
                Ok(true) => continue,
                Ok(false) => match &wanted.message {
                    Some(message) => format!("{}: {message}", wanted.name),
                    None => format!("{}: `{}` does not hold", wanted.name, wanted.expression.text()),
                },
                Err(error) => {
                    format!("{}: `{}` cannot be evaluated: {error}", wanted.name, wanted.expression.text())
                }
            };
            let remedy =
                wanted.remedy.clone().unwrap_or_else(|| "change the object so that the rule holds".into());
            let mut reason = asked.reason(rule.clone(), outcome, &object.place, message, &remedy);
            reason.finding = Some(wanted.name.clone());
            reasons.push(excepted(asked, wanted, object, reason));
        }
    }
}

fn is_meant(wanted: &ExpressionRule, object: &Object) -> bool {
    let kind = object.value.get("kind").and_then(serde_json::Value::as_str).unwrap_or_default();
    wanted.kinds.is_empty() || wanted.kinds.iter().any(|one| one == kind)
}

/// An exception names the rule by its name.
fn excepted(asked: Asked<'_>, wanted: &ExpressionRule, object: &Object, reason: Reason) -> Reason {
    let mut finding = seawall_findings::Finding::new(
        seawall_findings::FindingKind::Misconfiguration,
        wanted.name.clone(),
        seawall_findings::Severity::Unknown,
        String::new(),
    );
    finding.location.path.clone_from(&object.place);
    let settled = super::rules::settle(asked, &finding, None, reason);
    debug_assert!(settled.outcome != Outcome::Allow || settled.exception.is_some());
    settled
}
