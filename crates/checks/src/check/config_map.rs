//! Secrets in `ConfigMap`s.

use seawall_findings::Severity;
use serde_json::Value;

use super::environment::{is_placeholder, is_secret_name};
use super::{Check, Hit, Run, Subject, escaped};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "config-map-secret",
        aliases: &["KSV-0109"],
        severity: Severity::High,
        title: "A secret in a ConfigMap",
        why: "ConfigMaps are readable by nearly everybody, are not encrypted at rest, and lie in the repository.",
        fix: "Change the secret, and keep it in a Secret (sealed or external in the repository):\n  env:\n  - name: REDIS_PASSWORD\n    valueFrom: {secretKeyRef: {name: redis, key: password}}",
        references: &["https://kubernetes.io/docs/concepts/security/secrets-good-practices/"],
        run: Run::Object(secrets),
        ..Check::BLANK
    },
    Check {
        id: "config-map-personal",
        aliases: &["KSV-01010"],
        severity: Severity::Low,
        title: "Personal data in a ConfigMap",
        why: "Accounts and addresses help whoever prepares an attack on the people behind them.",
        fix: "Keep them in a Secret, or use a role's address:\n  data: {contact: ops@example.com}",
        references: &["https://kubernetes.io/docs/concepts/configuration/configmap/"],
        opt_in: true,
        run: Run::Object(personal),
        ..Check::BLANK
    },
];

/// Most lines of one value that are looked at.
const MAX_LINES: usize = 10_000;

fn entries<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (&'a String, &'a str)> {
    let data = subject.document.value.get("data").filter(|_| subject.document.kind == "ConfigMap");
    let data = data.and_then(Value::as_object).into_iter().flatten();
    data.filter_map(|(key, value)| Some((key, value.as_str()?)))
}

/// Values are never repeated.
fn secrets(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (key, value) in entries(subject) {
        let one_line = !value.trim().contains('\n');
        let named = (one_line && is_secret_name(key) && !is_placeholder(value)).then_some(key.as_str());
        let found = named.or_else(|| value.lines().take(MAX_LINES).find_map(secret_of_line));
        if let Some(name) = found {
            let pointer = format!("/data/{}", escaped(key));
            hits.push(Hit::new(pointer, format!("`{key}` has a value written out for `{name}`")));
        }
    }
    hits
}

/// The name in `NAME=value`, `name: value` or `"name": "value"`, where it promises a secret and has one; `a password in an
/// address` for `scheme://user:password@host`.
fn secret_of_line(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches("export ");
    if line.starts_with(['#', ';']) || line.starts_with("//") {
        return None;
    }
    if let Some((_, rest)) = line.split_once("://") {
        let authority = rest.split(['/', '?', ' ', '"', '\'']).next().unwrap_or_default();
        let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
        if password.is_some_and(|(_, password)| !is_placeholder(password)) {
            return Some("a password in an address");
        }
    }
    let (name, value) = line.split_once(['=', ':'])?;
    let name = name.trim().trim_matches(['"', '\'']);
    let value = value.trim().trim_end_matches([',', ';']);
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let last = name.rsplit('.').next().unwrap_or(name);
    let opens = value.starts_with(['{', '[', '|', '>', '/', '&', '*']) || value.contains("://");
    (plain && is_secret_name(last) && !is_placeholder(value) && !opens).then_some(name)
}

fn personal(subject: &Subject<'_>) -> Vec<Hit> {
    let wrong = |line: &str| {
        let (name, value) = line.split_once(['=', ':'])?;
        let name = name.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
        let value = value.trim();
        let person = ["username", "user", "email", "phone", "mobile", "iban", "ssn", "birthday"];
        let named = person.iter().any(|word| {
            name == *word || name.ends_with(&format!("_{word}")) || name.ends_with(&format!("-{word}"))
        });
        (named && !is_placeholder(value)).then_some(())
    };
    let mut hits = Vec::new();
    for (key, value) in entries(subject) {
        let as_line = format!("{key}={}", value.lines().next().unwrap_or_default());
        if wrong(&as_line).is_some() || value.lines().take(MAX_LINES).any(|line| wrong(line).is_some()) {
            hits.push(Hit::new(
                format!("/data/{}", escaped(key)),
                format!("`{key}` names a person or account"),
            ));
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;
    use super::*;

    #[test]
    fn lines() {
        for line in [
            "REDIS_PASSWORD=abcd1234",
            "export TOKEN='x1'",
            "\"password\": \"a\",",
            "spring.datasource.password=a",
            "url=postgres://u:p4ss@h/db",
        ] {
            assert!(secret_of_line(line).is_some(), "{line}");
        }
        for line in [
            "REDIS_PASSWORD=",
            "P_PASSWORD=${X}",
            "# password=a",
            "tokens: 5",
            "password_file=/run/x",
            "url=https://h/a:b@c",
            "secret: {",
            "http://u:${P}@h",
        ] {
            assert!(secret_of_line(line).is_none(), "{line}");
        }
    }

    #[test]
    fn the_value_is_not_repeated() {
        let text = "kind: ConfigMap\nmetadata: {name: c}\ndata:\n  password: hunter2\n  user: ada\n";
        assert_eq!(
            run("config-map-secret", text),
            ["4:3 high ConfigMap c: `password` has a value written out for `password`"]
        );
        assert_eq!(run("config-map-personal", text).len(), 1);
    }
}
