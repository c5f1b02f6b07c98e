//! What a file's bytes are: text, text in UTF-16, or a program.

use std::borrow::Cow;

/// Bytes that are looked at to tell text from a program, as Git does.
const HEAD: usize = 8000;

/// What is read of a file.
pub(crate) enum Content<'a> {
    /// Text, in UTF-8 or what comes near.
    Text(Cow<'a, [u8]>),
    /// A program, an image, an archive: only key blocks are looked for.
    Binary(&'a [u8]),
}

/// Tells text from a program by its first bytes, and turns UTF-16 into UTF-8.
pub(crate) fn content(bytes: &[u8]) -> Content<'_> {
    let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default();
    let wide = match head {
        [0xff, 0xfe, ..] => Some((true, 2)),
        [0xfe, 0xff, ..] => Some((false, 2)),
        _ => guess(head).map(|little| (little, 0)),
    };
    if let Some((little, skip)) = wide {
        return Content::Text(Cow::Owned(narrow(bytes.get(skip..).unwrap_or_default(), little)));
    }
    if memchr::memchr(0, head).is_some() {
        Content::Binary(bytes)
    } else {
        Content::Text(Cow::Borrowed(bytes))
    }
}

/// Whether text without a byte order mark is UTF-16: every other byte of plain words is zero.
fn guess(head: &[u8]) -> Option<bool> {
    let head = head.get(..256.min(head.len()) & !1)?;
    if head.len() < 16 {
        return None;
    }
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let printable = |first: usize| {
        head.iter()
            .skip(first)
            .step_by(2)
            .filter(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e))
            .count()
    };
    let half = head.len() / 2;
    let most = half - half / 8;
    match () {
        () if zeros(1) >= most && printable(0) >= most => Some(true),
        () if zeros(0) >= most && printable(1) >= most => Some(false),
        () => None,
    }
}

fn narrow(bytes: &[u8], little: bool) -> Vec<u8> {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [a, b] if little => u16::from_le_bytes([*a, *b]),
        [a, b] => u16::from_be_bytes([*a, *b]),
        _ => 0,
    });
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.into_bytes()
}

/// Start and end of the line around a byte, without its line end.
pub(crate) fn line_of(text: &[u8], at: usize) -> (usize, usize) {
    let at = at.min(text.len());
    let start = memchr::memrchr(b'\n', text.get(..at).unwrap_or_default()).map_or(0, |found| found + 1);
    let rest = text.get(at..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).map_or(text.len(), |found| at + found);
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn utf_16_is_text() {
        for bytes in [wide("token = value and more", true), wide("token = value and more", false)] {
            match content(&bytes) {
                Content::Text(text) => assert_eq!(&*text, b"token = value and more"),
                Content::Binary(_) => panic!("text"),
            }
        }
        assert!(matches!(content(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03"), Content::Binary(_)));
        assert!(matches!(content(b"plain"), Content::Text(Cow::Borrowed(_))));
    }
}
