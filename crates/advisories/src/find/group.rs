//! Which records speak of the same vulnerability, and what they say together.
//!
//! Aliases are the same thing under another name. An upstream id is what a distribution's record is about: one id makes
//! the two the same, several make the record a bulletin that speaks of each. A record that lists several CVEs speaks of
//! each as well, so that no CVE hides behind another.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use seawall_findings::{Cvss, Score, Severity, Status};

use crate::cvss_score::{self, Rating};
use crate::database::{Advisory, Posting};
use crate::range::EventKind;
use crate::version::Scheme;

/// One record about one package, and whether the installed version is affected.
#[derive(Debug)]
pub(super) struct Hit<'a, 'p> {
    pub(super) advisory: Advisory<'a>,
    /// The installed version by the name that the record uses.
    version: Cow<'p, str>,
    postings: Vec<Posting<'a>>,
    affected: bool,
}

/// One vulnerability of one package.
#[derive(Debug)]
pub(super) struct Group<'h, 'a, 'p> {
    /// The CVE where there is one.
    pub(super) id: &'a str,
    /// All that say so: a distribution's own record of the vulnerability first, bulletins last.
    pub(super) hits: Vec<&'h Hit<'a, 'p>>,
}

/// How many CVSS vectors a finding carries.
const MAX_VECTORS: usize = 6;

/// How the ids of distributions' update bulletins begin.
const BULLETINS: [&str; 24] = [
    "DSA-",
    "DLA-",
    "DTSA-",
    "USN-",
    "LSN-",
    "ALSA-",
    "ALBA-",
    "ALEA-",
    "RLSA-",
    "RXSA-",
    "RHSA-",
    "RHBA-",
    "RHEA-",
    "RLBA-",
    "RLEA-",
    "OESA-",
    "AZL-",
    "PHSA-",
    "ALAS",
    "CLSA-",
    "SUSE-",
    "openSUSE-",
    "ELSA-",
    "MGASA-",
];

/// Whether a record is a bulletin about an update, and not about one vulnerability.
pub(crate) fn is_bulletin(id: &str) -> bool {
    BULLETINS.iter().any(|prefix| id.starts_with(prefix))
}

impl<'a, 'p> Hit<'a, 'p> {
    pub(super) fn of(
        advisory: Advisory<'a>,
        mut postings: Vec<Posting<'a>>,
        scheme: Scheme,
        version: Cow<'p, str>,
    ) -> Self {
        postings.retain(|posting| scheme != Scheme::Rpm || is_of_same_build(posting, &version));
        let affected = postings.iter().any(|p| p.affects.affects(scheme, &version));
        Self { advisory, version, postings, affected }
    }

    /// Whether it says where the vulnerability ends: one that does not cannot contradict a fix.
    fn has_end(&self) -> bool {
        let ends = |(kind, _): &(EventKind, &str)| *kind != EventKind::Introduced;
        self.postings
            .iter()
            .any(|p| !p.affects.versions.is_empty() || p.affects.ranges.iter().flatten().any(ends))
    }

    fn affects(&self, scheme: Scheme, version: &str) -> bool {
        self.postings.iter().any(|p| p.affects.affects(scheme, version))
    }

    /// The rating of the package where it is given, else of the record; each part by itself.
    fn rating(&self) -> Rating {
        let of_package = self.postings.iter().map(|p| p.rating);
        let worst = of_package.reduce(|a, b| Rating {
            tenths: a.tenths.max(b.tenths),
            word: a.word.max(b.word),
            status: a.status.or(b.status),
        });
        let (package, record) = (worst.unwrap_or_default(), self.advisory.rating);
        Rating {
            tenths: if package.tenths > 0 { package.tenths } else { record.tenths },
            word: if package.word > Severity::Unknown { package.word } else { record.word },
            status: package.status.or(record.status),
        }
    }
}

/// Packages of a module are built apart, and those of the plain distribution are not judged by their fixes, nor the other
/// way round (`1:18.19.0-1.module_el8.9.0+…` against `1:10.24.0-1.el8`).
fn is_of_same_build(posting: &Posting<'_>, version: &str) -> bool {
    let is_modular = |version: &str| version.contains(".module");
    let mut fixes = posting.affects.ranges.iter().flatten().filter(|(kind, _)| *kind == EventKind::Fixed);
    fixes.all(|(_, fix)| is_modular(fix) == is_modular(version))
}

/// The ids that a record speaks of: (the same under other names, each of several).
fn names<'a>(advisory: &Advisory<'a>) -> (Vec<&'a str>, Vec<&'a str>) {
    let is_cve = |id: &&'a str| id.starts_with("CVE-");
    let mut same = vec![advisory.id];
    let (cves, others): (Vec<&str>, Vec<&str>) = advisory.aliases.iter().partition(|id| is_cve(id));
    same.extend(others);
    let mut about: BTreeSet<&str> = cves.into_iter().collect();
    if !is_cve(&advisory.id) {
        // A bulletin may name `UBUNTU-CVE-…` or `GHSA-…` beside the CVE itself.
        let (cves, others): (Vec<&str>, Vec<&str>) = advisory.upstream.iter().partition(|id| is_cve(id));
        about.extend(if cves.is_empty() { &others } else { &cves });
        if cves.len() == 1 {
            same.extend(others.iter().filter(|id| id.starts_with("GHSA-")));
        }
    }
    if is_cve(&advisory.id) {
        about.insert(advisory.id);
    }
    match about.len() {
        0 => (same, vec![]),
        1 => {
            same.extend(about);
            (same, vec![])
        }
        _ => {
            same.retain(|id| !is_cve(id));
            (same, about.into_iter().collect())
        }
    }
}

/// Sets of names that mean the same, each known by its least member at last.
#[derive(Default)]
struct Names<'a> {
    parent: BTreeMap<&'a str, &'a str>,
}

impl<'a> Names<'a> {
    fn root(&self, mut name: &'a str) -> &'a str {
        while let Some(parent) = self.parent.get(name).copied().filter(|parent| *parent != name) {
            name = parent;
        }
        name
    }

    /// The better name of the two becomes the root, so that paths only lead to better names and end.
    fn join(&mut self, a: &'a str, b: &'a str) {
        let (a, b) = (self.root(a), self.root(b));
        let (root, child) = if rank(a) <= rank(b) { (a, b) } else { (b, a) };
        self.parent.insert(child, root);
    }
}

/// CVE before GHSA before all others, then by text.
fn rank(id: &str) -> (u8, &str) {
    let class = match id {
        id if id.starts_with("CVE-") => 0,
        id if id.starts_with("GHSA-") => 1,
        _ => 2,
    };
    (class, id)
}

/// Groups the records that affect the installed version, ordered by id.
pub(super) fn groups<'h, 'a, 'p>(hits: &'h [Hit<'a, 'p>], is_os: bool) -> Vec<Group<'h, 'a, 'p>> {
    let mut same = Names::default();
    for hit in hits {
        let (names, _) = names(&hit.advisory);
        for name in &names {
            same.join(names[0], name);
        }
    }
    let subjects = |hit: &Hit<'a, 'p>| -> Vec<&'a str> {
        let (own, each) = names(&hit.advisory);
        let named = if each.is_empty() { vec![own[0]] } else { each };
        let mut roots: Vec<&str> = named.into_iter().map(|name| same.root(name)).collect();
        roots.sort_unstable();
        roots.dedup();
        roots
    };
    // The distribution's record of one vulnerability decides over bulletins that mention it among others.
    let cleared: BTreeSet<&str> = hits
        .iter()
        .filter(|hit| is_os && !hit.affected && !is_bulletin(hit.advisory.id))
        .flat_map(subjects)
        .collect();
    let mut groups: BTreeMap<&str, Vec<&Hit<'a, 'p>>> = BTreeMap::new();
    for hit in hits.iter().filter(|hit| hit.affected) {
        for id in subjects(hit) {
            if !(is_bulletin(hit.advisory.id) && cleared.contains(id)) {
                groups.entry(id).or_default().push(hit);
            }
        }
    }
    let group = |(id, mut hits): (&'a str, Vec<&'h Hit<'a, 'p>>)| {
        hits.sort_by_key(|hit| {
            (is_bulletin(hit.advisory.id), hit.advisory.upstream.is_empty(), rank(hit.advisory.id))
        });
        Group { id, hits }
    };
    groups.into_iter().map(group).collect()
}

impl<'a> Group<'_, 'a, '_> {
    /// The other names of the vulnerability, sorted. Distributions' own record ids are sources, not names.
    pub(super) fn aliases(&self) -> Vec<String> {
        let mut aliases = BTreeSet::new();
        for hit in &self.hits {
            let (same, _) = names(&hit.advisory);
            let is_name = |name: &&str| hit.advisory.upstream.is_empty() || *name != hit.advisory.id;
            aliases.extend(same.into_iter().filter(is_name));
        }
        aliases.into_iter().filter(|id| *id != self.id).map(str::to_owned).collect()
    }

    /// The id and every CVE among the aliases.
    pub(super) fn ids(&self) -> impl Iterator<Item = &'a str> {
        let aliases = self.hits.iter().flat_map(|hit| {
            let (same, _) = names(&hit.advisory);
            same.into_iter().filter(|id| id.starts_with("CVE-"))
        });
        let ids: BTreeSet<&str> = aliases.chain([self.id]).collect();
        ids.into_iter()
    }

    /// The fixed versions that apply to the installed one and that no record which decides calls affected.
    pub(super) fn fixed(&self, scheme: Scheme) -> Vec<String> {
        let own = self.hits.iter().filter(|hit| !is_bulletin(hit.advisory.id));
        let own: Vec<_> = own.filter(|hit| !hit.advisory.upstream.is_empty()).collect();
        let deciding = if own.is_empty() { self.hits.iter().collect() } else { own };
        let fixed: Vec<&str> = deciding
            .iter()
            .flat_map(|hit| hit.postings.iter().map(|posting| posting.affects.fixes(scheme, &hit.version)))
            .flatten()
            .filter(|fix| !deciding.iter().any(|hit| hit.has_end() && hit.affects(scheme, fix)))
            .collect();
        let mut fixed = Scheme::sort(fixed, |a, b| scheme.compare(a, b).then_with(|| a.cmp(b)));
        fixed.dedup_by(|a, b| scheme.compare(a, b).is_eq());
        fixed.into_iter().map(str::to_owned).collect()
    }

    /// A distribution's word wins for its own packages, as it knows how it builds them; otherwise the score, then a word,
    /// then what other records of the same CVE say. A malicious package is critical.
    pub(super) fn severity(&self, is_os: bool, others: &[Advisory<'_>]) -> Severity {
        if self.hits.iter().any(|hit| hit.advisory.id.starts_with("MAL-")) {
            return Severity::Critical;
        }
        let own: Vec<Rating> = self.hits.iter().map(|hit| hit.rating()).collect();
        let others: Vec<Rating> = others.iter().map(|advisory| advisory.rating).collect();
        let word = |ratings: &[Rating]| ratings.iter().map(|r| r.word).max().unwrap_or_default();
        let score = |ratings: &[Rating]| ratings.iter().map(|r| r.score()).max().unwrap_or_default();
        let own_answers = if is_os { [word(&own), score(&own)] } else { [score(&own), word(&own)] };
        let known = own_answers.into_iter().chain([score(&others), word(&others)]);
        known.into_iter().find(|severity| *severity > Severity::Unknown).unwrap_or_default()
    }

    /// What the publisher says of a fix: `fixed` where there is one to go to, else what the record that decides states.
    pub(super) fn status(&self, fixed: &[String]) -> Status {
        if !fixed.is_empty() {
            return Status::Fixed;
        }
        let stated = self.hits.iter().filter_map(|hit| hit.rating().status).find(|s| *s != Status::Fixed);
        stated.unwrap_or(Status::Affected)
    }

    /// The vectors of all records, each once with the first that gives it; the newest version of the standard first.
    pub(super) fn cvss(&self, others: &[Advisory<'_>]) -> Vec<Cvss> {
        let mut vectors: Vec<(u8, &str, &str)> = vec![];
        let own = self.hits.iter().map(|hit| (&hit.advisory, hit.postings.as_slice()));
        for (advisory, postings) in own.chain(others.iter().map(|advisory| (advisory, &[][..]))) {
            let of_package: Vec<_> = postings.iter().flat_map(|posting| &posting.vectors).collect();
            let given = if of_package.is_empty() { advisory.vectors.iter().collect() } else { of_package };
            for (tenths, vector) in given {
                if !vectors.iter().any(|(_, known, _)| known == vector) {
                    vectors.push((*tenths, *vector, advisory.id));
                }
            }
        }
        vectors.sort_by_key(|(_, vector, _)| Reverse(cvss_score::version(vector)));
        vectors.truncate(MAX_VECTORS);
        let cvss = |(tenths, vector, source): (u8, &str, &str)| Cvss {
            version: cvss_score::version(vector).to_owned(),
            vector: vector.to_owned(),
            score: Score::tenths(tenths),
            source: source.to_owned(),
        };
        vectors.into_iter().map(cvss).collect()
    }

    /// The first day that any of its records, else any other of the same CVE, gives.
    pub(super) fn published(&self, others: &[Advisory<'_>]) -> Option<String> {
        let first = |dates: &mut dyn Iterator<Item = &str>| {
            dates.filter(|d| !d.is_empty() && !d.starts_with("1970-")).min().map(str::to_owned)
        };
        first(&mut self.hits.iter().map(|hit| hit.advisory.published))
            .or_else(|| first(&mut others.iter().map(|advisory| advisory.published)))
    }
}
