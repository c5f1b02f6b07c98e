//! `scheme://user:password@host`.

use super::{Hit, Look};
use crate::placeholder;

/// Longest user, password or host that is read.
const MAX: usize = 200;

/// From a `://`: the password between `:` and `@`.
pub(crate) fn credentials(look: &Look<'_>) -> Option<Hit> {
    let before = look.text.get(look.start.checked_sub(1)?)?;
    if !before.is_ascii_alphanumeric() {
        return None;
    }
    let rest = look.text.get(look.end..(look.end + MAX).min(look.text.len()))?;
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'/' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b'?' | b'#')
    };
    let authority = rest.get(..rest.iter().position(ends).unwrap_or(rest.len()))?;
    let at = memchr::memrchr(b'@', authority)?;
    let colon = memchr::memchr(b':', authority.get(..at)?)?;
    let password = authority.get(colon + 1..at)?;
    let host = authority.get(at + 1..)?;
    let user = authority.get(..colon)?;
    if password.len() < 4
        || placeholder::usual(password)
        || user == password
        || !host.first().is_some_and(u8::is_ascii_alphanumeric)
        || host.windows(7).any(|part| part.eq_ignore_ascii_case(b"example"))
        || placeholder::is_one(password, true) && !weak_but_real(password)
    {
        return None;
    }
    let start = look.end + colon + 1;
    Some((start, start + password.len()).into())
}

/// Only letters and digits, or only digits: a password where a URL has one, unless it is a name.
fn weak_but_real(password: &[u8]) -> bool {
    password.len() >= 8
        && password.iter().all(u8::is_ascii_alphanumeric)
        && password.iter().filter(|byte| byte.is_ascii_digit()).count() >= 3
        && password.iter().any(u8::is_ascii_alphabetic)
        && !placeholder::certainly(password)
}
