//! One file as the caller hands it over.

use seawall_findings::{LayerRef, Location};

use crate::select;

/// A selected file. Borrowed, so that an image's files are not copied to be read.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Path in the image or folder; a leading `/` or `./` does not matter.
    pub path: &'a str,
    /// The whole content.
    pub bytes: &'a [u8],
    /// The layer that put it there, where the subject is an image.
    pub layer: Option<&'a LayerRef>,
}

impl<'a> File<'a> {
    /// A file without a layer.
    pub fn new(path: &'a str, bytes: &'a [u8]) -> Self {
        Self { path, bytes, layer: None }
    }

    /// Where it is, as a package tells it.
    pub(crate) fn location(&self) -> Location {
        Location { path: select::clean(self.path).to_owned(), layer: self.layer.cloned() }
    }
}
