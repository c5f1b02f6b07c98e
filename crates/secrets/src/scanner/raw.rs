//! What a rule matched, before it is decided which rule a secret belongs to.

use std::borrow::Cow;

use seawall_findings::Severity;

/// A match.
pub(super) struct Raw {
    /// Of its rule: earlier ones win.
    pub(super) order: usize,
    pub(super) id: Cow<'static, str>,
    pub(super) title: Cow<'static, str>,
    pub(super) severity: Severity,
    /// Where the secret is.
    pub(super) span: (usize, usize),
    /// What was learned of it.
    pub(super) note: Option<String>,
    /// Found by context alone.
    pub(super) generic: bool,
}

/// Whether two spans share a byte.
pub(super) fn overlap(a: (usize, usize), b: (usize, usize)) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// One rule for each secret: those with a known format before those found by context, earlier kinds before later ones.
/// In the order of their places.
pub(super) fn settle(mut found: Vec<Raw>) -> Vec<Raw> {
    found.sort_by_key(|raw| (raw.generic, raw.order, raw.span));
    let mut taken = std::collections::BTreeMap::new();
    found.retain(|raw| {
        // Spans in `taken` do not overlap, so only the last one that begins before this one's end can reach into it.
        let free = taken.range(..raw.span.1).next_back().is_none_or(|(_, end)| *end <= raw.span.0);
        if free {
            taken.insert(raw.span.0, raw.span.1);
        }
        free
    });
    found.sort_by_key(|raw| raw.span);
    found
}
