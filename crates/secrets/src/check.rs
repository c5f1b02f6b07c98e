//! What a token's own format says of it: checksums, encodings, shapes.

mod base62;
mod cloud;
mod encoded;

use seawall_findings::Severity;

pub(crate) use base62::{base62_crc, grafana_crc};
pub(crate) use cloud::{aws_key_id, stripe};
pub(crate) use encoded::{basic_auth, decode as decoded, docker_config, jwt, macaroon, nested};

/// Looks at a secret and where it stands in the text.
pub(crate) type Check = fn(&Seen<'_>) -> Outcome;

/// What a check looks at.
pub(crate) struct Seen<'a> {
    /// The whole text.
    pub(crate) text: &'a [u8],
    /// Where the secret begins and ends in it.
    pub(crate) span: (usize, usize),
}

impl<'a> Seen<'a> {
    /// The secret.
    pub(crate) fn secret(&self) -> &'a [u8] {
        self.text.get(self.span.0..self.span.1).unwrap_or_default()
    }
}

/// What a check says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The format has nothing to check, or it fits.
    Plausible,
    /// An encoding decodes: this is one. The text says what was learned.
    Verified(String),
    /// A checksum holds: no example and no accident.
    Proven,
    /// It looks like one, but its checksum does not hold: an example, or damaged. Shown as low.
    Doubtful(&'static str),
    /// One of a lower (or higher) severity than its kind's.
    Rated(Severity, &'static str),
    /// It is none.
    No,
}

/// Nothing to check.
pub(crate) fn none(_: &Seen<'_>) -> Outcome {
    Outcome::Plausible
}

/// A neighbour says what it is: a Google service account comes with its key.
pub(crate) fn service_account(seen: &Seen<'_>) -> Outcome {
    let (start, end) = seen.span;
    let near =
        seen.text.get(start.saturating_sub(4096)..(end + 4096).min(seen.text.len())).unwrap_or_default();
    let has = |word: &[u8]| memchr::memmem::find(near, word).is_some();
    if has(b"private_key") || has(b"client_email") { Outcome::Plausible } else { Outcome::No }
}

/// Letters and digits both: a word or a number alone is none.
pub(crate) fn mixed(seen: &Seen<'_>) -> Outcome {
    let secret = seen.secret();
    if secret.iter().any(u8::is_ascii_digit) && secret.iter().any(u8::is_ascii_alphabetic) {
        Outcome::Plausible
    } else {
        Outcome::No
    }
}

#[cfg(test)]
pub(crate) fn on(check: Check, secret: &str) -> Outcome {
    check(&Seen { text: secret.as_bytes(), span: (0, secret.len()) })
}
