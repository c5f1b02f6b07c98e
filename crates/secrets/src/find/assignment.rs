//! `password = "…"`: secrets that only their name gives away.

use super::{Hit, Look};
use crate::placeholder;

/// Longest rest of a name after the keyword.
const MAX_NAME: usize = 40;
/// Shortest and longest value.
const VALUE: std::ops::RangeInclusive<usize> = 8..=200;

/// Parts of a name after which its value is about a secret, but is none (in lower case).
const ABOUT: &[&str] = &[
    "name",
    "ref",
    "path",
    "file",
    "url",
    "uri",
    "id",
    "hash",
    "length",
    "len",
    "size",
    "type",
    "policy",
    "field",
    "label",
    "hint",
    "prompt",
    "regex",
    "pattern",
    "format",
    "class",
    "expir",
    "ttl",
    "count",
    "limit",
    "version",
    "public",
    "pub",
    "header",
    "param",
    "index",
    "provider",
    "store",
    "manager",
    "mount",
    "volume",
    "algorithm",
    "alg",
    "issuer",
    "scope",
    "endpoint",
    "env",
    "var",
    "template",
    "placeholder",
    "message",
    "error",
    "reset",
    "confirm",
    "required",
    "enabled",
    "valid",
    "check",
    "min",
    "max",
    "encoder",
    "encoding",
    "description",
    "arn",
    "location",
    "selector",
    "title",
    "text",
    "page",
    "form",
    "input",
    "dir",
    "rule",
    "kind",
    "mode",
    "digest",
    "usage",
    "help",
    "doc",
    "ize",
    "izer",
    "ised",
    "ized",
    "s_",
];

/// Endings of files in which values stand without quotation marks.
const BARE: &[&str] = &[
    ".env",
    ".ini",
    ".properties",
    ".yaml",
    ".yml",
    ".conf",
    ".cfg",
    ".cnf",
    ".config",
    ".sh",
    ".bash",
    ".zsh",
    ".envrc",
    ".npmrc",
    ".pypirc",
    ".netrc",
    ".txt",
    ".xml",
    ".tfvars",
    ".toml",
    ".service",
    ".credentials",
    "dockerfile",
    "containerfile",
    "credentials",
    ".bat",
    ".ps1",
    ".cmd",
];

/// A value of a name with `password`: a weak one counts as well.
pub(crate) fn password(look: &Look<'_>) -> Option<Hit> {
    find(look, true)
}

/// A value of a name with `token`, `secret`, `key`: it must look random.
pub(crate) fn token(look: &Look<'_>) -> Option<Hit> {
    find(look, false)
}

fn find(look: &Look<'_>, weak: bool) -> Option<Hit> {
    let text = look.text;
    let rest = text.get(look.end..(look.end + 320).min(text.len()))?;
    let name = rest.iter().take(MAX_NAME).take_while(|byte| in_name(**byte)).count();
    let mut at = name;
    if let Some(b'"' | b'\'') = rest.get(at) {
        at += 1;
    }
    at += rest.get(at..)?.iter().take(4).take_while(|byte| matches!(byte, b' ' | b'\t' | b']')).count();
    // What assigns. A comparison does not, and neither does a type.
    let (assigned, markup) = match rest.get(at..)? {
        [b'=', b'=' | b'~', ..] => return None,
        [b'=', b'>', ..] | [b':', b'=', ..] => (2, false),
        [b'=', ..] | [b':', b' ' | b'"' | b'\'' | b'\t', ..] => (1, false),
        [b'>', ..] => (1, true),
        _ => return None,
    };
    at += assigned;
    at += rest.get(at..)?.iter().take(4).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let (value, quoted) = value(rest.get(at..)?, markup)?;
    let start = look.end + at + usize::from(quoted);
    if !VALUE.contains(&value.len()) || placeholder::is_one(value, weak) {
        return None;
    }
    let strict = !quoted && !bare(look.path);
    if strict
        || about(rest.get(..name)?)
        || !quoted && rest.get(at + value.len()).is_some_and(|byte| *byte == b'(')
    {
        return None;
    }
    // Prose and code: `the token: "…"`, an index, a call.
    if before(text, look.start).is_some_and(about) {
        return None;
    }
    Some((start, start + value.len()).into())
}

/// The value at the start, and whether it stands in quotation marks.
fn value(rest: &[u8], markup: bool) -> Option<(&[u8], bool)> {
    if let quote @ (b'"' | b'\'' | b'`') = rest.first()? {
        let inner = rest.get(1..)?;
        let end = inner.iter().position(|byte| byte == quote || *byte == b'\n')?;
        return (inner.get(end) == Some(quote)).then_some((inner.get(..end)?, true));
    }
    let ends = |byte: &u8| match byte {
        b'<' => true,
        _ if markup => false,
        _ => byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'"' | b'\'' | b'`' | b'\\'),
    };
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    Some((rest.get(..end)?.trim_ascii(), false))
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// The word that runs into the keyword: `reset_` of `reset_token`.
fn before(text: &[u8], start: usize) -> Option<&[u8]> {
    let window = text.get(start.saturating_sub(MAX_NAME)..start)?;
    let length = window.iter().rev().take_while(|byte| in_name(**byte)).count();
    let word = window.get(window.len() - length..)?;
    // Only what says that it is not the secret: a public key, a hash of one.
    let lower = word.to_ascii_lowercase();
    let says = [
        &b"public"[..],
        b"hash",
        b"csrf",
        b"no_",
        b"reset",
        b"next",
        b"page",
        b"continuation",
        b"sort",
        b"primary",
        b"foreign",
    ];
    says.iter().any(|part| lower.windows(part.len()).any(|window| window == *part)).then_some(b"name")
}

fn about(name: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
    let lower = lower.trim_start_matches(['_', '-', '.', 's']);
    !lower.is_empty() && ABOUT.iter().any(|word| lower.starts_with(word) || lower.ends_with(word))
}

fn bare(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    BARE.iter().any(|end| name.ends_with(end)) || name.starts_with(".env") || name.starts_with("dockerfile")
}
