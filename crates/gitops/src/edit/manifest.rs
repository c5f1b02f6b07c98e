//! Plain manifests: the images of every container of every kind, wherever its pod template stands.

use super::Rewritten;
use super::apply::Edit;
use super::yaml::{Document, Leaf, Step};
use crate::Target;
use crate::image::{self, ImageName};

pub(super) fn edits(
    path: &str,
    _text: &str,
    document: &Document,
    target: &Target,
    edits: &mut Vec<Edit>,
    found: &mut Rewritten,
) {
    // Kubernetes objects only: `containers` in any other file is not ours to judge.
    if document.get(&["kind"]).is_none() || document.get(&["apiVersion"]).is_none() {
        return;
    }
    for leaf in document.leaves.iter().filter(|leaf| is_image(leaf)) {
        let written = image::split(&leaf.value);
        let Some(name) = ImageName::parse(written.repository) else { continue };
        let matches = name == target.image;
        found.seen.insert(name.as_str().to_owned());
        if !matches {
            continue;
        }
        let new = format!("{}:{}@{}", written.repository, target.tag, target.digest);
        if leaf.value == new {
            found.already.push(leaf.line);
            continue;
        }
        let Some(range) = leaf.range.clone() else {
            found
                .notes
                .push(format!("{path}:{}: the image is not written in one piece, left alone", leaf.line));
            continue;
        };
        if let Some(tag) = written.tag {
            found.old_tags.push((leaf.line, tag.to_owned()));
        }
        edits.push(Edit { range, text: new });
    }
}

/// `…containers[n].image`, and `…volumes[n].image.reference` (image volumes).
fn is_image(leaf: &Leaf) -> bool {
    match leaf.path.as_slice() {
        [.., list, Step::Index(_), image] if image.is("image") => {
            ["containers", "initContainers", "ephemeralContainers"].iter().any(|name| list.is(name))
        }
        [.., list, Step::Index(_), image, reference] => {
            list.is("volumes") && image.is("image") && reference.is("reference")
        }
        _ => false,
    }
}
