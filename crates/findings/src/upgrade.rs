//! The fewest steps that remove what can be removed.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use crate::{Finding, PackageType, Report, Severity};

/// How versions of one kind of package are ordered (`seawall_advisories::compare`).
pub type Order = fn(PackageType, &str, &str) -> Ordering;

/// One upgrade: of a source package with all binaries built from it, or of a language's package wherever it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrade<'a> {
    /// Its kind.
    pub kind: PackageType,
    /// The source package, else the package.
    pub name: &'a str,
    /// The installed version.
    pub from: &'a str,
    /// The lowest version that removes all of its findings that have a fix.
    pub to: &'a str,
    /// The packages that are upgraded by it, sorted, each once.
    pub packages: Vec<&'a str>,
    /// The ids that it removes, sorted, each once.
    pub removes: Vec<&'a str>,
    /// The worst of them.
    pub worst: Severity,
    /// The highest risk among them.
    pub risk: u8,
    /// One of them is known to be exploited.
    pub exploited: bool,
}

/// The smallest set of upgrades that removes every counting finding that an upgrade removes: one for each installed
/// version of a source package, to the highest of the versions that its findings need. Those that take away the highest
/// risk come first, then those that remove most.
pub fn upgrades<'a>(report: &'a Report, order: Order) -> Vec<Upgrade<'a>> {
    let mut upgrades: BTreeMap<(PackageType, &str, &str), Upgrade<'a>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let Some((package, fix)) = finding.package.as_ref().zip(finding.fixed.first()) else { continue };
        let name = package.source_name.as_deref().unwrap_or(&package.name);
        let entry = upgrades.entry((package.kind, name, package.version.as_str()));
        let upgrade = entry.or_insert_with(|| Upgrade {
            kind: package.kind,
            name,
            from: &package.version,
            to: fix,
            packages: vec![],
            removes: vec![],
            worst: Severity::Unknown,
            risk: 0,
            exploited: false,
        });
        upgrade.packages.push(&package.name);
        upgrade.removes.push(&finding.id);
        raise(upgrade, finding, fix, order);
    }
    let mut upgrades: Vec<Upgrade<'a>> = upgrades.into_values().collect();
    for upgrade in &mut upgrades {
        for names in [&mut upgrade.packages, &mut upgrade.removes] {
            names.sort_unstable();
            names.dedup();
        }
    }
    upgrades.sort_by_key(|upgrade| Reverse((upgrade.risk, upgrade.worst, upgrade.removes.len())));
    upgrades
}

fn raise<'a>(upgrade: &mut Upgrade<'a>, finding: &Finding, fix: &'a str, order: Order) {
    if order(upgrade.kind, fix, upgrade.to).is_gt() {
        upgrade.to = fix;
    }
    upgrade.worst = upgrade.worst.max(finding.severity);
    upgrade.risk = upgrade.risk.max(finding.risk.unwrap_or_else(|| crate::risk(finding)));
    upgrade.exploited |= finding.exploited;
}
