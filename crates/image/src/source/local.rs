//! What the storages of this host have in common: how an image is named, and what is said where there is none.

use std::path::Path;

use seawall_findings::Digest;

use crate::hash::digest_of;
use crate::{ImageError, Reference};

/// A shorter start of an id would be taken for a name.
const SHORTEST_ID: usize = 12;

/// An image as people name it.
pub(super) struct Wanted<'a> {
    text: &'a str,
    reference: Option<Reference>,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, reference: text.parse().ok() }
    }

    /// Whether an image of this id, digest and these names is the one. Names count in their full form: `alpine` is
    /// `docker.io/library/alpine:latest`; what was built here is in `localhost/`.
    pub(super) fn fits(&self, id: &str, digest: Option<&Digest>, names: &[String]) -> bool {
        let hex = self.text.strip_prefix("sha256:").unwrap_or(self.text);
        if hex.len() >= SHORTEST_ID && hex.bytes().all(|b| b.is_ascii_hexdigit()) && id.starts_with(hex) {
            return true;
        }
        let Some(wanted) = &self.reference else { return false };
        let is_same = |name: &String| {
            let Ok(name) = name.parse::<Reference>() else { return false };
            let by_digest =
                wanted.digest.as_ref().is_some_and(|wanted| Some(wanted) == digest.or(name.digest.as_ref()));
            let by_tag = wanted.digest.is_none() && wanted.tag == name.tag && name.digest.is_none();
            wanted.name() == name.name() && (by_digest || by_tag)
        };
        names.iter().any(is_same)
            || names.iter().any(|name| {
                *name == format!("localhost/{}", self.text)
                    || *name == format!("localhost/{}:latest", self.text)
            })
    }
}

/// No image of that name.
pub(super) fn unknown(name: &str, root: &Path, mut known: Vec<String>) -> ImageError {
    known.sort();
    let known = match known.as_slice() {
        [] => "it has none with a name".to_owned(),
        names => format!("it has {}", names.iter().take(10).cloned().collect::<Vec<_>>().join(", ")),
    };
    ImageError::NotHere { name: name.to_owned(), place: root.display().to_string(), known }
}

/// Whether bytes are what their digest says.
pub(super) fn proven(what: &str, expected: &Digest, bytes: &[u8]) -> Result<(), ImageError> {
    let actual = digest_of(bytes);
    if actual == *expected {
        return Ok(());
    }
    Err(ImageError::Digest { what: what.to_owned(), expected: expected.clone(), actual })
}
