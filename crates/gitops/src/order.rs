//! Whether one tag is later than another, where both are versions.

use semver::Version;

/// Whether `old` is a later version than `new`. Tags that are no versions (`main`, dates with letters) have no order.
pub(crate) fn goes_backwards(old: &str, new: &str) -> bool {
    match (version(old), version(new)) {
        (Some(old), Some(new)) => new < old,
        _ => false,
    }
}

/// `1`, `1.2` and `v1.2.3-rc.1` alike: missing parts are zero.
fn version(tag: &str) -> Option<Version> {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let end = tag.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(tag.len());
    let (numbers, rest) = tag.split_at(end);
    let mut parts = numbers.split('.').map(|part| part.parse::<u64>().ok());
    let (major, minor, patch) =
        (parts.next()??, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?);
    if parts.next().is_some() {
        return None;
    }
    Version::parse(&format!("{major}.{minor}.{patch}{rest}")).ok()
}

#[cfg(test)]
mod tests {
    use super::goes_backwards;

    #[test]
    fn versions_have_an_order_and_other_tags_none() {
        for (old, new) in [("1.10", "1.9"), ("v2", "1.9.9"), ("1.0.0", "1.0.0-rc.1"), ("2.0", "v1")] {
            assert!(goes_backwards(old, new), "{old} {new}");
        }
        for (old, new) in
            [("1.9", "1.10"), ("1.0", "1.0"), ("main", "1.0"), ("2", "main"), ("1.2.3.4", "1.2.3.3")]
        {
            assert!(!goes_backwards(old, new), "{old} {new}");
        }
    }
}
