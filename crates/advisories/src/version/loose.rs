//! For software that keeps to no one rule (an executable's own version string, Conan, Conda): numbers by value, a letter
//! after them as a later release (`1.1.1q`), the words for pre-releases as earlier ones (`2.0-rc1`).

use std::cmp::Ordering;

use super::{digits, numbers};

/// Words that lead to a release.
const EARLIER: [&str; 9] = ["dev", "snapshot", "alpha", "beta", "milestone", "pre", "preview", "cr", "rc"];

/// Compares two versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim().to_ascii_lowercase(), b.trim().to_ascii_lowercase());
    let (a, b) = (parts(&a), parts(&b));
    for at in 0..a.len().max(b.len()) {
        let (x, y) = (a.get(at).copied().unwrap_or(""), b.get(at).copied().unwrap_or(""));
        let order =
            rank(x).cmp(&rank(y)).then_with(|| if rank(x) == NUMBER { numbers(x, y) } else { x.cmp(y) });
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

const NUMBER: usize = EARLIER.len() + 2;

/// Pre-releases in their order, then the end of the text, other words, numbers.
fn rank(part: &str) -> usize {
    match EARLIER.iter().position(|word| *word == part) {
        Some(at) => at,
        None if part.is_empty() => EARLIER.len(),
        None if part.starts_with(|c: char| c.is_ascii_digit()) => NUMBER,
        None => EARLIER.len() + 1,
    }
}

/// Runs of digits and of letters, without zeros before a word or the end: `1.0` is `1`.
fn parts(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = vec![];
    let mut rest = text.strip_prefix('v').unwrap_or(text);
    loop {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let (number, after) = digits(rest);
        if !number.is_empty() {
            parts.push(number);
            rest = after;
            continue;
        }
        while parts.last().is_some_and(|last| last.bytes().all(|b| b == b'0')) {
            parts.pop();
        }
        if rest.is_empty() {
            return parts;
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() || c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        parts.push(word);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_words_and_zeros() {
        for (a, b) in [
            ("1.1.1", "1.1.1q"),
            ("1.1.1h", "1.1.1q"),
            ("1.1.1q", "3.0.0"),
            ("2.0-rc1", "2.0"),
            ("2.0-beta2", "2.0-rc1"),
            ("8.43", "8.44"),
            ("17.0.1+11", "17.0.1+12"),
            ("1.24", "1.24.1"),
        ] {
            assert_eq!(compare(a, b), Ordering::Less, "{a} < {b}");
            assert_eq!(compare(b, a), Ordering::Greater, "{b} > {a}");
        }
        assert_eq!(compare("v1.2.0", "1.2"), Ordering::Equal);
    }
}
