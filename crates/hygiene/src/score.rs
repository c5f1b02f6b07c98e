//! One number for an image.

use std::collections::BTreeMap;

use seawall_findings::{Finding, Severity};

/// Findings of one id take at most so many times the points of one: forty setuid files are one habit.
const MOST: u32 = 3;

/// Tenths of a point that a finding of that severity takes.
pub fn points(severity: Severity) -> u32 {
    match severity {
        Severity::Critical => 250,
        Severity::High => 120,
        Severity::Medium => 40,
        Severity::Low => 15,
        Severity::Negligible | Severity::Unknown => 5,
    }
}

/// Tenths of a point that those findings take together.
pub(crate) fn lost<'a>(findings: impl Iterator<Item = &'a Finding>) -> u32 {
    let mut by_id: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for finding in findings.filter(|finding| finding.suppressed.is_none()) {
        let (sum, worst) = by_id.entry(&finding.id).or_default();
        *sum += points(finding.severity);
        *worst = (*worst).max(points(finding.severity));
    }
    by_id.values().map(|(sum, worst)| (*sum).min(worst * MOST)).sum()
}

/// From 0 to 100.
pub(crate) fn score(findings: &[Finding]) -> u8 {
    let left = 1000_u32.saturating_sub(lost(findings.iter()));
    u8::try_from(left.div_ceil(10)).unwrap_or(100)
}
