//! Image references in one file, changed by exact byte ranges.
//!
//! In: a file's path and bytes, and the target. Out: the new bytes with every other byte as it was, what was changed,
//! and what was seen. No file is ever written anew from a parsed form: the parser only says where the values stand.

mod apply;
mod kustomize;
mod manifest;
mod template;
mod yaml;

pub use apply::Change;

use std::collections::BTreeSet;

use crate::Target;

/// Larger files are no hand-kept manifests.
const MAX_FILE: usize = 4 << 20;

/// One file, looked into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// The new content, where something changes.
    pub bytes: Option<Vec<u8>>,
    /// The changed lines.
    pub changes: Vec<Change>,
    /// The tags that the changed references had.
    pub old_tags: Vec<(usize, String)>,
    /// Lines (from 1) that are at the target already.
    pub already: Vec<usize>,
    /// Full names of all image repositories that the file uses.
    pub seen: BTreeSet<String>,
    /// Why the file, or a place of it, was left alone, in words.
    pub notes: Vec<String>,
}

/// Looks into one file of the repository.
pub fn rewrite(path: &str, bytes: &[u8], target: &Target) -> Rewritten {
    let mut found = Rewritten::default();
    let mentions = |text: &str| text.contains(target.image.short());
    if bytes.len() > MAX_FILE {
        found.notes.push(format!("{path}: larger than {MAX_FILE} bytes, not looked into"));
        return found;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        if mentions(&String::from_utf8_lossy(bytes)) {
            found.notes.push(format!("{path}: not UTF-8, not looked into"));
        }
        return found;
    };
    let documents = match yaml::documents(text) {
        Ok(documents) => documents,
        Err(error) => {
            if text.contains("{{") {
                found.notes.push(format!("{path}: a template, skipped"));
            } else if mentions(text) {
                found.notes.push(format!("{path}: not YAML, skipped: {error}"));
            }
            return found;
        }
    };
    if template::is_template(text, &documents) {
        found.notes.push(format!("{path}: a template, skipped"));
        return found;
    }
    let mut edits = Vec::new();
    for document in &documents {
        if kustomize::is_kustomization(path, document) {
            kustomize::edits(path, text, document, target, &mut edits, &mut found);
        } else {
            manifest::edits(path, text, document, target, &mut edits, &mut found);
        }
    }
    if !edits.is_empty() {
        let (new, changes) = apply::apply(path, text, edits);
        found.bytes = Some(new.into_bytes());
        found.changes = changes;
    }
    found
}
