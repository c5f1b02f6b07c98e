//! From packages to findings.

mod ecosystem;
mod group;
mod words;

use std::cmp::Reverse;
use std::collections::HashMap;

use seawall_findings::{Distribution, Finding, FindingKind, Package, PackageRef, Severity};

use crate::database::{Advisory, Database, Posting, Text};
use crate::error::AdvisoriesError;
use crate::version::Scheme;
use group::{Group, Hit};

type Result<T> = std::result::Result<T, AdvisoriesError>;

/// The findings of all packages, worst first.
pub(crate) fn find(
    database: &Database,
    distribution: Option<&Distribution>,
    packages: &[Package],
) -> Result<Vec<Finding>> {
    let mut finder = Finder { database, blocks: HashMap::new() };
    let mut findings = vec![];
    for package in packages {
        finder.package(distribution, package, &mut findings)?;
    }
    findings.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    Ok(findings)
}

/// What cannot be judged, in words.
pub(crate) fn gaps(
    database: &Database,
    distribution: Option<&Distribution>,
    packages: &[Package],
) -> Result<Vec<String>> {
    let mut gaps: Vec<(String, usize)> = vec![];
    for package in packages {
        let ecosystems = ecosystem::names(distribution, package);
        let mut known = false;
        for ecosystem in &ecosystems {
            known = known || database.has_ecosystem(ecosystem)?;
        }
        if known {
            continue;
        }
        let what = match (ecosystems.first(), distribution) {
            (Some(ecosystem), _) => format!("the advisory database holds nothing for {ecosystem}"),
            (None, Some(d)) => {
                format!("{} is not a distribution that advisories are matched for", d.pretty_name)
            }
            (None, None) => {
                format!("the distribution is not known, so that {} packages have no advisories", package.kind)
            }
        };
        match gaps.iter_mut().find(|(known, _)| *known == what) {
            Some((_, count)) => *count += 1,
            None => gaps.push((what, 1)),
        }
    }
    Ok(gaps.into_iter().map(|(what, count)| format!("{what}: {count} packages were not matched")).collect())
}

type SortKey<'a> =
    (Reverse<Severity>, Reverse<bool>, &'a str, Option<(&'a str, &'a str)>, &'a str, Option<usize>);

fn sort_key(finding: &Finding) -> SortKey<'_> {
    (
        Reverse(finding.severity),
        Reverse(finding.exploited),
        &finding.id,
        finding.package.as_ref().map(|p| (p.name.as_str(), p.version.as_str())),
        &finding.location.path,
        finding.location.layer.as_ref().map(|layer| layer.index),
    )
}

struct Finder<'a> {
    database: &'a Database,
    /// Unpacked texts: neighbouring advisories share a block.
    blocks: HashMap<u32, Vec<u8>>,
}

impl<'a> Finder<'a> {
    fn package(
        &mut self,
        distribution: Option<&Distribution>,
        package: &Package,
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        let scheme = Scheme::of_kind(package.kind);
        let is_os = package.kind.is_os();
        // Distributions publish by source package.
        let name = package.source_name.as_deref().filter(|_| is_os).unwrap_or(&package.name);
        let version = package.source_version.as_deref().filter(|_| is_os).unwrap_or(&package.version);
        let mut judged: Vec<(u32, Vec<Posting<'a>>)> = vec![];
        for ecosystem in ecosystem::names(distribution, package) {
            // Of two names of a release the first that an advisory uses decides.
            let earlier = judged.len();
            for posting in self.database.postings(&ecosystem, &crate::name::normal(&ecosystem, name))? {
                if judged[..earlier].iter().any(|(number, _)| *number == posting.advisory) {
                    continue;
                }
                match judged.last_mut().filter(|(number, _)| *number == posting.advisory) {
                    Some((_, postings)) => postings.push(posting),
                    None => judged.push((posting.advisory, vec![posting])),
                }
            }
        }
        let mut hits = vec![];
        for (number, postings) in judged {
            hits.push(Hit::of(self.database.advisory(number)?, postings, scheme, version));
        }
        for group in group::groups(&hits, is_os) {
            findings.push(self.finding(package, (name, version), scheme, &group)?);
        }
        Ok(())
    }

    fn finding(
        &mut self,
        package: &Package,
        (source, version): (&str, &str),
        scheme: Scheme,
        group: &Group<'_, 'a>,
    ) -> Result<Finding> {
        let others = self.others(group)?;
        let fixed = group.fixed(scheme, version);
        let mut references = vec![];
        let mut title = String::new();
        for advisory in group.hits.iter().map(|hit| &hit.advisory).chain(&others) {
            let text = self.text(advisory)?;
            // A bulletin's title names the bulletin, not the vulnerability.
            if title.is_empty() && !group::is_bulletin(advisory.id) {
                title = text.title;
            }
            references.extend(text.references);
        }
        if title.is_empty() {
            title = format!("{} in {source}", group.id);
        }
        let severity = group.severity(package.kind.is_os(), &others);
        Ok(Finding {
            aliases: group.aliases(),
            location: package.location.clone(),
            package: Some(PackageRef::from(package)),
            remedy: words::remedy(package, source, &fixed),
            fixed,
            exploited: group.ids().try_fold(false, |known, id| {
                Ok::<_, AdvisoriesError>(known || self.database.is_exploited(id)?)
            })?,
            published: group.published(&others),
            references: words::references(references, group),
            sources: group.hits.iter().map(|hit| hit.advisory.id.to_owned()).collect(),
            ..Finding::new(FindingKind::Vulnerability, group.id, severity, title)
        })
    }

    /// Advisories of the same CVE for other packages: what they say of severity and title holds here too. Bulletins of
    /// other distributions speak of their own updates.
    fn others(&self, group: &Group<'_, 'a>) -> Result<Vec<Advisory<'a>>> {
        let mut others: Vec<Advisory<'a>> = vec![];
        for number in self.database.named(group.id)? {
            let advisory = self.database.advisory(number)?;
            let is_new = group.hits.iter().all(|hit| hit.advisory.id != advisory.id);
            if is_new && !group::is_bulletin(advisory.id) {
                others.push(advisory);
            }
        }
        others.truncate(32);
        Ok(others)
    }

    fn text(&mut self, advisory: &Advisory<'_>) -> Result<Text> {
        if !self.blocks.contains_key(&advisory.block) {
            if self.blocks.len() >= 256 {
                self.blocks.clear();
            }
            self.blocks.insert(advisory.block, self.database.block(advisory.block)?);
        }
        let block = self.blocks.get(&advisory.block).map(Vec::as_slice).unwrap_or_default();
        Database::text(block, advisory.at)
    }
}
