//! Texts that stand where a secret would: references, templates, examples.

use crate::entropy::{changes, entropy};

/// What marks a text as nobody's secret, wherever it stands in it (in lower case).
const WORDS: &[&str] = &[
    "example",
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "placeholder",
    "dummy",
    "redacted",
    "replace",
    "your_",
    "your-",
    "yourp",
    "yours",
    "yourt",
    "youra",
    "<your",
    "xxxx",
    "****",
    "....",
    "____",
    "----",
    "insert",
    "sample",
    "foobar",
    "lorem",
    "todo",
    "fixme",
    "notreal",
    "not-real",
    "not_real",
    "fake",
    "mysecret",
    "my-secret",
    "my_secret",
    "mypassword",
    "my_password",
    "my-password",
    "testtest",
    "12345678",
    "abcdefgh",
    "qwerty",
    "undefined",
    "none",
    "null",
    "secretkeyref",
    "valuefrom",
    "vault:",
    "ref+",
    "arn:aws",
    "enc[",
    "akv:",
    "op://",
    "sops",
    "process.env",
    "os.environ",
    "getenv",
    "secrets.",
    "var.",
    "local.",
    "data.",
];

/// Characters that open a reference to something else.
const REFERENCES: &[&str] =
    &["${", "$(", "{{", "<%", "#{", "%{", "%(", "@{", "[[", "<", "$", "%", "&", "*", "@", "!", "{", "("];

/// What documents write where a password would be.
const USUAL: &[&str] = &[
    "password", "passwd", "pass", "pwd", "secret", "token", "user", "pw", "foo", "bar", "xxx", "postgres",
    "root", "guest",
];

/// Whether a password is the one that documents show.
pub(crate) fn usual(password: &[u8]) -> bool {
    USUAL.iter().any(|word| password.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether nothing in the text can be a secret: the same character over and over, or the word `example`.
pub(crate) fn certainly(secret: &[u8]) -> bool {
    let Some(first) = secret.first() else { return true };
    secret.iter().all(|byte| byte == first)
        || secret.windows(7).any(|part| part.eq_ignore_ascii_case(b"example"))
        || secret.windows(8).any(|part| part.iter().all(|byte| matches!(byte, b'x' | b'X' | b'*')))
}

/// Whether a value found by its name alone is no secret. `password` says that weak ones count as well.
pub(crate) fn is_one(value: &[u8], password: bool) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return true };
    if certainly(value) || text.chars().any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii()) {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    if WORDS.iter().any(|word| lower.contains(word)) || lower.contains("://") || lower.starts_with("data:") {
        return true;
    }
    let referred = REFERENCES.iter().any(|start| match *start {
        // A random password may begin so; a reference goes on with a name.
        "$" | "%" | "&" | "*" | "@" | "!" | "(" => text.strip_prefix(start).is_some_and(is_name),
        _ => text.starts_with(start),
    });
    if referred || is_uuid(value) || is_name(text) || is_path(text) || is_call(text) {
        return true;
    }
    let letters = value.iter().any(u8::is_ascii_alphabetic);
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    if password {
        let classes = usize::from(value.iter().any(u8::is_ascii_lowercase))
            + usize::from(value.iter().any(u8::is_ascii_uppercase))
            + usize::from(digits > 0)
            + usize::from(value.iter().any(u8::is_ascii_punctuation));
        return !letters || classes < 2 || entropy(value) < 2.5;
    }
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    let least = match value.len() {
        ..16 => return true,
        _ if hex => 3.0,
        16..24 => 3.3,
        _ => 3.6,
    };
    !letters || digits < 2 || changes(value) < 4 || entropy(value) < least
}

/// Words that are joined: `database-credentials`, `DB_PASSWORD`, `getPasswordFromEnv`, `team.app.token1`.
fn is_name(text: &str) -> bool {
    text.split(['-', '_', '.', '/', ':', '[', ']', '(', ')', '{', '}', '$', '\'', '"', ',', ';']).all(
        |part| {
            let words = part.trim_end_matches(|c: char| c.is_ascii_digit());
            let tail = part.len() - words.len();
            tail <= 4
                && words.bytes().all(|byte| byte.is_ascii_alphabetic())
                && (words.len() < 8 || changes(words.as_bytes()) * 3 < words.len())
        },
    )
}

fn is_path(text: &str) -> bool {
    (text.starts_with('/') || text.starts_with("./") || text.starts_with("../") || text.starts_with("~/"))
        && text.split('/').all(|part| part.is_empty() || is_name(part))
}

/// `config.get(…)`, `env["…"]`.
fn is_call(text: &str) -> bool {
    text.ends_with(')') && text.contains('(') || text.ends_with(']') && text.contains('[')
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_secret_is_none() {
        for text in [
            "${DB_PASSWORD}",
            "{{ .Values.token }}",
            "$TOKEN",
            "<your-token-here>",
            "changeme-now",
            "aaaaaaaaaaaaaaaaaaaa",
            "database-credentials",
            "getPasswordFromEnvironment",
            "/run/secrets/token",
            "vault:secret/data/app#token",
            "123e4567-e89b-12d3-a456-426614174000",
            "config.get('token')",
            "secretKeyRef",
            "process.env.TOKEN",
        ] {
            assert!(is_one(text.as_bytes(), true), "{text}");
            assert!(is_one(text.as_bytes(), false), "{text}");
        }
    }

    #[test]
    fn what_looks_random_is_one() {
        for text in ["x7Kq2mZ9vB4tLw8RnC3y", "9f86d081884c7d659a2feaa0c55ad015"] {
            assert!(!is_one(text.as_bytes(), false), "{text}");
        }
        for text in ["S3cure!Pass", "hunter2-Pa55w0rd!"] {
            assert!(!is_one(text.as_bytes(), true), "{text}");
        }
    }
}
