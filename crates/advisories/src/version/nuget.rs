//! NuGet's order (<https://learn.microsoft.com/nuget/concepts/package-versioning>): SemVer 2.0 with up to four numbers,
//! words in any case.

use std::cmp::Ordering;

use super::{digits, numbers, semver};

/// Compares two versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim().to_ascii_lowercase(), b.trim().to_ascii_lowercase());
    let ((a, pre_a), (b, pre_b)) = (split(&a), split(&b));
    for at in 0..a.len().max(b.len()) {
        let order = numbers(a.get(at).unwrap_or(&""), b.get(at).unwrap_or(&""));
        if order.is_ne() {
            return order;
        }
    }
    match (pre_a.is_empty(), pre_b.is_empty()) {
        (false, false) => semver::prereleases(pre_a, pre_b),
        (a, b) => a.cmp(&b),
    }
}

/// Numbers, and the pre-release; what follows a plus sign does not count.
fn split(text: &str) -> (Vec<&str>, &str) {
    let mut rest = text.split('+').next().unwrap_or("").trim_start_matches(['v', '=', ' ']);
    let mut parts = vec![];
    loop {
        let (number, after) = digits(rest);
        if number.is_empty() {
            break;
        }
        parts.push(number);
        rest = after;
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => break,
        }
    }
    (parts, rest.strip_prefix('-').unwrap_or(rest))
}
