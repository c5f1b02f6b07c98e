//! Private keys in PEM (RFC 7468), OpenPGP armour and what tools made of them: on one line with `\n`, indented, in JSON.

use seawall_findings::Severity;

use super::{Hit, Look};

/// Longest label between `-----BEGIN ` and `-----`.
const MAX_LABEL: usize = 64;
/// Longest block: an OpenPGP key with pictures.
const MAX_BLOCK: usize = 64 << 10;
/// Characters of base64 in the smallest private key (Ed25519 in PKCS#8 has 64, raw 32-byte keys 44).
const MIN_BODY: usize = 32;

/// From a `-----BEGIN `: the block is whole, its labels agree, it names a private key, and its body is base64.
pub(crate) fn pem(look: &Look<'_>) -> Option<Hit> {
    block(look.text, look.start)
}

/// The private keys in a program or other binary file, whose keyword is searched for alone.
pub(crate) fn in_program(bytes: &[u8]) -> Vec<Hit> {
    let starts = memchr::memmem::find_iter(bytes, b"-----BEGIN ").take(1000);
    starts.filter_map(|start| block(bytes, start)).collect()
}

fn block(text: &[u8], start: usize) -> Option<Hit> {
    let rest = text.get(start..(start + MAX_BLOCK).min(text.len()))?;
    let opening = rest.get(..(MAX_LABEL + 16).min(rest.len()))?;
    let label = opening.get(b"-----BEGIN".len()..)?;
    let label = label.get(..memchr::memmem::find(label, b"-----")?)?;
    let named = label.windows(11).any(|part| part.eq_ignore_ascii_case(b"PRIVATE KEY"));
    if !named || label.iter().any(|byte| matches!(byte, b'\n' | b'"' | b'\'')) {
        return None;
    }
    let body_start = b"-----BEGIN".len() + label.len() + 5;
    let after = rest.get(body_start..)?;
    let close = memchr::memmem::find(after, b"-----END")?;
    let body = after.get(..close)?;
    let footer = after.get(close + 8..(close + 8 + MAX_LABEL).min(after.len()))?;
    if !footer.trim_ascii_start().starts_with(label.trim_ascii()) {
        return None;
    }
    let (length, encrypted) = measure(body)?;
    if length < MIN_BODY {
        return None;
    }
    let first = body.iter().position(u8::is_ascii_alphanumeric).unwrap_or(0);
    let span = (start + body_start + first, start + body_start + close);
    let encrypted = encrypted || label.windows(9).any(|part| part == b"ENCRYPTED");
    Some(Hit {
        span,
        note: Some(if encrypted { "protected by a passphrase" } else { "complete" }),
        severity: encrypted.then_some(Severity::Medium),
    })
}

/// How many characters of base64 the body has, and whether its headers say that it is encrypted. None where it has
/// anything else: a template, dots, prose.
fn measure(body: &[u8]) -> Option<(usize, bool)> {
    let mut encrypted = false;
    let mut length = 0;
    let mut lines: Vec<&[u8]> = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at < body.len() {
        let skip = match body.get(at..) {
            Some([b'\\', b'\\', b'n', ..]) => 3,
            Some([b'\\', b'n' | b'r', ..]) => 2,
            Some([b'\n' | b'\r', ..]) => 1,
            _ => 0,
        };
        if skip > 0 {
            lines.push(body.get(from..at)?);
            from = at + skip;
            at += skip;
        } else {
            at += 1;
        }
    }
    lines.push(body.get(from..)?);
    for line in lines {
        // Quotation marks, commas and plus signs of the language that the block is written in.
        let line = trim(line);
        if line.windows(2).any(|pair| pair == b": ") {
            encrypted |= line.windows(9).any(|part| part == b"ENCRYPTED");
            continue;
        }
        if !line.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b' '))
        {
            return None;
        }
        length += line.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
    }
    Some((length, encrypted))
}

fn trim(mut line: &[u8]) -> &[u8] {
    loop {
        line = match line {
            [b' ' | b'\t' | b'"' | b'\'' | b',' | b'\\' | b'#' | b'*' | b'>' | b'|', rest @ ..]
            | [rest @ .., b' ' | b'\t' | b'"' | b'\'' | b',' | b'\\'] => rest,
            _ => return line,
        }
    }
}
