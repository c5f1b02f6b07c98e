//! Secrets in a container's environment, and how it gets them.

use seawall_findings::Severity;
use serde_json::Value;

use super::{Check, Context, Hit, Run, list, present, text};

const REFERENCES: &[&str] = &["https://kubernetes.io/docs/concepts/security/secrets-good-practices/"];

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "env-plain-secret",
        aliases: &["env-var-secret"],
        severity: Severity::High,
        title: "A secret written into the environment",
        why: "It lies in the repository, in the cluster's database and in the output of `kubectl describe`, for everybody who may read a pod.",
        fix: "Change the secret, keep it in a Secret and refer to it:\n  env:\n  - name: DB_PASSWORD\n    valueFrom: {secretKeyRef: {name: db, key: password}}",
        references: REFERENCES,
        run: Run::Pod(plain),
        ..Check::BLANK
    },
    Check {
        id: "env-from-secret",
        aliases: &["CIS_INVALID_KEY_SECRETKEYREF_SECRETREF", "read-secret-from-env-var"],
        severity: Severity::Low,
        title: "A Secret as environment variable",
        why: "The environment is inherited by every child process and ends in crash reports and /proc; a file does not.",
        fix: "Mount it:\n  volumes: [{name: db, secret: {secretName: db}}]\n  volumeMounts: [{name: db, mountPath: /secrets, readOnly: true}]",
        references: &["https://www.cisecurity.org/benchmark/kubernetes"],
        opt_in: true,
        run: Run::Pod(from_secret),
        ..Check::BLANK
    },
    Check {
        id: "env-twice",
        aliases: &["duplicate-env-var"],
        severity: Severity::Low,
        title: "The same variable twice",
        why: "The last one counts; whoever reads the first is wrong about what runs.",
        fix: "Remove one:\n  env: [{name: LOG_LEVEL, value: info}]",
        references: &[
            "https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/",
        ],
        run: Run::Pod(twice),
        ..Check::BLANK
    },
];

/// True for a name that promises a secret: one of its words does, and none of them says that it is about one.
pub(super) fn is_secret_name(name: &str) -> bool {
    const SECRET: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "secrets",
        "token",
        "apikey",
        "privatekey",
        "credential",
        "credentials",
        "accesskey",
        "secretkey",
    ];
    // A file, a name or a place of a secret is none, nor is how long one holds.
    const ABOUT: &[&str] = &[
        "file",
        "path",
        "name",
        "dir",
        "url",
        "uri",
        "endpoint",
        "expiry",
        "expiration",
        "ttl",
        "lifetime",
        "length",
        "policy",
        "type",
        "class",
        "enabled",
        "required",
        "version",
        "id",
        "ref",
        "timeout",
        "interval",
        "refresh",
        "audience",
        "issuer",
        "min",
        "max",
        "key",
        "store",
        "namespace",
        "count",
        "size",
        "public",
    ];
    let words: Vec<String> = words(name);
    let pairs = words.windows(2).map(<[String]>::concat);
    let promises = words.iter().cloned().chain(pairs).any(|word| SECRET.contains(&word.as_str()));
    let last = words.last().map(String::as_str).unwrap_or_default();
    let ends = words.last_chunk::<2>().map(|pair| pair.concat());
    let pair = ends.is_some_and(|ends| SECRET.contains(&ends.as_str()));
    promises && (pair || !ABOUT.contains(&last)) && !words.iter().any(|word| word == "public")
}

/// `dbPassword`, `DB_PASSWORD` and `db-password` as `db`, `password`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// True for a value that stands for another (`${NAME}`, `$(NAME)`, `{{ … }}`, `<fill in>`) or says nothing.
pub(super) fn is_placeholder(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    let lower = value.to_ascii_lowercase();
    value.is_empty()
        || value.contains("${")
        || value.contains("$(")
        || value.starts_with('$')
        || value.contains("{{")
        || (value.starts_with('<') && value.ends_with('>'))
        || value.starts_with("vault:")
        || value.starts_with("ref+")
        || value.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X'))
        || matches!(
            lower.as_str(),
            "true" | "false" | "yes" | "no" | "null" | "none" | "changeme" | "redacted"
        )
        || lower.bytes().all(|byte| byte.is_ascii_digit())
}

fn variables<'a>(container: &crate::Container<'a>) -> impl Iterator<Item = (usize, &'a str, &'a Value)> {
    let list = list(container.value, "/env");
    list.iter().enumerate().map(|(index, value)| (index, text(value.get("name")), value))
}

/// The value itself is never repeated.
fn plain(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in &context.containers {
        for (index, name, variable) in variables(container) {
            let Some(value) = variable.get("value").and_then(Value::as_str) else { continue };
            if is_secret_name(name) && !is_placeholder(value) && !value.starts_with('/') {
                let what = format!("has a value written out for `{name}`");
                hits.push(Context::container_hit(container, &format!("env/{index}/value"), &what));
            }
        }
    }
    hits
}

fn from_secret(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in &context.containers {
        for (index, name, variable) in variables(container) {
            if present(variable.pointer("/valueFrom/secretKeyRef")).is_some() {
                let what = format!("has a Secret in the variable `{name}`");
                hits.push(Context::container_hit(
                    container,
                    &format!("env/{index}/valueFrom/secretKeyRef"),
                    &what,
                ));
            }
        }
        for (index, source) in list(container.value, "/envFrom").iter().enumerate() {
            if present(source.get("secretRef")).is_some() {
                let field = format!("envFrom/{index}/secretRef");
                hits.push(Context::container_hit(container, &field, "has a whole Secret in its environment"));
            }
        }
    }
    hits
}

fn twice(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for container in &context.containers {
        let mut seen = std::collections::HashSet::new();
        for (index, name, _) in variables(container) {
            if !name.is_empty() && !seen.insert(name) {
                let what = format!("has the variable `{name}` twice");
                hits.push(Context::container_hit(container, &format!("env/{index}/name"), &what));
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;
    use super::*;

    #[test]
    fn names_and_values() {
        for name in [
            "DB_PASSWORD",
            "dbPassword",
            "password",
            "GITHUB_TOKEN",
            "API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "client-secret",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "PASSWORD_FILE",
            "SECRET_NAME",
            "TOKEN_URL",
            "TOKENIZER",
            "PUBLIC_KEY",
            "SECRET_STORE",
            "HOST",
            "",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
        for value in ["", "${X}", "$(X)", "<here>", "{{ .Values.x }}", "true", "****"] {
            assert!(is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn the_value_is_not_repeated() {
        let text = "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    env:\n    - {name: DB_PASSWORD, value: hunter2x}\n    - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: p}}}\n    - {name: TOKEN, value: /run/token}\n";
        assert_eq!(
            run("env-plain-secret", text),
            ["7:27 high Pod p: container `a` has a value written out for `DB_PASSWORD`"]
        );
        assert_eq!(run("env-from-secret", text).len(), 1);
        assert_eq!(run("env-twice", text).len(), 1);
    }
}
