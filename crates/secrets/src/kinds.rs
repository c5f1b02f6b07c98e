//! Every kind of secret: one file a family, one line here for each file.

mod ai;
mod apps;
mod chat;
mod cloud;
mod delivery;
mod forges;
mod generic;
mod keys;
mod mail;
mod observe;
mod packages;
mod payments;

use seawall_findings::Severity;

use crate::kind::Kind;

/// The tables. A secret that two kinds claim belongs to the earlier one.
pub(crate) const TABLES: &[&[Kind]] = &[
    keys::KINDS,
    cloud::KINDS,
    forges::KINDS,
    packages::KINDS,
    delivery::KINDS,
    payments::KINDS,
    chat::KINDS,
    mail::KINDS,
    observe::KINDS,
    ai::KINDS,
    apps::KINDS,
    generic::KINDS,
];

/// What people may know of a kind.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo {
    /// The id that findings carry, and that a configuration disables it by.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// Where its format says nothing else.
    pub severity: Severity,
}

/// Every built-in kind, in the order of the tables. Kinds that Trivy has too carry Trivy's ids.
pub fn known() -> impl Iterator<Item = KindInfo> {
    let kubernetes = crate::kubernetes::KIND;
    let tables = TABLES.iter().flat_map(|table| table.iter());
    tables
        .map(|kind| KindInfo { id: kind.id, title: kind.title, severity: kind.severity })
        .chain([kubernetes])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_kinds_have_keywords() {
        let mut seen = HashSet::new();
        for kind in TABLES.iter().flat_map(|table| table.iter()) {
            assert!(seen.insert(kind.id), "{} is there twice", kind.id);
            assert!(!kind.keywords.is_empty(), "{}", kind.id);
            assert!(kind.keywords.iter().all(|word| word.len() >= 2), "{}", kind.id);
        }
        assert!(seen.len() > 200, "{}", seen.len());
    }
}
