//! Comments that let one finding stand: `seawall:ignore ID reason until=2027-01-01`, and what other scanners read.

use seawall_findings::Suppression;

use crate::text::line_of;

/// The markers, and whether an id may follow.
const MARKERS: &[(&str, bool)] = &[
    ("seawall:ignore", true),
    ("trivy:ignore", true),
    ("gitleaks:allow", false),
    ("pragma: allowlist secret", false),
];

/// Longest part of a line that is looked at.
const MAX_LINE: usize = 4096;

/// The suppression on the line of `at`, or on the line above where that holds nothing but the comment. One whose
/// `until=` lies before `today` (`YYYY-MM-DD`) no longer counts.
pub(crate) fn suppression(text: &[u8], at: usize, id: &str, today: Option<&str>) -> Option<Suppression> {
    let (start, end) = line_of(text, at);
    // On a line too long for people, what is near the place counts.
    let near = text.get(start.max(at.saturating_sub(MAX_LINE))..end.min(at + MAX_LINE))?;
    if let Some(found) = on(near, id, today) {
        return Some(found);
    }
    let (above, end) = line_of(text, start.checked_sub(1)?);
    let above = text.get(above..end)?;
    let first = above.trim_ascii_start();
    let comment = [&b"#"[..], b"//", b"--", b"/*", b"<!--", b";", b"*", b"{{/*", b"{{- /*"];
    (above.len() <= MAX_LINE && comment.iter().any(|start| first.starts_with(start)))
        .then(|| on(above, id, today))
        .flatten()
}

fn on(line: &[u8], id: &str, today: Option<&str>) -> Option<Suppression> {
    // Every marker has a colon; few lines are read further.
    if !MARKERS.iter().any(|(marker, _)| memchr::memmem::find(line, marker.as_bytes()).is_some()) {
        return None;
    }
    let line = String::from_utf8_lossy(line);
    let (marker, rest, ids) = MARKERS
        .iter()
        .find_map(|(marker, ids)| line.split_once(marker).map(|(_, rest)| (marker, rest, *ids)))?;
    let rest =
        rest.trim_start_matches([':', ' ', '\t']).trim_end_matches(['*', '/', '-', '>', '}', ' ', '\r']);
    let mut until = None;
    let mut words = Vec::new();
    for word in rest.split_whitespace() {
        match word.strip_prefix("until=") {
            Some(day) => until = Some(day.to_owned()),
            None => words.push(word),
        }
    }
    if ids && let Some(first) = words.first() {
        let named = first.trim_end_matches([',', ':']);
        if named == id {
            words.remove(0);
        } else if crate::kinds::known().any(|kind| kind.id == named) || named.starts_with("AVD-") {
            return None;
        }
    }
    if let (Some(until), Some(today)) = (&until, today)
        && until.as_str() < today
    {
        return None;
    }
    let reason = words.join(" ");
    Some(Suppression {
        by: format!("comment `{marker}`"),
        reason: if reason.is_empty() { "none given".into() } else { reason.chars().take(200).collect() },
        owner: String::new(),
        until,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers() {
        let found =
            |line: &str| suppression(line.as_bytes(), line.len() - 1, "github-pat", Some("2026-11-24"));
        assert!(found("key # gitleaks:allow").is_some());
        assert!(found("# trivy:ignore:github-pat\nkey = x").is_some());
        assert!(found("other = 1 # seawall:ignore\nkey = x").is_none());
        assert!(found("key # seawall:ignore jwt-token").is_none());
        assert!(found("key # seawall:ignore github-pat until=2026-01-01").is_none());
        let kept = found("key # seawall:ignore github-pat it is revoked until=2027-01-01").unwrap();
        assert_eq!((kept.reason.as_str(), kept.until.as_deref()), ("it is revoked", Some("2027-01-01")));
    }
}
