//! The order of Debian versions, as dpkg's `lib/dpkg/version.c` (`deb-version(7)`) has it.

use std::cmp::Ordering;

use super::{digits, numbers};

/// `[epoch:]upstream[-revision]`, each part compared in turn.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Parts::of(a), Parts::of(b));
    numbers(a.epoch, b.epoch)
        .then_with(|| verrevcmp(a.upstream, b.upstream))
        .then_with(|| verrevcmp(a.revision, b.revision))
}

struct Parts<'a> {
    epoch: &'a str,
    upstream: &'a str,
    revision: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let text = text.trim();
        // A colon after anything but digits belongs to the upstream version: dpkg refuses it, an order cannot.
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit()) => {
                (epoch, rest)
            }
            _ => ("", text),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        Self { epoch, upstream, revision }
    }
}

/// The weight of a byte outside digits: `~` before the end of the text, letters before all the rest.
fn order(byte: Option<u8>) -> i32 {
    match byte {
        None => 0,
        Some(b) if b.is_ascii_digit() => 0,
        Some(b) if b.is_ascii_alphabetic() => i32::from(b),
        Some(b'~') => -1,
        Some(b) => i32::from(b) + 256,
    }
}

/// dpkg's `verrevcmp`: alternating runs of non-digits (by weight) and digits (by value).
fn verrevcmp(mut a: &str, mut b: &str) -> Ordering {
    loop {
        let (text_a, rest_a) = text(a);
        let (text_b, rest_b) = text(b);
        for i in 0..text_a.len().max(text_b.len()) {
            let byte = |text: &str| order(text.as_bytes().get(i).copied());
            match byte(text_a).cmp(&byte(text_b)) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
        let (number_a, after_a) = digits(rest_a);
        let (number_b, after_b) = digits(rest_b);
        match numbers(number_a, number_b) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
        if after_a.is_empty() && after_b.is_empty() {
            return Ordering::Equal;
        }
        (a, b) = (after_a, after_b);
    }
}

/// Splits off the leading bytes that are not digits.
fn text(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tilde_epoch_and_revision() {
        for (a, b) in [
            ("1.0~rc1-1", "1.0-1"),
            ("3.0.11-1~deb12u1", "3.0.11-1~deb12u2"),
            ("3.0.11-1~deb12u2", "3.0.11-1"),
            ("9.9", "1:0.1"),
            ("1.0a", "1.0+"),
            ("1.0-1", "1.0-1+b1"),
            ("1.0~~", "1.0~"),
            ("2.36-9", "2.36-9+deb12u4"),
        ] {
            assert_eq!(compare(a, b), Ordering::Less, "{a} < {b}");
            assert_eq!(compare(b, a), Ordering::Greater, "{b} > {a}");
        }
        assert_eq!(compare("0:1.0-0", "1.0"), Ordering::Equal);
    }
}
