//! Maven's order (<https://maven.apache.org/pom.html#version-order-specification>).

use std::cmp::Ordering;

use super::{digits, numbers};

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    /// Whether a hyphen, or a change between letters and digits, stands before it: else a dot, or nothing.
    hyphen: bool,
    value: &'a str,
}

/// Compares two versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim().to_ascii_lowercase(), b.trim().to_ascii_lowercase());
    let (a, b) = (tokens(&a), tokens(&b));
    for at in 0..a.len().max(b.len()) {
        let order = match (a.get(at), b.get(at)) {
            (Some(x), Some(y)) => token(*x, *y),
            (Some(x), None) => token(*x, padding(*x)),
            (None, Some(y)) => token(padding(*y), *y),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// What the shorter version has in the place of the longer one's token: a zero of the same kind.
fn padding(other: Token<'_>) -> Token<'static> {
    Token { hyphen: other.hyphen, value: if is_number(other.value) { "0" } else { "" } }
}

fn is_number(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_digit())
}

/// `.qualifier` < `-qualifier` < `-number` < `.number`: so Maven does; the reference calls the first two equal.
fn token(a: Token<'_>, b: Token<'_>) -> Ordering {
    match (is_number(a.value), is_number(b.value)) {
        (true, true) => b.hyphen.cmp(&a.hyphen).then_with(|| numbers(a.value, b.value)),
        (false, false) => a.hyphen.cmp(&b.hyphen).then_with(|| qualifier(a.value).cmp(&qualifier(b.value))),
        (a, b) => a.cmp(&b),
    }
}

/// The known words in their order, then all others by letters.
fn qualifier(word: &str) -> (u8, &str) {
    match word {
        "alpha" => (0, ""),
        "beta" => (1, ""),
        "milestone" => (2, ""),
        "rc" => (3, ""),
        "snapshot" => (4, ""),
        "" => (5, ""),
        "sp" => (6, ""),
        other => (7, other),
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = vec![];
    let mut rest = text;
    let mut hyphen = false;
    loop {
        let number = digits(rest).0;
        let end = if number.is_empty() {
            rest.bytes().position(|b| b == b'.' || b == b'-' || b.is_ascii_digit()).unwrap_or(rest.len())
        } else {
            number.len()
        };
        let (value, next) = rest.split_at(end);
        let before_digit = number.is_empty() && next.starts_with(|c: char| c.is_ascii_digit());
        let value = match value {
            // An empty token is a zero.
            "" => "0",
            "a" if before_digit => "alpha",
            "b" if before_digit => "beta",
            "m" if before_digit => "milestone",
            "cr" => "rc",
            "ga" | "final" | "release" => "",
            other => other,
        };
        tokens.push(Token { hyphen, value });
        (hyphen, rest) = match next.chars().next() {
            None => break,
            Some('.') => (false, &next[1..]),
            Some('-') => (true, &next[1..]),
            Some(_) => (true, next),
        };
    }
    trim(&mut tokens);
    tokens
}

/// Removes the zeros before each hyphen and at the end.
fn trim(tokens: &mut Vec<Token<'_>>) {
    let is_null = |token: &Token<'_>| token.value.is_empty() || token.value.bytes().all(|b| b == b'0');
    let mut kept: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    for token in tokens.drain(..) {
        if token.hyphen {
            while kept.len() > 1 && kept.last().is_some_and(is_null) {
                kept.pop();
            }
        }
        kept.push(token);
    }
    while kept.len() > 1 && kept.last().is_some_and(is_null) {
        kept.pop();
    }
    *tokens = kept;
}
