//! `seawall affected`: which digests an advisory reaches, out of the stored inventories alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use seawall_advisories::Database;
use seawall_findings::{Digest, Distribution, Finding, Package, PackageRef};
use seawall_ledger::{Entry, HeldPackage, Kind, Ledger, MAX_PACKAGES};
use serde::Serialize;

use crate::cli::{Affected, Format};
use crate::commands::trail::visible;
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};

/// One digest and what reaches it.
#[derive(Serialize)]
struct Reached {
    digest: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Worst first.
    findings: Vec<Finding>,
    /// Where a container of it was seen running, newest last; nobody says here that it still is.
    running: Vec<Seen>,
}

/// A container that was seen.
#[derive(Serialize)]
struct Seen {
    /// `pod shop/web-1`, `container 3f2a…`, as its summary says.
    place: String,
    /// RFC 3339.
    time: String,
}

pub(crate) async fn run(context: &Context, arguments: Affected) -> Result<()> {
    let ledger = context.ledger_to_read().await?;
    let database = context.database()?;
    let held = packages(ledger.as_ref()).await?;
    let mut findings = matches(&held, &database)?;
    if let Some(path) = &arguments.since {
        if !path.is_file() {
            return Err(Failure::usage(format!("there is no advisory database at {}", path.display())));
        }
        let old = matches(&held, &Database::open(path).or_unfinished()?)?;
        let known: BTreeSet<(u64, String)> =
            old.into_iter().map(|(package, finding)| (package, finding.id)).collect();
        findings.retain(|(package, finding)| !known.contains(&(*package, finding.id.clone())));
    } else {
        findings.retain(|(_, finding)| arguments.ids.iter().any(|id| is_called(finding, id)));
    }
    let reached = reached(ledger.as_ref(), findings).await?;
    if reached.is_empty() {
        let unknown: Vec<&str> = arguments
            .ids
            .iter()
            .filter(|id| !database.knows(id).unwrap_or(true))
            .map(String::as_str)
            .collect();
        if !unknown.is_empty() {
            let what = format!("the advisory database holds nothing called {}", unknown.join(", "));
            return Err(Failure::usage(what).hint("compile a newer one with `seawall db build`"));
        }
    }
    let text = match arguments.format {
        Format::Json => serde_json::to_string_pretty(&reached).or_unfinished()?,
        Format::Text => written(&reached, held.len()),
    };
    context.printer.result(&text);
    Ok(())
}

fn is_called(finding: &Finding, id: &str) -> bool {
    let names = [&finding.id].into_iter().chain(&finding.aliases).chain(&finding.sources);
    names.into_iter().any(|name| name.eq_ignore_ascii_case(id))
}

async fn packages(ledger: &dyn Ledger) -> Result<Vec<HeldPackage>> {
    let mut held: Vec<HeldPackage> = Vec::new();
    loop {
        let after = held.last().map_or(0, |last| last.id);
        let page = ledger.packages(after, MAX_PACKAGES).await.or_unfinished()?;
        let is_last = page.len() < MAX_PACKAGES as usize;
        held.extend(page);
        if is_last {
            return Ok(held);
        }
    }
}

/// What the database says of each package, by the package's number. Packages are matched together by distribution, and
/// findings are led back by what they repeat of their package.
fn matches(held: &[HeldPackage], database: &Database) -> Result<Vec<(u64, Finding)>> {
    let mut by_distribution: BTreeMap<String, (Option<Distribution>, Vec<&HeldPackage>)> = BTreeMap::new();
    for package in held {
        let key = package.distribution.as_ref().map_or(String::new(), |d| format!("{}\n{}", d.id, d.version));
        by_distribution
            .entry(key)
            .or_insert_with(|| (package.distribution.clone(), Vec::new()))
            .1
            .push(package);
    }
    let mut found = Vec::new();
    for (distribution, group) in by_distribution.into_values() {
        let packages: Vec<Package> = group.iter().map(|held| held.package.clone()).collect();
        let mut numbers: HashMap<String, Vec<u64>> = HashMap::new();
        for held in group {
            numbers.entry(key(&PackageRef::from(&held.package))).or_default().push(held.id);
        }
        for finding in database.find(&distribution, &packages).or_unfinished()? {
            let Some(package) = &finding.package else { continue };
            for number in numbers.get(&key(package)).into_iter().flatten() {
                found.push((*number, finding.clone()));
            }
        }
    }
    // Two packages that differ in what a finding does not repeat give the same finding each.
    found.sort_by(|(a, x), (b, y)| (a, &x.id).cmp(&(b, &y.id)));
    found.dedup_by(|(a, x), (b, y)| (a, &x.id) == (b, &y.id));
    Ok(found)
}

fn key(package: &PackageRef) -> String {
    format!("{}\n{}\n{}\n{}", package.kind, package.name, package.version, package.purl)
}

async fn reached(ledger: &dyn Ledger, findings: Vec<(u64, Finding)>) -> Result<Vec<Reached>> {
    let mut by_package: BTreeMap<u64, Vec<Finding>> = BTreeMap::new();
    for (package, finding) in findings {
        by_package.entry(package).or_default().push(finding);
    }
    let asked: Vec<u64> = by_package.keys().copied().collect();
    let mut reached: BTreeMap<Digest, Reached> = BTreeMap::new();
    let mut ran = BTreeSet::new();
    for holder in ledger.holders(&asked).await.or_unfinished()? {
        if holder.ran {
            ran.insert(holder.digest.clone());
        }
        let entry = reached.entry(holder.digest.clone()).or_insert_with(|| Reached {
            digest: holder.digest,
            name: holder.name,
            findings: Vec::new(),
            running: Vec::new(),
        });
        entry.findings.extend(by_package.get(&holder.package).into_iter().flatten().cloned());
    }
    for digest in ran {
        let trail = ledger.trail(&digest).await.or_unfinished()?;
        if let Some(one) = reached.get_mut(&digest) {
            one.running = trail.iter().filter(|entry| entry.new.kind == Kind::Running).map(seen).collect();
        }
    }
    let mut reached: Vec<Reached> = reached.into_values().collect();
    for one in &mut reached {
        one.findings.sort_by(|a, b| {
            (b.risk, b.severity, &a.id, &a.package.as_ref().map(|p| &p.name)).cmp(&(
                a.risk,
                a.severity,
                &b.id,
                &b.package.as_ref().map(|p| &p.name),
            ))
        });
        one.findings.dedup();
    }
    // What runs comes first, then what is worst.
    let rank = |one: &Reached| {
        (one.running.is_empty(), std::cmp::Reverse(one.findings.iter().map(|f| (f.risk, f.severity)).max()))
    };
    reached.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
    Ok(reached)
}

fn seen(entry: &Entry) -> Seen {
    let summary = &entry.new.summary;
    Seen {
        place: summary.strip_prefix("runs in ").unwrap_or(summary).to_owned(),
        time: entry.new.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

fn written(reached: &[Reached], packages: usize) -> String {
    if reached.is_empty() {
        return format!("no digest is affected ({packages} packages of stored inventories were matched)");
    }
    let mut out = String::new();
    for one in reached {
        let _ = writeln!(out, "{}  {}", visible(one.name.as_deref().unwrap_or("(no name)")), one.digest);
        for finding in &one.findings {
            let package = finding.package.as_ref().map_or(String::new(), |package| {
                format!("{} {}", visible(&package.name), visible(&package.version))
            });
            let exploited = if finding.exploited { ", exploited" } else { "" };
            let fixed = match finding.fixed.as_slice() {
                [] => "no fix known".to_owned(),
                fixed => format!("fixed in {}", fixed.join(", ")),
            };
            let _ = writeln!(out, "    {} {}{exploited}: {package}, {fixed}", finding.id, finding.severity);
        }
        if let Some(last) = one.running.last() {
            let places: BTreeSet<&str> = one.running.iter().map(|seen| seen.place.as_str()).collect();
            let places: Vec<String> = places.into_iter().map(visible).collect();
            let _ = writeln!(out, "    seen running, last at {}: {}", last.time, places.join(", "));
        }
    }
    let running = reached.iter().filter(|one| !one.running.is_empty()).count();
    let are = if reached.len() == 1 { "digest is" } else { "digests are" };
    let _ = write!(out, "{} {are} affected, {running} seen running", reached.len());
    out
}
