//! What a user lets stand: by path, by text, by block.

use regex::bytes::Regex;

/// A path or a text that is let through.
#[derive(Clone)]
pub(crate) struct Allow {
    /// Tried against the file's path.
    pub(crate) path: Option<Regex>,
    /// Tried against what a rule matched.
    pub(crate) text: Option<Regex>,
}

/// Whether one of them lets the path through. Images' paths are known with and without their leading slash.
pub(crate) fn path(rules: &[Allow], path: &str) -> bool {
    rules.iter().filter_map(|rule| rule.path.as_ref()).any(|pattern| {
        pattern.is_match(path.as_bytes())
            || !path.starts_with('/') && pattern.is_match(format!("/{path}").as_bytes())
    })
}

/// Whether one of them lets the matched text through.
pub(crate) fn text(rules: &[Allow], matched: &[u8]) -> bool {
    rules.iter().filter_map(|rule| rule.text.as_ref()).any(|pattern| pattern.is_match(matched))
}

/// Whether a block that is left out holds the span.
pub(crate) fn blocks(patterns: &[Regex], text: &[u8], span: (usize, usize)) -> bool {
    patterns
        .iter()
        .flat_map(|pattern| pattern.find_iter(text))
        .any(|block| block.start() <= span.0 && span.1 <= block.end())
}
