//! Secrets in YAML, read by lines: templates of Helm and kustomize are not YAML yet, and hold Secrets as well.

use super::{Manifest, entry};

/// A line, its indentation and where it begins.
struct Line<'a> {
    start: usize,
    indent: usize,
    /// It begins an item of a list.
    item: bool,
    /// Without indentation and line end; a list's `- ` counts as indentation.
    text: &'a [u8],
}

/// The Secrets of all documents.
pub(super) fn read(text: &[u8]) -> Vec<Manifest> {
    let lines = lines(text);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(offset) =
        lines.get(from..).and_then(|rest| rest.iter().position(|line| is_secret(line.text)))
    {
        let at = from + offset;
        from = at + 1;
        if let Some(manifest) = object(&lines, at) {
            found.push(manifest);
        }
    }
    found
}

fn lines(text: &[u8]) -> Vec<Line<'_>> {
    let mut all = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let rest = text.get(start..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        let mut indent = line.iter().take_while(|byte| **byte == b' ').count();
        let spaces = indent;
        while line.get(indent..).is_some_and(|rest| rest.starts_with(b"- ")) {
            indent += 2 + line
                .get(indent + 2..)
                .map_or(0, |rest| rest.iter().take_while(|byte| **byte == b' ').count());
        }
        let content = line.get(indent..).unwrap_or_default().trim_ascii_end();
        all.push(Line { start: start + indent, indent, item: indent > spaces, text: content });
        start += length + 1;
    }
    all
}

/// `kind: Secret`, quoted or not.
fn is_secret(line: &[u8]) -> bool {
    let Some(value) = line.strip_prefix(b"kind:").or_else(|| line.strip_prefix(b"\"kind\":")) else {
        return false;
    };
    let value = value.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
    matches!(value, b"Secret" | b"\"Secret\"" | b"'Secret'" | b"Secret," | b"\"Secret\",")
}

/// The object around its `kind` line: the lines near it that are indented at least as far, up to the next object.
fn object(lines: &[Line<'_>], at: usize) -> Option<Manifest> {
    let kind = lines.get(at)?;
    let inside = |line: &Line<'_>| {
        let outside = line.indent == 0 && line.text.starts_with(b"---")
            || line.indent == kind.indent && line.text.starts_with(b"kind:");
        let loose = line.text.is_empty() || line.text.starts_with(b"{{") || line.text.starts_with(b"#");
        !outside && (loose || line.indent >= kind.indent)
    };
    let first = |line: &Line<'_>| line.item && line.indent == kind.indent;
    let mut before = 0;
    if !first(kind) {
        for line in lines.get(..at)?.iter().rev().take_while(|line| inside(line)) {
            before += 1;
            if first(line) {
                break;
            }
        }
    }
    let after = 1 + lines.get(at + 1..)?.iter().take_while(|line| inside(line) && !first(line)).count();
    let body = lines.get(at - before..at + after)?;
    let mut manifest = Manifest { at: kind.start, ..Manifest::default() };
    let mut index = 0;
    while let Some(line) = body.get(index) {
        index += 1;
        if line.indent != kind.indent {
            continue;
        }
        match line.text {
            b"metadata:" => {
                for inner in body.get(index..)?.iter().take_while(|inner| inner.indent > kind.indent) {
                    if let Some(name) = inner.text.strip_prefix(b"name:")
                        && manifest.name.is_empty()
                    {
                        let name = String::from_utf8_lossy(name);
                        manifest.name = name.trim().trim_matches(['"', '\'']).chars().take(253).collect();
                    }
                }
            }
            b"sops:" => {
                let block = body
                    .get(index..)?
                    .iter()
                    .take_while(|inner| inner.indent > kind.indent || inner.text.is_empty());
                manifest.sops = block.into_iter().any(|inner| inner.text.starts_with(b"mac:"));
            }
            b"data:" => index = values(body, index, kind.indent, true, &mut manifest),
            b"stringData:" => index = values(body, index, kind.indent, false, &mut manifest),
            _ => {}
        }
    }
    Some(manifest)
}

/// The `key: value` lines below `data:`; gives the index of the first line after them.
fn values(
    body: &[Line<'_>],
    mut index: usize,
    indent: usize,
    encoded: bool,
    manifest: &mut Manifest,
) -> usize {
    let Some(first) = body.get(index).map(|line| line.indent) else { return index };
    if first <= indent {
        return index;
    }
    while let Some(line) = body.get(index) {
        if line.indent < first && !line.text.is_empty() && !line.text.starts_with(b"{{") {
            break;
        }
        index += 1;
        if line.indent != first || line.text.starts_with(b"#") {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line.text) else { continue };
        let (key, value) = line.text.split_at(colon);
        let key = String::from_utf8_lossy(key);
        let key = key.trim().trim_matches(['"', '\'']).to_owned();
        let value = value.get(1..).unwrap_or_default();
        let skipped = value.len() - value.trim_ascii_start().len();
        let mut start = line.start + colon + 1 + skipped;
        let value = value.trim_ascii();
        let block = matches!(value.first(), Some(b'|' | b'>'));
        let mut written = Vec::new();
        let mut end = start + value.len();
        if block {
            let mut first_line = true;
            while let Some(inner) =
                body.get(index).filter(|inner| inner.indent > first || inner.text.is_empty())
            {
                if first_line && !inner.text.is_empty() {
                    start = inner.start;
                    first_line = false;
                }
                end = inner.start + inner.text.len();
                written.extend_from_slice(inner.text);
                written.push(b'\n');
                index += 1;
            }
        } else {
            let inner = match value {
                [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
                // A comment after a plain value.
                _ => {
                    value.get(..memchr::memmem::find(value, b" #").unwrap_or(value.len())).unwrap_or_default()
                }
            };
            written.extend_from_slice(inner);
        }
        manifest.entries.extend(entry(&key, &written, (start, end), encoded));
    }
    index
}
