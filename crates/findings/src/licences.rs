//! The licences of a report's packages.

use std::collections::BTreeMap;

use crate::{Package, Report};

/// Each licence, as the packages' metadata write it, with the packages that have it; packages without one come last,
/// under an empty text.
pub fn licences(report: &Report) -> Vec<(&str, Vec<&Package>)> {
    let mut licences: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    let mut without = vec![];
    for package in &report.packages {
        if package.licences.is_empty() {
            without.push(package);
        }
        for licence in &package.licences {
            licences.entry(licence.as_str()).or_default().push(package);
        }
    }
    let mut licences: Vec<_> = licences.into_iter().collect();
    if !without.is_empty() {
        licences.push(("", without));
    }
    licences
}
