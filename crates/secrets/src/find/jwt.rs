//! JSON Web Tokens: two JSON objects and a signature in base64url, joined by dots.

use super::{Hit, Look};

/// Longest part that is read.
const MAX_PART: usize = 4096;

/// From the `.eyJ` that begins the claims, back over the header and on over the signature.
pub(crate) fn jwt(look: &Look<'_>) -> Option<Hit> {
    let text = look.text;
    let before = text.get(look.start.saturating_sub(MAX_PART)..look.start)?;
    let header = before.iter().rev().take_while(|byte| in_part(**byte)).count();
    let start = look.start - header;
    // A stateless GitHub token is its own kind.
    if !text.get(start..)?.starts_with(b"eyJ") && !text.get(start..)?.starts_with(b"ew") {
        return None;
    }
    let part = |from: usize| {
        text.get(from..).map_or(0, |rest| {
            rest.iter().take(MAX_PART).take_while(|byte| in_part(**byte) || **byte == b'=').count()
        })
    };
    let claims = look.start + 1;
    let mut end = claims + part(claims);
    if text.get(end) == Some(&b'.') {
        end += 1 + part(end + 1);
    }
    (header >= 17 && end - claims >= 17).then(|| (start, end).into())
}

fn in_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}
