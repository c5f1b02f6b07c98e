//! From packages to findings.

mod ecosystem;
mod group;
mod words;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use seawall_findings::{Distribution, Epss, Finding, FindingKind, Package, PackageRef, Severity};

use crate::database::{Advisory, Database, Posting, Text};
use crate::error::AdvisoriesError;
use crate::version::Scheme;
use group::{Group, Hit};

pub(crate) use group::is_bulletin;

/// Fewer packages than this are not worth a second thread.
const ALONE: usize = 1_000;
/// More threads than this have nothing to do.
const MAX_THREADS: usize = 8;

type Result<T> = std::result::Result<T, AdvisoriesError>;

/// The findings of all packages, worst first.
pub(crate) fn find(
    database: &Database,
    distribution: Option<&Distribution>,
    packages: &[Package],
) -> Result<Vec<Finding>> {
    let threads = match packages.len() {
        ..ALONE => 1,
        _ => std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS),
    };
    let part = |packages| part(database, distribution, packages);
    let parts: Vec<Result<Vec<Finding>>> = if threads == 1 {
        vec![part(packages)]
    } else {
        std::thread::scope(|scope| {
            let chunks = packages.chunks(packages.len().div_ceil(threads));
            let handles: Vec<_> = chunks.map(|chunk| scope.spawn(move || part(chunk))).collect();
            let join = |handle: std::thread::ScopedJoinHandle<'_, _>| {
                handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            handles.into_iter().map(join).collect()
        })
    };
    let mut findings = vec![];
    for part in parts {
        findings.extend(part?);
    }
    findings.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    Ok(findings)
}

fn part(
    database: &Database,
    distribution: Option<&Distribution>,
    packages: &[Package],
) -> Result<Vec<Finding>> {
    let mut finder = Finder { database, blocks: HashMap::new() };
    let mut findings = vec![];
    for package in packages {
        finder.package(distribution, package, &mut findings)?;
    }
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
            (None, _) if !package.kind.is_os() => {
                format!("no advisories are published for {} packages", package.kind)
            }
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

type SortKey<'a> = (
    Reverse<Option<u8>>,
    Reverse<Severity>,
    Reverse<bool>,
    &'a str,
    Option<(&'a str, &'a str)>,
    &'a str,
    Option<usize>,
);

fn sort_key(finding: &Finding) -> SortKey<'_> {
    (
        Reverse(finding.risk),
        Reverse(finding.severity),
        Reverse(finding.exploited),
        &finding.id,
        finding.package.as_ref().map(|p| (p.name.as_str(), p.version.as_str())),
        &finding.location.path,
        finding.location.layer.as_ref().map(|layer| layer.index),
    )
}

/// What an advisory says of a package by one of its names.
struct Judged<'a, 'p> {
    advisory: u32,
    /// The installed version by that name.
    version: Cow<'p, str>,
    postings: Vec<Posting<'a>>,
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
        // What remedies and titles speak of: distributions publish by source package.
        let name = package.source_name.as_deref().filter(|_| is_os).unwrap_or(&package.name);
        let mut judged: Vec<Judged<'a, '_>> = vec![];
        for ecosystem in ecosystem::names(distribution, package) {
            // Of two names of a release the first that an advisory uses decides.
            let earlier = judged.len();
            for (name, version) in ecosystem::keys(&ecosystem, package) {
                for posting in self.database.postings(&ecosystem, &crate::name::normal(&ecosystem, name))? {
                    if judged.iter().take(earlier).any(|known| known.advisory == posting.advisory) {
                        continue;
                    }
                    let same = |known: &&mut Judged<'_, '_>| {
                        known.advisory == posting.advisory && known.version == version
                    };
                    match judged.last_mut().filter(same) {
                        Some(known) => known.postings.push(posting),
                        None => judged.push(Judged {
                            advisory: posting.advisory,
                            version: version.clone(),
                            postings: vec![posting],
                        }),
                    }
                }
            }
        }
        let mut hits = vec![];
        for Judged { advisory, version, postings } in judged {
            hits.push(Hit::of(self.database.advisory(advisory)?, postings, scheme, version));
        }
        for group in group::groups(&hits, is_os) {
            findings.push(self.finding(package, name, scheme, &group)?);
        }
        Ok(())
    }

    fn finding(
        &mut self,
        package: &Package,
        source: &str,
        scheme: Scheme,
        group: &Group<'_, 'a, '_>,
    ) -> Result<Finding> {
        let others = self.others(group)?;
        let fixed = group.fixed(scheme);
        let mut references = vec![];
        let mut title = String::new();
        for advisory in group.hits.iter().map(|hit| &hit.advisory).chain(&others) {
            // Texts are unpacked: no more of them than people are shown.
            if !title.is_empty() && references.len() >= words::MAX_REFERENCES {
                break;
            }
            let text = self.text(advisory)?;
            // A bulletin's title names the bulletin, not the vulnerability.
            if title.is_empty() && !group::is_bulletin(advisory.id) {
                title = text.title;
            }
            for url in text.references {
                if !references.contains(&url) {
                    references.push(url);
                }
            }
        }
        if title.is_empty() {
            title = format!("{} in {source}", group.id);
        }
        let severity = group.severity(package.kind.is_os(), &others);
        let mut epss: Option<Epss> = None;
        for id in group.ids() {
            let next = self.database.epss(id)?;
            epss = if next.map(|e| e.probability) > epss.map(|e| e.probability) { next } else { epss };
        }
        let mut finding = Finding {
            aliases: group.aliases(),
            location: package.location.clone(),
            package: Some(PackageRef::from(package)),
            status: Some(group.status(&fixed)),
            cvss: group.cvss(&others),
            epss,
            remedy: words::remedy(package, source, &fixed),
            fixed,
            exploited: group.ids().try_fold(false, |known, id| {
                Ok::<_, AdvisoriesError>(known || self.database.is_exploited(id)?)
            })?,
            published: group.published(&others),
            references: words::references(references, group),
            sources: group.hits.iter().map(|hit| hit.advisory.id.to_owned()).collect(),
            ..Finding::new(FindingKind::Vulnerability, group.id, severity, title)
        };
        finding.rate();
        Ok(finding)
    }

    /// Advisories of the same CVE for other packages: what they say of severity and title holds here too. Bulletins of
    /// other distributions speak of their own updates.
    fn others(&self, group: &Group<'_, 'a, '_>) -> Result<Vec<Advisory<'a>>> {
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
            if self.blocks.len() >= 1024 {
                self.blocks.clear();
            }
            self.blocks.insert(advisory.block, self.database.block(advisory.block)?);
        }
        let block = self.blocks.get(&advisory.block).map(Vec::as_slice).unwrap_or_default();
        Database::text(block, advisory.at)
    }
}
