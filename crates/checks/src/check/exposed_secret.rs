//! Tokens of known shape anywhere in an object that is not a Secret.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Hit, Run, Subject, escaped};

pub(super) const CHECKS: &[Check] = &[Check {
    id: "object-exposed-secret",
    aliases: &[
        "ALL_EXPOSED_SECRET_BITBUCKET",
        "ALL_EXPOSED_SECRET_DATADOG",
        "ALL_EXPOSED_SECRET_GCP",
        "ALL_EXPOSED_SECRET_AWS",
        "ALL_EXPOSED_SECRET_GITHUB",
        "ALL_EXPOSED_SECRET_GITLAB",
        "ALL_EXPOSED_SECRET_TERRAFORM",
        "ALL_EXPOSED_SECRET_HEROKU",
        "ALL_EXPOSED_SECRET_JWT",
        "ALL_EXPOSED_SECRET_LAUNCHDARKLY",
        "ALL_EXPOSED_SECRET_NEWRELIC",
        "ALL_EXPOSED_SECRET_NPM",
        "ALL_EXPOSED_SECRET_OKTA",
        "ALL_EXPOSED_SECRET_STRIPE",
        "ALL_EXPOSED_SECRET_SUMOLOGIC",
        "ALL_EXPOSED_SECRET_TWILIO",
        "ALL_EXPOSED_SECRET_VAULT",
        "ALL_EXPOSED_SECRET_PRIVATEKEY",
    ],
    severity: Severity::Critical,
    title: "A token or key written into an object",
    why: "It lies in the repository and its history, and whoever may read the object has it.",
    fix: "Revoke it, and refer to a Secret:\n  valueFrom: {secretKeyRef: {name: shop, key: token}}",
    references: &["https://kubernetes.io/docs/concepts/security/secrets-good-practices/"],
    run: Run::Object(run),
    ..Check::BLANK
}];

/// Whose token, Datree's name, and its shape: the prefixes and lengths that the issuers document.
const SHAPES: &[(&str, &str, &str)] = &[
    (
        "an AWS access key",
        "ALL_EXPOSED_SECRET_AWS",
        r"\b(?:A3T[A-Z0-9]|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA)[A-Z0-9]{16}\b",
    ),
    (
        "a GitHub token",
        "ALL_EXPOSED_SECRET_GITHUB",
        r"\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{50,})",
    ),
    ("a GitLab token", "ALL_EXPOSED_SECRET_GITLAB", r"\bgl(?:pat|ptt|dt|rt|cbt|soat)-[0-9A-Za-z_-]{20,}"),
    ("a Google API key", "ALL_EXPOSED_SECRET_GCP", r"\bAIza[0-9A-Za-z_\\-]{35}"),
    (
        "a Terraform Cloud token",
        "ALL_EXPOSED_SECRET_TERRAFORM",
        r"(?i)\b[a-z0-9]{14}\.atlasv1\.[a-z0-9_=-]{60,70}",
    ),
    (
        "a JSON Web Token",
        "ALL_EXPOSED_SECRET_JWT",
        r"\bey[0-9A-Za-z_-]{15,}\.ey[0-9A-Za-z_/-]{15,}\.[0-9A-Za-z_/-]{10,}",
    ),
    ("an npm token", "ALL_EXPOSED_SECRET_NPM", r"\bnpm_[0-9A-Za-z]{36}\b"),
    ("a Stripe key", "ALL_EXPOSED_SECRET_STRIPE", r"\b(?:sk|pk|rk)_(?:test|live)_[0-9A-Za-z]{10,}"),
    ("a Twilio key", "ALL_EXPOSED_SECRET_TWILIO", r"\bSK[0-9a-fA-F]{32}\b"),
    ("a Vault token", "ALL_EXPOSED_SECRET_VAULT", r"\bhv[sbr]\.[0-9A-Za-z_-]{24,}"),
    ("a private key", "ALL_EXPOSED_SECRET_PRIVATEKEY", r"-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY-----"),
    (
        "a Bitbucket secret",
        "ALL_EXPOSED_SECRET_BITBUCKET",
        r"(?i)bitbucket[\w .-]{0,20}[\s'\x22]{0,3}(?:=>|:=|=|:)[\s'\x22]{0,5}[a-z0-9]{32}\b",
    ),
    (
        "a Datadog key",
        "ALL_EXPOSED_SECRET_DATADOG",
        r"(?i)(?:datadog|dd_)[\w .-]{0,20}[\s'\x22]{0,3}(?:=>|:=|=|:)[\s'\x22]{0,5}(?:[a-z0-9]{40}|[a-f0-9]{32})\b",
    ),
    (
        "a Heroku key",
        "ALL_EXPOSED_SECRET_HEROKU",
        r"(?i)heroku[\w .-]{0,20}[\s'\x22]{0,3}(?:=>|:=|=|:)[\s'\x22]{0,5}[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
    ),
    (
        "a LaunchDarkly token",
        "ALL_EXPOSED_SECRET_LAUNCHDARKLY",
        r"(?i)launchdarkly[\w .-]{0,20}[\s'\x22]{0,3}(?:=>|:=|=|:)[\s'\x22]{0,5}[a-z0-9=_-]{40}",
    ),
    (
        "a New Relic key",
        "ALL_EXPOSED_SECRET_NEWRELIC",
        r"(?i)(?:\bNRAK-[a-z0-9]{27}\b|\bNRJS-[a-f0-9]{19}\b|new[-_]?relic[\w .-]{0,20}[\s'\x22]{0,3}(?:=>|:=|=|:)[\s'\x22]{0,5}[a-z0-9]{64}\b)",
    ),
    (
        "an Okta token",
        "ALL_EXPOSED_SECRET_OKTA",
        r"(?i)okta[\w .-]{0,20}[\s'\x22]{0,3}(?:=>|:=|=|:)[\s'\x22]{0,5}[a-z0-9=_-]{42}",
    ),
    (
        "a Sumo Logic key",
        "ALL_EXPOSED_SECRET_SUMOLOGIC",
        r"(?i)sumo[\w .-]{0,20}[\s'\x22]{0,3}(?:=>|:=|=|:)[\s'\x22]{0,5}(?:[a-z0-9]{64}|[a-z0-9]{14})\b",
    ),
];

/// Which shapes there are in a text: one pass over it.
static SET: LazyLock<Option<RegexSet>> =
    LazyLock::new(|| RegexSet::new(SHAPES.iter().map(|(_, _, shape)| *shape)).ok());

/// Text that one of the shapes needs somewhere; most values have none of it, and are not looked at further.
static HINTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)A3T|A[KGIRNS][IPDOV]A|gh[pousr]_|github_pat|gl[a-z]+-|AIza|atlasv1|\bey|npm_|[spr]k_(?:test|live)_|\bSK[0-9a-f]|hv[sbr]\.|PRIVATE|bitbucket|datadog|dd_|heroku|launchdarkly|relic|NRAK|NRJS|okta|sumo").ok()
});

/// Shortest text that can hold a token; longest part of a text that is looked at.
const SHORTEST: usize = 14;
const LONGEST: usize = 1 << 20;

fn run(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    if subject.document.kind != "Secret" && subject.document.kind != "SealedSecret" {
        walk(&subject.document.value, &mut String::new(), "", &mut hits);
    }
    hits
}

/// Every text, with its key before it: some tokens are known by their names only. The reader bounds the depth.
fn walk(value: &Value, pointer: &mut String, key: &str, hits: &mut Vec<Hit>) {
    match value {
        Value::String(text) => look(text, pointer, key, hits),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let length = pointer.len();
                let _ = write!(pointer, "/{index}");
                walk(item, pointer, key, hits);
                pointer.truncate(length);
            }
        }
        Value::Object(map) => {
            // `{name: HEROKU_API_KEY, value: …}` says the name beside the value.
            let name = map.get("name").and_then(Value::as_str).unwrap_or_default();
            for (key, item) in map {
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(&escaped(key));
                walk(item, pointer, if key == "value" { name } else { key }, hits);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

fn look(text: &str, pointer: &str, key: &str, hits: &mut Vec<Hit>) {
    let (Some(set), Some(hint)) = (SET.as_ref(), HINTS.as_ref()) else { return };
    if text.len() < SHORTEST || !(hint.is_match(text) || hint.is_match(key)) {
        return;
    }
    let end = text.floor_char_boundary(LONGEST.min(text.len()));
    let with_key = format!("{key}: {}", text.get(..end).unwrap_or_default());
    for index in &set.matches(&with_key) {
        let Some((whose, alias, _)) = SHAPES.get(index) else { continue };
        hits.push(Hit::new(pointer, format!("`{key}` holds {whose}")).known_as(&[alias]));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn tokens_by_shape_and_by_name() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let text = format!(
            "kind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  a: {token}\n  HEROKU_API_KEY: 12345678-1234-1234-1234-123456789012\n  b: {{name: DATADOG, value: {}}}\n",
            "a1b2".repeat(10)
        );
        let found = run("object-exposed-secret", &text);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[1], "4:3 critical ConfigMap c: `a` holds a GitHub token");
        assert!(run("object-exposed-secret", &text.replace("ConfigMap", "Secret")).is_empty());
    }
}
