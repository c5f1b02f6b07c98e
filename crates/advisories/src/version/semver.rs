//! The order of semantic versions (semver.org 2.0, clause 11), read leniently as node-semver's loose mode does.

use std::cmp::Ordering;

use super::{digits, numbers};

struct Version<'a> {
    numbers: [&'a str; 3],
    /// Empty: a release.
    prerelease: &'a str,
}

impl<'a> Version<'a> {
    fn of(text: &'a str) -> Self {
        let mut rest = text.trim().trim_start_matches(['v', 'V', '=', ' ']);
        let mut components = [""; 3];
        for (i, component) in components.iter_mut().enumerate() {
            let start = if i == 0 { rest } else { rest.strip_prefix('.').unwrap_or("") };
            let (number, after) = digits(start);
            if number.is_empty() {
                break;
            }
            (*component, rest) = (number, after);
        }
        // A fourth component and what follows it is part of the build; `1.0.0beta` is `1.0.0-beta`.
        let rest = rest.split('+').next().unwrap_or("");
        let prerelease = if rest.starts_with('.') { "" } else { rest.strip_prefix('-').unwrap_or(rest) };
        Self { numbers: components, prerelease }
    }
}

/// Numbers first, then a pre-release before its release.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Version::of(a), Version::of(b));
    for (x, y) in a.numbers.iter().zip(b.numbers) {
        let order = numbers(x, y);
        if order.is_ne() {
            return order;
        }
    }
    match (a.prerelease.is_empty(), b.prerelease.is_empty()) {
        (false, false) => prereleases(a.prerelease, b.prerelease),
        (a, b) => a.cmp(&b),
    }
}

/// Identifier by identifier: numbers by value and before words, words by ASCII; the longer list last.
pub(super) fn prereleases(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => match (is_number(x), is_number(y)) {
                (true, true) => numbers(x, y),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => x.cmp(y),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_specification() {
        let order = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "2",
        ];
        for pair in order.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
        assert_eq!(compare("v1.2.3+a", "=1.2.3+b"), Ordering::Equal);
        assert_eq!(compare("1.0.0beta", "1.0.0"), Ordering::Less);
        assert_eq!(compare("4.17", "4.17.0"), Ordering::Equal);
    }
}
