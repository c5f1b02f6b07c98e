//! Secret manifests: their values are base64, not encryption.

mod json;
mod yaml;

use seawall_findings::Severity;

use crate::check;
use crate::kinds::KindInfo;

/// The kind of finding that a Secret with values of its own is.
pub(crate) const KIND: KindInfo = KindInfo {
    id: "kubernetes-secret",
    title: "Kubernetes Secret with its values in the open",
    severity: Severity::High,
};

/// Texts one of which is in every Secret manifest.
pub(crate) const KEYWORDS: &[&str] = &[
    "kind: secret",
    "kind:  secret",
    "kind: \"secret\"",
    "kind: 'secret'",
    "\"kind\": \"secret\"",
    "\"kind\":\"secret\"",
];

/// Endings of files that hold manifests, templates of them among them.
const ENDINGS: &[&str] =
    &[".yaml", ".yml", ".json", ".tpl", ".tmpl", ".gotmpl", ".j2", ".jinja2", ".erb", ".template", ".txt"];

/// Whether a file may hold manifests: programs speak of Secrets, and hold none.
pub(crate) fn here(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    ENDINGS.iter().any(|end| name.ends_with(end)) || !name.contains('.')
}

/// Most values of one file that are read.
const MAX_ENTRIES: usize = 2000;

/// One Secret of a file.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    /// Its name, where it has one.
    pub(crate) name: String,
    /// Where its `kind` is.
    pub(crate) at: usize,
    /// A `sops` block with a MAC stands in it.
    pub(crate) sops: bool,
    /// Its values that stand in the open.
    pub(crate) entries: Vec<Entry>,
}

/// One value of a Secret.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its key.
    pub(crate) key: String,
    /// Where the value is.
    pub(crate) span: (usize, usize),
    /// What it says, decoded.
    pub(crate) value: Vec<u8>,
}

/// The Secrets of a manifest that hold values in the open: no references, no templates, nothing that SOPS encrypted.
pub(crate) fn manifests(text: &[u8]) -> Vec<Manifest> {
    let mut found =
        if text.trim_ascii_start().first() == Some(&b'{') { json::read(text) } else { yaml::read(text) };
    let mut left = MAX_ENTRIES;
    for manifest in &mut found {
        manifest.entries.truncate(left);
        left -= manifest.entries.len();
    }
    found.retain(|manifest| !manifest.entries.is_empty());
    found
}

/// A value as it is written, under `data` or `stringData`. None where it holds nothing in the open.
fn entry(key: &str, written: &[u8], span: (usize, usize), encoded: bool) -> Option<Entry> {
    let compact: Vec<u8> = if encoded {
        written.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
    } else {
        written.to_vec()
    };
    let open = compact.trim_ascii();
    let reference = [&b"ENC["[..], b"{{", b"${", b"$(", b"<", b"ref+", b"vault:", b"AgA", b"AgB"]
        .iter()
        .any(|start| open.starts_with(start))
        || memchr::memmem::find(open, b"{{").is_some();
    if open.is_empty() || matches!(open, b"null" | b"~" | b"\"\"" | b"''") || reference {
        return None;
    }
    let value = if encoded { check::decoded(open).unwrap_or_default() } else { compact };
    // An empty value, or a template of one, is none.
    if encoded && (value.is_empty() || memchr::memmem::find(&value, b"{{").is_some()) {
        return None;
    }
    Some(Entry { key: key.chars().take(100).collect(), span, value })
}
