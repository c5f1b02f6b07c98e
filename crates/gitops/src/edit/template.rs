//! Whether a file is a template: then its text is not yet the manifest, and editing it could break what it makes.

use super::yaml::Document;

/// Braces of a Helm (Go) template outside every scalar and comment, or in an image's value. Braces within other
/// scalars are content: alert annotations and dashboards are full of them.
pub(super) fn is_template(text: &str, documents: &[Document]) -> bool {
    if !text.contains("{{") {
        return false;
    }
    let in_image = documents.iter().flat_map(|document| &document.leaves).any(|leaf| {
        leaf.value.contains("{{")
            && leaf.path.last().is_some_and(|step| step.is("image") || step.is("newTag"))
    });
    in_image
        || text.match_indices("{{").any(|(at, _)| {
            let in_scalar = documents.iter().any(|document| {
                let after = document.scalars.partition_point(|range| range.start <= at);
                after > 0 && document.scalars[after - 1].contains(&at)
            });
            !in_scalar && !in_comment(text, at)
        })
}

/// Asked only for places outside scalars, where a `#` after white space begins a comment (YAML 1.2.2, section 6.6).
fn in_comment(text: &str, at: usize) -> bool {
    let line = &text[text[..at].rfind('\n').map_or(0, |start| start + 1)..at];
    line.trim_start().starts_with('#') || line.contains(" #") || line.contains("\t#")
}
