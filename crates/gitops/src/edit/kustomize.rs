//! Kustomizations: the `images` list (kubectl.docs.kubernetes.io, kustomization "images"), also of Flux's
//! `Kustomization` object, which takes the same list under `spec`.

use std::collections::BTreeMap;

use super::Rewritten;
use super::apply::Edit;
use super::yaml::{Document, Leaf, Step};
use crate::Target;
use crate::image::ImageName;

pub(super) fn is_kustomization(path: &str, document: &Document) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
        || document.get(&["apiVersion"]).is_some_and(|version| {
            version.starts_with("kustomize.config.k8s.io/")
                || version.starts_with("kustomize.toolkit.fluxcd.io/")
        })
}

pub(super) fn edits(
    path: &str,
    text: &str,
    document: &Document,
    target: &Target,
    edits: &mut Vec<Edit>,
    found: &mut Rewritten,
) {
    let mut entries: BTreeMap<usize, BTreeMap<&str, &Leaf>> = BTreeMap::new();
    for leaf in &document.leaves {
        let (index, field) = match leaf.path.as_slice() {
            [images, Step::Index(index), Step::Key(field)] if images.is("images") => (*index, field),
            [spec, images, Step::Index(index), Step::Key(field)]
                if spec.is("spec") && images.is("images") =>
            {
                (*index, field)
            }
            _ => continue,
        };
        entries.entry(index).or_default().insert(field, leaf);
    }
    for fields in entries.values() {
        // The image that the entry makes is the new name, where there is one.
        let Some(named) = fields.get("newName").or_else(|| fields.get("name")) else { continue };
        let Some(name) = ImageName::parse(&named.value) else { continue };
        let matches = name == target.image;
        found.seen.insert(name.as_str().to_owned());
        if matches {
            entry(path, text, fields, named, target, edits, found);
        }
    }
}

fn entry(
    path: &str,
    text: &str,
    fields: &BTreeMap<&str, &Leaf>,
    named: &Leaf,
    target: &Target,
    edits: &mut Vec<Edit>,
    found: &mut Rewritten,
) {
    let (tag, digest) = (fields.get("newTag"), fields.get("digest"));
    let is = |leaf: Option<&&Leaf>, value: &str| leaf.is_some_and(|leaf| leaf.value == value);
    if is(tag, &target.tag) && is(digest, target.digest.as_str()) {
        found.already.push(named.line);
        return;
    }
    let anchor = tag.copied().unwrap_or(named);
    let in_one_piece = |leaf: &&&Leaf| leaf.range.is_some() && !leaf.alias;
    if anchor.range.is_none()
        || tag.is_some_and(|l| !in_one_piece(&l))
        || digest.is_some_and(|l| !in_one_piece(&l))
    {
        let note = format!("{path}:{}: the image entry is not written in one piece, left alone", named.line);
        found.notes.push(note);
        return;
    }
    let mut added = Vec::new();
    match tag {
        Some(leaf) => {
            found.old_tags.push((leaf.line, leaf.value.clone()));
            replace(leaf, &scalar(&target.tag, leaf.quoted), &target.tag, edits);
        }
        None => added.push(("newTag", scalar(&target.tag, false))),
    }
    match digest {
        Some(leaf) => replace(leaf, target.digest.as_str(), target.digest.as_str(), edits),
        None => added.push(("digest", target.digest.to_string())),
    }
    if !added.is_empty() {
        insert(text, anchor, &added, edits);
    }
}

/// A tag such as `1.10` or `true` is text to kustomize, and another type to YAML unless it is quoted.
fn scalar(tag: &str, already_quoted: bool) -> String {
    let letters = tag.starts_with(|c: char| c.is_ascii_alphabetic())
        && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
            .contains(&tag.to_ascii_lowercase().as_str());
    if already_quoted || letters { tag.to_owned() } else { format!("\"{tag}\"") }
}

fn replace(leaf: &Leaf, text: &str, value: &str, edits: &mut Vec<Edit>) {
    if leaf.value == value && (leaf.quoted || text == value) {
        return;
    }
    if let Some(range) = leaf.range.clone() {
        edits.push(Edit { range, text: text.to_owned() });
    }
}

/// After the anchor: in a `{…}` behind its value, otherwise on lines of their own, at the key's column.
fn insert(text: &str, anchor: &Leaf, added: &[(&str, String)], edits: &mut Vec<Edit>) {
    let Some(range) = &anchor.range else { return };
    let field = |(key, value): &(&str, String)| {
        if anchor.key_quoted {
            format!("\"{key}\": \"{}\"", value.trim_matches('"'))
        } else {
            format!("{key}: {value}")
        }
    };
    let added: Vec<String> = added.iter().map(field).collect();
    let end = range.end + usize::from(anchor.quoted);
    if anchor.flow {
        edits.push(Edit { range: end..end, text: format!(", {}", added.join(", ")) });
        return;
    }
    let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let (line_end, ending) =
        if text[..line_end].ends_with('\r') { (line_end - 1, "\r\n") } else { (line_end, "\n") };
    let indent = " ".repeat(anchor.key_column);
    let start = format!("{ending}{indent}");
    let lines: String = added.iter().flat_map(|line| [start.as_str(), line.as_str()]).collect();
    edits.push(Edit { range: line_end..line_end, text: lines });
}
