//! `Gem::Version` (<https://docs.ruby-lang.org/en/master/Gem/Version.html>): segments of digits and of letters, letters
//! before digits, a missing segment as zero.

use std::cmp::Ordering;

use super::{digits, numbers};

/// Compares two versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (segments(a), segments(b));
    for at in 0..a.len().max(b.len()) {
        let (x, y) = (a.get(at).copied().unwrap_or(""), b.get(at).copied().unwrap_or(""));
        let order = match (digits(x).1.is_empty(), digits(y).1.is_empty()) {
            (true, true) => numbers(x, y),
            (false, false) => x.cmp(y),
            (x, y) => x.cmp(&y),
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// In canonical form: without the zeros that end the release and the whole. A hyphen stands for `.pre.`.
fn segments(text: &str) -> Vec<&str> {
    let mut segments: Vec<&str> = vec![];
    let mut rest = text.trim();
    let mut is_release = true;
    while let Some(first) = rest.chars().next() {
        let (number, after) = digits(rest);
        if !number.is_empty() {
            segments.push(number);
            rest = after;
            continue;
        }
        let end = rest.bytes().position(|b| !b.is_ascii_alphabetic()).unwrap_or(rest.len());
        let word = if first == '-' { "pre" } else { &rest[..end] };
        if !word.is_empty() {
            if is_release {
                trim(&mut segments);
                is_release = false;
            }
            segments.push(word);
        }
        rest = &rest[if end == 0 { first.len_utf8() } else { end }..];
    }
    trim(&mut segments);
    segments
}

fn trim(segments: &mut Vec<&str>) {
    while segments.last().is_some_and(|last| last.bytes().all(|b| b == b'0')) {
        segments.pop();
    }
}
