//! Text from outside (package names, titles, paths) on its way into a form that people read.

use std::borrow::Cow;

/// Without characters that hide, reorder or drive what a reader sees: control characters (a terminal obeys them and
/// XML 1.0 forbids most), direction overrides (<https://trojansource.codes>) and non-characters become U+FFFD. Line
/// ends and tabs stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(hides) {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter(|c| *c != '\r');
    Cow::Owned(kept.map(|c| if hides(c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
}

/// Like [`visible`], on one line: every run of white space is one space.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if text.contains(['\n', '\t']) || text.contains("  ") || text.trim().len() != text.len() {
        Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
    } else {
        text
    }
}

/// At most `max` characters, with `…` as the last one where something was cut off.
pub(crate) fn cut(text: &str, max: usize) -> Cow<'_, str> {
    if text.chars().count() <= max {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().take(max.saturating_sub(1)).chain(['…']).collect())
}

/// Whether a reference may become a link: an http or https address without anything that a browser would not send.
pub(crate) fn is_link(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    !rest.is_empty() && rest.chars().all(|c| c.is_ascii_graphic() && !"<>\"'`\\^{|}".contains(c))
}

fn hides(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hides() {
        assert_eq!(visible("a\r\nb\tc"), "a\nb\tc");
        assert_eq!(visible("\u{1b}[31mred\u{0}\u{202e}x"), "\u{fffd}[31mred\u{fffd}\u{fffd}x");
        assert!(matches!(visible("plain ☃"), Cow::Borrowed(_)));
        assert_eq!(one_line(" a\n\n b  c "), "a b c");
    }

    #[test]
    fn cuts_by_characters() {
        assert_eq!(cut("☃☃☃", 3), "☃☃☃");
        assert_eq!(cut("☃☃☃☃", 3), "☃☃…");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert!(is_link("https://example.com/a?b=c#d"));
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https://a b",
            "https://a\"onclick=x",
            "data:text/html,x",
            "//a",
        ] {
            assert!(!is_link(bad), "{bad}");
        }
    }
}
