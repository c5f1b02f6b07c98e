//! Lines and columns.

use seawall_findings::Position;

use crate::text::line_of;

/// The position of a byte: line from 1, column from 1 in characters.
pub(crate) fn position(text: &[u8], at: usize) -> Position {
    let at = at.min(text.len());
    let (start, _) = line_of(text, at);
    let line = 1 + memchr::memchr_iter(b'\n', text.get(..start).unwrap_or_default()).count();
    let before = text.get(start..at).unwrap_or_default();
    let column = 1 + before.iter().filter(|byte| (**byte & 0xc0) != 0x80).count();
    Position { line, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters() {
        let text = "a\nüü=b\n".as_bytes();
        assert_eq!(position(text, 0), Position { line: 1, column: 1 });
        assert_eq!(position(text, 7), Position { line: 2, column: 4 });
        assert_eq!(position(text, 900).line, 3);
    }
}
