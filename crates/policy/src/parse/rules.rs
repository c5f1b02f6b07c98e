//! `spec.deny` and `spec.warn`.

use seawall_checks::yaml::Node;
use seawall_checks::{CHECKS, Profile};
use seawall_findings::FindingKind;

use super::globs;
use super::reader::{Fail, Mapping, list, nearest, tagged};
use crate::{
    CheckRule, ExpressionRule, FindingRule, Globs, LicenceRule, Rule, RuleKind, VulnerabilityRule, Wrong,
};
use seawall_expressions::Expression;

/// Kinds of rules.
const KINDS: &[&str] = &["vulnerability", "check", "secret", "hygiene", "damaged", "licence", "rule"];

pub(super) fn read(spec: &Mapping<'_>, key: &str) -> Result<Vec<Rule>, Fail> {
    list(spec, key)?.iter().map(|item| rule(item, key)).collect()
}

fn rule(item: &Node, key: &str) -> Result<Rule, Fail> {
    let (kind, value) = tagged(item, key, KINDS)?;
    let kind = match kind {
        "vulnerability" => vulnerability(value)?,
        "check" => check(value)?,
        "secret" => finding(value, "secret", FindingKind::Secret, &["ids", "severity"])?,
        "hygiene" => finding(value, "hygiene", FindingKind::Hygiene, &["forbid", "ids", "severity"])?,
        "damaged" => finding(value, "damaged", FindingKind::Damaged, &[])?,
        "licence" => licence(value)?,
        _ => expression(value)?,
    };
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

/// `forbid` names tools: `curl` is the finding `tool-curl`.
fn finding(
    value: &Node,
    name: &'static str,
    kind: FindingKind,
    keys: &'static [&'static str],
) -> Result<RuleKind, Fail> {
    let map = Mapping::new(value, name, keys)?;
    let mut patterns = map.texts("ids")?.unwrap_or_default();
    patterns.extend(map.texts("forbid")?.unwrap_or_default().iter().map(|tool| format!("tool-{tool}")));
    let given = if map.get("ids").is_some() { "ids" } else { "forbid" };
    if patterns.is_empty() && map.get(given).is_some() {
        let problem = "is empty, so the rule would match nothing; name something or remove it".to_owned();
        return Err(Fail::at(map.at(given), Wrong::Value { key: given.into(), problem }));
    }
    let ids = Globs::new(patterns)
        .map_err(|problem| Fail::at(map.at(given), Wrong::Value { key: given.into(), problem }))?;
    Ok(RuleKind::Finding(FindingRule { kind, ids, severity: map.severity()? }))
}

fn licence(value: &Node) -> Result<RuleKind, Fail> {
    let map = Mapping::new(value, "licence", &["deny", "allow", "unknown"])?;
    let rule = LicenceRule {
        deny: globs(&map, "deny")?,
        allow: globs(&map, "allow")?,
        unknown: map.boolean("unknown")?.unwrap_or(false),
    };
    if rule.deny.is_empty() && rule.allow.is_empty() && !rule.unknown {
        let problem =
            "says nothing: give `deny` or `allow` (SPDX ids, with globs), or `unknown: true`".into();
        return Err(Fail::value(value, "licence", problem));
    }
    Ok(RuleKind::Licence(rule))
}

fn expression(value: &Node) -> Result<RuleKind, Fail> {
    let map = Mapping::new(value, "rule", &["name", "cel", "message", "remedy", "kinds"])?;
    let name = map.required_text("name", "verdicts name the rule")?;
    let text = map.required_text("cel", "the condition that must hold for `object`")?;
    let expression = Expression::new(&text, &["object"])
        .map_err(|problem| Fail::at(map.at("cel"), Wrong::Value { key: "cel".into(), problem }))?;
    Ok(RuleKind::Expression(ExpressionRule {
        name,
        expression,
        message: map.optional_text("message")?,
        remedy: map.optional_text("remedy")?,
        kinds: map.texts("kinds")?.unwrap_or_default(),
    }))
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let guess = nearest(name, known).map(|word| format!(", did you mean `{word}`?")).unwrap_or_default();
    format!("there is no {what} `{name}`{guess}; there are: {}", known.join(", "))
}
