//! The order of Alpine versions (apk-tools, `doc/apk-package.5.scd`, "pkgver"):
//! `number{.number}…{letter}{_suffix{number}}…{~hash}{-r#}`.
//!
//! Versions outside that grammar are common in old data. They keep a place in the order: by the part that can be
//! read, then below the version that can be read whole, then by their text.

use std::cmp::Ordering;

use super::{digits, numbers};

/// Suffixes in order; those before the place of "no suffix" come before a release.
const SUFFIXES: [(&str, i8); 9] = [
    ("alpha", -4),
    ("beta", -3),
    ("pre", -2),
    ("rc", -1),
    ("cvs", 1),
    ("svn", 2),
    ("git", 3),
    ("hg", 4),
    ("p", 5),
];

struct Version<'a> {
    numbers: Vec<&'a str>,
    letter: Option<u8>,
    suffixes: Vec<(i8, &'a str)>,
    revision: &'a str,
    /// Whether anything remains that the grammar does not have.
    whole: bool,
    /// What orders two versions whose remains are all that differs.
    tie: &'a str,
}

impl<'a> Version<'a> {
    fn of(text: &'a str) -> Self {
        let text = text.trim();
        let mut rest = text;
        let mut components = Vec::new();
        loop {
            let start = match components.len() {
                0 => rest,
                _ => rest.strip_prefix('.').unwrap_or(""),
            };
            let (number, after) = digits(start);
            if number.is_empty() {
                break;
            }
            components.push(number);
            rest = after;
        }
        let letter = rest.bytes().next().filter(u8::is_ascii_lowercase);
        if letter.is_some() {
            rest = &rest[1..];
        }
        let mut suffixes = Vec::new();
        while let Some((weight, after)) = suffix(rest) {
            let (number, after) = digits(after);
            suffixes.push((weight, number));
            rest = after;
        }
        if let Some(hash) = rest.strip_prefix('~') {
            // The hash of a commit says nothing of order.
            let end = hash.bytes().position(|b| !matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            rest = &hash[end.unwrap_or(hash.len())..];
        }
        let mut revision = "";
        if let Some(after) = rest.strip_prefix("-r") {
            (revision, rest) = digits(after);
        }
        let tie =
            if rest.is_empty() || rest.starts_with('-') || revision_read(text, rest) { "" } else { text };
        Self { numbers: components, letter, suffixes, revision, whole: rest.is_empty(), tie }
    }
}

/// Whether the remains follow a `-r`: what stands after the revision is not compared.
fn revision_read(text: &str, rest: &str) -> bool {
    let read = &text[..text.len() - rest.len()];
    read.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with("-r")
}

fn suffix(text: &str) -> Option<(i8, &str)> {
    let name = text.strip_prefix('_')?;
    SUFFIXES.iter().find_map(|(word, weight)| name.strip_prefix(word).map(|after| (*weight, after)))
}

/// Compares part by part.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Version::of(a), Version::of(b));
    components(&a.numbers, &b.numbers)
        .then_with(|| a.letter.cmp(&b.letter))
        .then_with(|| suffixes(&a.suffixes, &b.suffixes))
        .then_with(|| numbers(a.revision, b.revision))
        .then_with(|| a.whole.cmp(&b.whole))
        .then_with(|| a.tie.cmp(b.tie))
}

/// The first by value; later ones that start with a zero are decimals and compare as text (apk-tools, `DIGIT_OR_ZERO`).
fn components(a: &[&str], b: &[&str]) -> Ordering {
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let order =
            if i > 0 && (a.starts_with('0') || b.starts_with('0')) { a.cmp(b) } else { numbers(a, b) };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

fn suffixes(a: &[(i8, &str)], b: &[(i8, &str)]) -> Ordering {
    for i in 0..a.len().max(b.len()) {
        let (weight_a, number_a) = a.get(i).copied().unwrap_or((0, ""));
        let (weight_b, number_b) = b.get(i).copied().unwrap_or((0, ""));
        let order = weight_a.cmp(&weight_b).then_with(|| numbers(number_a, number_b));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_letters_and_revisions() {
        for (a, b) in [
            ("1.2_alpha", "1.2_beta"),
            ("1.2_rc3", "1.2"),
            ("1.2", "1.2_p1"),
            ("1.2_git20200101", "1.2_p1"),
            ("1.2.3-r0", "1.2.3-r1"),
            ("1.2.3-r9", "1.2.3-r10"),
            ("1.1.1a-r0", "1.1.1b-r0"),
            ("3.0.7-r2", "3.0.8-r0"),
            ("1.09", "1.1"),
            ("1.2.3", "1.2.3a"),
        ] {
            assert_eq!(compare(a, b), Ordering::Less, "{a} < {b}");
            assert_eq!(compare(b, a), Ordering::Greater, "{b} > {a}");
        }
        assert_eq!(compare("1.2~0a1b-r0", "1.2~ffff-r0"), Ordering::Equal);
    }
}
