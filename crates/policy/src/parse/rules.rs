//! `spec.deny` and `spec.warn`.

use seawall_checks::yaml::Node;
use seawall_checks::{CHECKS, Profile};

use super::reader::{Fail, Mapping, list, nearest, tagged};
use crate::{CheckRule, Rule, RuleKind, VulnerabilityRule, Wrong};

/// Kinds of the design that are not enforced yet: said, not skipped.
const LATER: &[&str] = &["rule", "secret", "hygiene", "licence"];

pub(super) fn read(spec: &Mapping<'_>, key: &str) -> Result<Vec<Rule>, Fail> {
    list(spec, key)?.iter().map(|item| rule(item, key)).collect()
}

fn rule(item: &Node, key: &str) -> Result<Rule, Fail> {
    let (kind, value) = tagged(item, key, &["vulnerability", "check"], LATER)?;
    let kind = if kind == "vulnerability" { vulnerability(value)? } else { check(value)? };
    Ok(Rule { kind, position: item.position })
}

fn vulnerability(value: &Node) -> Result<RuleKind, Fail> {
    let map = Mapping::new(value, "vulnerability", &["severity", "fixable", "graceDays", "exploited"])?;
    Ok(RuleKind::Vulnerability(VulnerabilityRule {
        severity: map.severity()?,
        fixable: map.boolean("fixable")?,
        grace_days: map.count("graceDays", 0)?,
        exploited: map.boolean("exploited")?,
    }))
}

fn check(value: &Node) -> Result<RuleKind, Fail> {
    let map = Mapping::new(value, "check", &["profile", "ids", "severity"])?;
    let mut ids: Option<Vec<String>> = None;
    let mut profile = None;
    if map.get("profile").is_some() {
        let name = map.required_text("profile", "the name of a profile")?;
        let known = Profile::from_name(&name).ok_or_else(|| {
            let names = Profile::ALL.map(Profile::as_str);
            Fail::at(
                map.at("profile"),
                Wrong::Value { key: "profile".into(), problem: unknown("profile", &name, &names) },
            )
        })?;
        ids.get_or_insert_default().extend(known.checks().iter().map(ToString::to_string));
        profile = Some(name);
    }
    for name in map.texts("ids")?.unwrap_or_default() {
        let check = seawall_checks::find(&name).ok_or_else(|| {
            let names: Vec<_> = CHECKS.iter().map(|check| check.id).collect();
            Fail::at(
                map.at("ids"),
                Wrong::Value { key: "ids".into(), problem: unknown("check", &name, &names) },
            )
        })?;
        ids.get_or_insert_default().push(check.id.to_owned());
    }
    if map.get("ids").is_some() && ids.is_none() {
        let problem = "is empty, so the rule would match nothing; name a check or remove `ids`".to_owned();
        return Err(Fail::at(map.at("ids"), Wrong::Value { key: "ids".into(), problem }));
    }
    Ok(RuleKind::Check(CheckRule { ids, profile, severity: map.severity()? }))
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let guess = nearest(name, known).map(|word| format!(", did you mean `{word}`?")).unwrap_or_default();
    format!("there is no {what} `{name}`{guess}; there are: {}", known.join(", "))
}
