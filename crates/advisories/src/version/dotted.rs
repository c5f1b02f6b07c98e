//! Lists of numbers, the longer of two that begin alike last: R's `package_version` (CRAN, where a hyphen separates as a
//! dot does) and Cabal's `Version` (Hackage).

use std::cmp::Ordering;

use super::{digits, numbers};

/// Compares two versions. A part that is no number comes after those that are.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let split = |text| str::split(str::trim(text), ['.', '-']);
    let (mut a, mut b) = (split(a), split(b));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => match (digits(x).1.is_empty(), digits(y).1.is_empty()) {
                (true, true) => numbers(x, y),
                (false, false) => x.cmp(y),
                (x, y) => y.cmp(&x),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}
