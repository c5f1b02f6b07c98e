//! A line that may be shown.

use crate::entropy::changes;
use crate::text::line_of;

/// Characters before the secret that are shown.
const CONTEXT: usize = 60;

/// The beginning of the line on which a secret stands, with at most four characters of the secret and of every other
/// secret before it. What follows the secret is left out: it may be its rest.
pub(crate) fn line(text: &[u8], secret: (usize, usize), others: &[(usize, usize)]) -> String {
    let (start, _) = line_of(text, secret.0);
    let mut shown: Vec<u8> = Vec::new();
    let mut at = start.max(secret.0.saturating_sub(CONTEXT));
    if at > start {
        shown.extend_from_slice("…".as_bytes());
        // A secret that begins further left is not cut in two.
        at = others
            .iter()
            .filter(|other| other.0 < at && at < other.1)
            .map(|other| other.1)
            .fold(at, usize::max);
    }
    while at < secret.0 {
        if let Some(other) = others.iter().find(|other| other.0 <= at && at < other.1) {
            shown.extend_from_slice(&head(text.get(at..other.1).unwrap_or_default()));
            at = other.1;
        } else {
            shown.extend(text.get(at));
            at += 1;
        }
    }
    shown.extend_from_slice(&head(text.get(secret.0..secret.1).unwrap_or_default()));
    let line = String::from_utf8_lossy(&shown);
    quiet(&line).chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// The same secret again without its quotation marks, or another one that no kind knows: long and random.
fn quiet(line: &str) -> String {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-');
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| inside(c) != inside(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let random = inside(first)
            && run.len() >= 20
            && run.bytes().any(|byte| byte.is_ascii_digit())
            && run.split(['/', '-', '_', '=']).any(|part| part.len() >= 12 && changes(part.as_bytes()) >= 4);
        if random {
            out.extend(run.chars().take(4));
            out.push_str("****");
        } else {
            out.push_str(run);
        }
        rest = after;
    }
    out
}

/// `ghp_****`: the first characters, fewer for short secrets.
fn head(secret: &[u8]) -> Vec<u8> {
    let shown = (secret.len() / 5).min(4);
    let mut out: Vec<u8> = secret.iter().take(shown).copied().filter(u8::is_ascii_graphic).collect();
    out.extend_from_slice(b"****");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_characters_at_most() {
        let text = b"a: 1\nkey=AAAABBBBCCCCDDDDEEEE secret=FFFFGGGGHHHHIIIIJJJJ and more\n";
        let first = (9, 29);
        let second = (37, 57);
        assert_eq!(line(text, first, &[second]), "key=AAAA****");
        assert_eq!(line(text, second, &[first]), "key=AAAA**** secret=FFFF****");
        assert_eq!(line(b"pw=hunter2x", (3, 11), &[]), "pw=h****");
    }
}
