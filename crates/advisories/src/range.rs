//! Whether a version is affected (OSV schema, "Evaluation"), and what fixes it.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::version::Scheme;

/// What an event of a range says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum EventKind {
    /// Affected from here on.
    Introduced,
    /// No longer affected from here on.
    Fixed,
    /// Affected up to and with this.
    LastAffected,
    /// The range says nothing of this and later versions.
    Limit,
}

/// An event and its version.
pub(crate) type Event<'a> = (EventKind, &'a str);

/// The affected versions of one package by one advisory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Affects<'a> {
    /// Each with its events, in any order.
    pub(crate) ranges: Vec<Vec<Event<'a>>>,
    /// Listed one by one.
    pub(crate) versions: Vec<&'a str>,
}

impl<'a> Affects<'a> {
    /// Whether the version is listed or lies in a range.
    pub(crate) fn affects(&self, scheme: Scheme, version: &str) -> bool {
        self.lists(scheme, version)
            || (scheme.is_version(version) && self.ranges.iter().any(|r| contains(r, scheme, version)))
    }

    /// Lists are enumerations, not ranges: the same text, but for the `v` that npm and Go allow before a version.
    fn lists(&self, scheme: Scheme, version: &str) -> bool {
        let version = if scheme == Scheme::Semver { version.trim_start_matches(['v', '=']) } else { version };
        self.versions.contains(&version)
    }

    /// The fixed versions that apply to the version: of each range that contains it, the next fix above it; where only
    /// a list contains it, the next fix of any range.
    pub(crate) fn fixes(&self, scheme: Scheme, version: &str) -> Vec<&'a str> {
        let next = |range: &Vec<Event<'a>>| {
            let above = |(kind, fixed): &Event<'a>| {
                (*kind == EventKind::Fixed && scheme.compare(fixed, version).is_gt()).then_some(*fixed)
            };
            range.iter().filter_map(above).min_by(|a, b| scheme.compare(a, b))
        };
        let mut fixes: Vec<&str> =
            self.ranges.iter().filter(|r| contains(r, scheme, version)).filter_map(next).collect();
        if fixes.is_empty() && self.lists(scheme, version) {
            fixes.extend(self.ranges.iter().filter_map(next).min_by(|a, b| scheme.compare(a, b)));
        }
        fixes
    }
}

/// Sorts the events by version and runs through those at or below the version.
fn contains(range: &[Event<'_>], scheme: Scheme, version: &str) -> bool {
    let mut limits = range.iter().filter(|(kind, _)| *kind == EventKind::Limit).peekable();
    if limits.peek().is_some()
        && !limits.any(|(_, limit)| *limit == "*" || scheme.compare(version, limit).is_lt())
    {
        return false;
    }
    let events: Vec<&Event<'_>> = range.iter().filter(|(kind, _)| *kind != EventKind::Limit).collect();
    let events = Scheme::sort(events, |(_, a), (_, b)| order(scheme, a, b));
    let mut affected = false;
    for (kind, at) in events {
        let order = if *at == "0" { Ordering::Greater } else { scheme.compare(version, at) };
        match kind {
            EventKind::Introduced if order.is_ge() => affected = true,
            EventKind::Fixed if order.is_ge() => affected = false,
            EventKind::LastAffected if order.is_gt() => affected = false,
            _ => {}
        }
    }
    affected
}

/// `0` is below every version, even below `0~rc1` and `0.0.0-alpha`.
fn order(scheme: Scheme, a: &str, b: &str) -> Ordering {
    match (a == "0", b == "0") {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => scheme.compare(a, b),
    }
}

#[cfg(test)]
mod tests {
    use super::EventKind::{Fixed, Introduced, LastAffected, Limit};
    use super::*;

    fn npm(ranges: Vec<Vec<Event<'static>>>) -> Affects<'static> {
        Affects { ranges, versions: vec![] }
    }

    #[test]
    fn a_fix_belongs_to_its_branch() {
        let affects = npm(vec![
            vec![(Introduced, "0"), (Fixed, "0.2.4")],
            vec![(Introduced, "1.0.0"), (Fixed, "1.2.6")],
        ]);
        for (version, fix) in
            [("0.2.3", Some("0.2.4")), ("0.2.4", None), ("1.2.5", Some("1.2.6")), ("1.2.6", None)]
        {
            assert_eq!(affects.affects(Scheme::Semver, version), fix.is_some(), "{version}");
            assert_eq!(
                affects.fixes(Scheme::Semver, version),
                fix.into_iter().collect::<Vec<_>>(),
                "{version}"
            );
        }
    }

    #[test]
    fn events_in_one_range_and_in_any_order() {
        let affects =
            npm(vec![vec![(Fixed, "2.0.1"), (Introduced, "2.0.0"), (Fixed, "1.5.0"), (Introduced, "0")]]);
        let affected: Vec<bool> = ["0.0.0-alpha", "1.5.0", "2.0.0", "2.0.1"]
            .iter()
            .map(|v| affects.affects(Scheme::Semver, v))
            .collect();
        assert_eq!(affected, [true, false, true, false]);
    }

    #[test]
    fn last_affected_limit_and_lists() {
        let affects = npm(vec![vec![(Introduced, "1.0.0"), (LastAffected, "1.2.0")]]);
        assert!(affects.affects(Scheme::Semver, "1.2.0"));
        assert!(!affects.affects(Scheme::Semver, "1.2.1"));
        assert!(affects.fixes(Scheme::Semver, "1.2.0").is_empty());
        let affects = npm(vec![vec![(Introduced, "1.0.0"), (Limit, "2.0.0")]]);
        assert!(affects.affects(Scheme::Semver, "1.9.9"));
        assert!(!affects.affects(Scheme::Semver, "2.0.0"));
        let affects = Affects { ranges: vec![vec![(Introduced, "5.0.0")]], versions: vec!["1.0.0"] };
        assert!(affects.affects(Scheme::Semver, "1.0.0"));
        assert!(!affects.affects(Scheme::Semver, "1.0.1"));
        assert!(!npm(vec![vec![(Introduced, "0")]]).affects(Scheme::Semver, "file:../local"));
    }
}
