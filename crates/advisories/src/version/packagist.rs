//! PHP's `version_compare` (<https://www.php.net/version_compare>), as Composer uses it.
//!
//! PHP asks `any word < dev < alpha < beta < RC < # < pl`, where `#` stands for a number. A version's end counts as
//! lying between RC and a number, which keeps the order whole.

use std::cmp::Ordering;

use super::{digits, numbers};

/// Compares two versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (parts(a), parts(b));
    for at in 0..a.len().max(b.len()) {
        let (x, y) = (a.get(at).copied().unwrap_or("#"), b.get(at).copied().unwrap_or("#"));
        let order =
            rank(x).cmp(&rank(y)).then_with(|| if is_number(x) { numbers(x, y) } else { Ordering::Equal });
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

fn is_number(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_digit())
}

fn rank(part: &str) -> u8 {
    if is_number(part) {
        return 6;
    }
    let forms = [("dev", 1), ("a", 2), ("b", 3), ("RC", 4), ("rc", 4), ("#", 5), ("p", 7)];
    forms.iter().find(|(form, _)| part.starts_with(form)).map_or(0, |(_, rank)| *rank)
}

/// Split at dots, hyphens, underscores and plus signs, and between a number and what is none.
fn parts(text: &str) -> Vec<&str> {
    let text = text.trim();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut parts = vec![];
    for piece in text.split(['.', '-', '_', '+']) {
        let mut rest = piece;
        while !rest.is_empty() {
            let (number, after) = digits(rest);
            let end = if number.is_empty() {
                rest.bytes().position(|b| b.is_ascii_digit()).unwrap_or(rest.len())
            } else {
                rest.len() - after.len()
            };
            let (part, after) = rest.split_at(end);
            parts.push(part);
            rest = after;
        }
    }
    parts
}
