//! The order of rpm versions: `[epoch:]version[-release]`, each part by rpm's `rpmvercmp`
//! (<https://rpm-software-management.github.io/rpm/manual/dependencies.html>, "Versioning").

use std::cmp::Ordering;

use super::{digits, numbers};

/// Compares two versions. A version without a release comes before every release of it.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Parts::of(a), Parts::of(b));
    numbers(a.epoch, b.epoch).then_with(|| rpmvercmp(a.version, b.version)).then_with(|| {
        match (a.release, b.release) {
            (Some(a), Some(b)) => rpmvercmp(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    })
}

struct Parts<'a> {
    epoch: &'a str,
    version: &'a str,
    release: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let text = text.trim();
        // A colon after anything but digits is a separator like others.
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) if epoch.bytes().all(|b| b.is_ascii_digit()) => (epoch, rest),
            _ => ("", text),
        };
        match rest.rsplit_once('-') {
            Some((version, release)) => Self { epoch, version, release: Some(release) },
            None => Self { epoch, version: rest, release: None },
        }
    }
}

/// Runs of digits and of letters in turn; what is neither separates. `~` comes before the end of the text, `^` right
/// after it.
fn rpmvercmp(mut a: &str, mut b: &str) -> Ordering {
    loop {
        (a, b) = (skip(a), skip(b));
        match (a.strip_prefix('~'), b.strip_prefix('~')) {
            (Some(rest_a), Some(rest_b)) => {
                (a, b) = (rest_a, rest_b);
                continue;
            }
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => {}
        }
        match (a.strip_prefix('^'), b.strip_prefix('^')) {
            (Some(rest_a), Some(rest_b)) => {
                (a, b) = (rest_a, rest_b);
                continue;
            }
            (Some(_), None) => return if b.is_empty() { Ordering::Greater } else { Ordering::Less },
            (None, Some(_)) => return if a.is_empty() { Ordering::Less } else { Ordering::Greater },
            (None, None) => {}
        }
        if a.is_empty() || b.is_empty() {
            return b.is_empty().cmp(&a.is_empty());
        }
        let ((number_a, after_a), (number_b, after_b)) = (digits(a), digits(b));
        let order = match (number_a.is_empty(), number_b.is_empty()) {
            (false, false) => {
                (a, b) = (after_a, after_b);
                numbers(number_a, number_b)
            }
            (true, true) => {
                let ((word_a, after_a), (word_b, after_b)) = (letters(a), letters(b));
                (a, b) = (after_a, after_b);
                word_a.cmp(word_b)
            }
            // A number is newer than a word.
            (empty_a, empty_b) => empty_b.cmp(&empty_a),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn skip(text: &str) -> &str {
    text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric() && c != '~' && c != '^')
}

fn letters(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_alphabetic()).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tilde_caret_epoch_and_release() {
        for (a, b) in [
            ("1.0~rc1-1", "1.0-1"),
            ("1.0", "1.0^git1"),
            ("1.0^git1", "1.0.1"),
            ("9.9-1", "1:0.1-1"),
            ("1.0a", "1.0.1"),
            ("1:1.1.1k-5.el8_5", "1:1.1.1k-6.el8_5"),
            ("3.10.0-229.el7", "3.10.0-229.1.2.el7"),
        ] {
            assert_eq!(compare(a, b), Ordering::Less, "{a} < {b}");
            assert_eq!(compare(b, a), Ordering::Greater, "{b} > {a}");
        }
        assert_eq!(compare("0:1.0-1", "1.0-1"), Ordering::Equal);
    }
}
