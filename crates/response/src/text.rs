//! Untrusted text in other people's markup.

/// A zero-width space: behind `@` and `#` it stops a mention and cannot be seen.
const STOP: char = '\u{200b}';

/// At most `limit` characters of what `write` makes of the text's characters, one at a time, so that no escape is cut in
/// two; `…` marks a cut.
pub(crate) fn limited(text: &str, limit: usize, write: impl Fn(char, &mut String)) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut one = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        one.clear();
        write(c, &mut one);
        let width = one.chars().count();
        let rest = usize::from(characters.peek().is_some());
        if length + width + rest > limit {
            out.push('…');
            break;
        }
        length += width;
        out.push_str(&one);
    }
    out
}

/// A character as it is, but control characters as blanks (line ends kept when `lines`).
pub(crate) fn visible(c: char, lines: bool) -> char {
    match c {
        '\n' if lines => '\n',
        // Marks that turn the direction of writing around can make a text read as another.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        c if c.is_control() => ' ',
        c => c,
    }
}

/// Slack: the three characters that its markup is made of, and `@`.
pub(crate) fn slack(text: &str, limit: usize) -> String {
    limited(text, limit, |c, out| match visible(c, true) {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '@' => out.extend(['@', STOP]),
        c => out.push(c),
    })
}

/// As [`slack`], for between backticks: nothing ends the code early.
pub(crate) fn slack_code(text: &str, limit: usize) -> String {
    slack(&text.replace('`', "'").replace('\n', " "), limit)
}

/// No markup known: control characters only.
pub(crate) fn plain(text: &str, limit: usize) -> String {
    limited(text, limit, |c, out| out.push(visible(c, true)))
}

/// Markdown as Adaptive Cards take it: every character that could begin markup is escaped.
pub(crate) fn markdown(text: &str, limit: usize) -> String {
    limited(text, limit, |c, out| match visible(c, false) {
        c @ ('\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '|' | '~'
        | '<' | '>') => {
            out.extend(['\\', c]);
        }
        '@' => out.extend(['@', STOP]),
        c => out.push(c),
    })
}

/// Rocket.Chat between backticks, one or three: nothing ends the code early, and no mention wakes anybody.
pub(crate) fn rocket_code(text: &str, limit: usize) -> String {
    limited(text, limit, |c, out| match visible(c, true) {
        '`' => out.push('\''),
        c @ ('@' | '#') => out.extend([c, STOP]),
        c => out.push(c),
    })
}

/// Rocket.Chat outside of code: markup characters by their full-width twins would change the text, so they are stopped by
/// a zero-width space.
pub(crate) fn rocket(text: &str, limit: usize) -> String {
    limited(text, limit, |c, out| match visible(c, false) {
        c @ ('@' | '#' | '[' | ']' | '*' | '_' | '~' | '`' | '>' | '<' | '!') => out.extend([c, STOP]),
        c => out.push(c),
    })
}

/// "did you mean `x`?", for hints.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, near)| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_never_splits_an_escape() {
        assert_eq!(slack("a&b", 20), "a&amp;b");
        assert_eq!(slack("&&&", 8), "&amp;…");
        assert_eq!(slack("abc", 3), "abc");
        assert_eq!(slack("abcd", 3), "ab…");
        assert_eq!(slack("<!channel>", 100), "&lt;!channel&gt;");
        assert_eq!(markdown("[x](http://y)", 100), "\\[x\\]\\(http://y\\)");
        assert_eq!(rocket_code("``` @all", 100), "''' @\u{200b}all");
        for limit in 1..12 {
            assert!(slack("<<<<<<", limit).chars().count() <= limit);
        }
    }
}
