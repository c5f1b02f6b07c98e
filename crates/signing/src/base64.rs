//! Base64 as sigstore's documents use it: written in the standard alphabet, read in either.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::SigningError;

/// The standard alphabet with padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The standard or the URL-safe alphabet, with padding (DSSE protocol: "either standard or URL-safe encoding is allowed").
/// Line breaks are passed over, as Go's `encoding/base64` does: documents made with `openssl base64` hold some.
pub(crate) fn decode(what: &'static str, text: &str) -> Result<Vec<u8>, SigningError> {
    let whole = if text.contains(['\r', '\n']) {
        Cow::Owned(text.replace(['\r', '\n'], ""))
    } else {
        Cow::Borrowed(text)
    };
    let text = whole.as_bytes();
    STANDARD
        .decode(text)
        .or_else(|first| URL_SAFE.decode(text).map_err(|_| first))
        .map_err(|e| SigningError::Document { what, reason: format!("not base64: {e}") })
}
