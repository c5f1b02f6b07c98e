//! PEP 440 (<https://peps.python.org/pep-0440/>), and setuptools' older order for versions that are none: these come
//! before all that are.
//!
//! By hand, and not by a library, because every text must have a place in the order, the old kind as well.

use std::cmp::Ordering;

use super::{digits, numbers};

/// Compares two versions.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim().to_ascii_lowercase(), b.trim().to_ascii_lowercase());
    match (Version::of(&a), Version::of(&b)) {
        (Some(a), Some(b)) => a.compare(&b),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => legacy(&a).cmp(&legacy(&b)),
    }
}

struct Version<'a> {
    epoch: &'a str,
    release: Vec<&'a str>,
    /// 0 `a`, 1 `b`, 2 `rc`.
    pre: Option<(u8, &'a str)>,
    post: Option<&'a str>,
    dev: Option<&'a str>,
    local: Option<&'a str>,
}

impl<'a> Version<'a> {
    /// None where the text is not of PEP 440's form (appendix B), already in small letters.
    fn of(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, local) = match text.split_once('+') {
            Some((text, local)) => (text, Some(local).filter(|local| is_local(local))?),
            None => (text, ""),
        };
        let (epoch, mut rest) = match text.split_once('!') {
            Some((epoch, rest)) if !epoch.is_empty() && digits(epoch).1.is_empty() => (epoch, rest),
            Some(_) => return None,
            None => ("", text),
        };
        let mut release = vec![];
        loop {
            let (number, after) = digits(rest);
            if number.is_empty() {
                return None;
            }
            release.push(number);
            rest = after;
            match after.strip_prefix('.') {
                Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
                _ => break,
            }
        }
        while release.len() > 1 && release.last().is_some_and(|last| last.bytes().all(|b| b == b'0')) {
            release.pop();
        }
        let kinds =
            [("alpha", 0), ("beta", 1), ("preview", 2), ("pre", 2), ("rc", 2), ("a", 0), ("b", 1), ("c", 2)];
        let pre = kinds.iter().find_map(|(word, kind)| part(rest, word).map(|(n, after)| (*kind, n, after)));
        if let Some((_, _, after)) = pre {
            rest = after;
        }
        let implicit = rest.strip_prefix('-').map(digits).filter(|(number, _)| !number.is_empty());
        let post = implicit.or_else(|| ["post", "rev", "r"].iter().find_map(|word| part(rest, word)));
        if let Some((_, after)) = post {
            rest = after;
        }
        let dev = part(rest, "dev");
        if let Some((_, after)) = dev {
            rest = after;
        }
        rest.is_empty().then_some(Self {
            epoch,
            release,
            pre: pre.map(|(kind, number, _)| (kind, number)),
            post: post.map(|(number, _)| number),
            dev: dev.map(|(number, _)| number),
            local: Some(local).filter(|local| !local.is_empty()),
        })
    }

    fn compare(&self, other: &Self) -> Ordering {
        numbers(self.epoch, other.epoch)
            .then_with(|| list(&self.release, &other.release))
            .then_with(|| self.stage().cmp(&other.stage()))
            .then_with(|| numbers(self.pre.map_or("", |p| p.1), other.pre.map_or("", |p| p.1)))
            .then_with(|| optional(self.post, other.post))
            // A development release comes before what it leads to.
            .then_with(|| match (self.dev, other.dev) {
                (Some(a), Some(b)) => numbers(a, b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            })
            .then_with(|| local(self.local, other.local))
    }

    /// `1.0.dev1` comes before `1.0a1`, a pre-release before its release.
    fn stage(&self) -> u8 {
        match (self.pre, self.post, self.dev) {
            (Some((kind, _)), _, _) => kind + 1,
            (None, None, Some(_)) => 0,
            _ => 4,
        }
    }
}

/// `[-_.]? word [-_.]? digits`, as (digits, rest).
fn part<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let separator = ['-', '_', '.'];
    let after = text.strip_prefix(separator).unwrap_or(text).strip_prefix(word)?;
    let (number, rest) = digits(after.strip_prefix(separator).unwrap_or(after));
    if number.is_empty() {
        // A separator belongs to the number that it leads to, else to the next part.
        return (!after.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(("", after));
    }
    Some((number, rest))
}

fn is_local(text: &str) -> bool {
    text.split(['-', '_', '.'])
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn list(a: &[&str], b: &[&str]) -> Ordering {
    (0..a.len().max(b.len()))
        .map(|at| numbers(a.get(at).unwrap_or(&""), b.get(at).unwrap_or(&"")))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn optional(a: Option<&str>, b: Option<&str>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => numbers(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// Numbers after words, the longer after the shorter.
fn local(a: Option<&str>, b: Option<&str>) -> Ordering {
    let (Some(a), Some(b)) = (a, b) else { return a.is_some().cmp(&b.is_some()) };
    let (mut a, mut b) = (a.split(['-', '_', '.']), b.split(['-', '_', '.']));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(x), Some(y)) => match (digits(x).1.is_empty(), digits(y).1.is_empty()) {
                (true, true) => numbers(x, y),
                (false, false) => x.cmp(y),
                (x, y) => x.cmp(&y),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// One part of an old version: words before numbers, and a number by its length first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Word(String),
    Number(usize, String),
}

/// setuptools' `parse_version` before PEP 440.
fn legacy(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = vec![];
    let mut rest = text;
    let mut ended = false;
    while !ended {
        let word;
        let (number, after) = digits(rest);
        if number.is_empty() {
            let end = rest.bytes().position(|b| !b.is_ascii_alphabetic()).unwrap_or(rest.len());
            let first = rest.chars().next().map_or(0, char::len_utf8);
            ended = rest.is_empty();
            (word, rest) = rest.split_at(if end == 0 { first } else { end });
        } else {
            rest = after;
            let number = number.trim_start_matches('0');
            parts.push(Part::Number(number.len(), number.to_owned()));
            continue;
        }
        let word = match word {
            "." => continue,
            "" => "final",
            "pre" | "preview" | "rc" => "c",
            "-" => "final-",
            "dev" => "@",
            other => other,
        };
        if word < "final" {
            while parts.last() == Some(&Part::Word("final-".into())) {
                parts.pop();
            }
        }
        while matches!(parts.last(), Some(Part::Number(0, _))) {
            parts.pop();
        }
        parts.push(Part::Word(word.to_owned()));
    }
    parts
}
