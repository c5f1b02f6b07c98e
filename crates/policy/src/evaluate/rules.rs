//! `deny` and `warn`: what the report of an image says, and checks of manifests.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use seawall_findings::{Finding, FindingKind, Report};

use super::exceptions::{Excuse, excuse};
use super::{Asked, subject};
use crate::{CheckRule, ImageEvidence, LicenceRule, Outcome, Reason, Rule, RuleKind, VulnerabilityRule};

/// Every rule with its name in reasons and what it says when it matches.
pub(super) fn rules(asked: Asked<'_>) -> impl Iterator<Item = (String, Outcome, &Rule)> {
    let deny = asked.policy.deny.iter().enumerate().map(|(index, rule)| ("deny", Outcome::Deny, index, rule));
    let warn = asked.policy.warn.iter().enumerate().map(|(index, rule)| ("warn", Outcome::Warn, index, rule));
    deny.chain(warn).map(|(list, outcome, index, rule)| {
        (format!("{list}[{index}].{}", rule.kind.as_str()), outcome, rule)
    })
}

/// The rules about what is in an image, over one image.
pub(super) fn images(asked: Asked<'_>, image: &ImageEvidence, reasons: &mut Vec<Reason>) {
    let name = subject(image);
    let mut told = false;
    let mut denied: HashSet<*const Finding> = HashSet::new();
    for (rule, outcome, what) in rules(asked) {
        let Some(kind) = looks_for(&what.kind) else { continue };
        let report = match usable(image, kind) {
            Ok(report) => report,
            // Said once: `deny` comes first, so it is as bad as the worst rule that needs the report.
            Err((message, remedy)) => {
                reasons.push(asked.reason(rule, outcome, &name, message, &remedy));
                if image.report.is_none() {
                    return;
                }
                continue;
            }
        };
        if !report.problems.is_empty() && !told {
            told = true;
            let message = format!("parts of the image could not be read: {}", report.problems.join("; "));
            reasons.push(asked.reason(
                rule.clone(),
                Outcome::Warn,
                &name,
                message,
                "see what the scan says of these files",
            ));
        }
        if let RuleKind::Licence(wanted) = &what.kind {
            licences(asked, image, report, wanted, &rule, outcome, reasons);
            continue;
        }
        for finding in report.findings.iter().filter(|finding| matches(&what.kind, finding, asked)) {
            if !first_word(&mut denied, finding, outcome) {
                continue;
            }
            let mut reason = asked.reason(rule.clone(), outcome, &name, describe(finding), &remedy(finding));
            reason.finding = Some(finding.id.clone());
            reasons.push(settle(asked, finding, Some(image), reason));
        }
    }
}

fn looks_for(rule: &RuleKind) -> Option<FindingKind> {
    match rule {
        RuleKind::Vulnerability(_) => Some(FindingKind::Vulnerability),
        RuleKind::Finding(rule) => Some(rule.kind),
        RuleKind::Licence(_) => Some(FindingKind::Licence),
        RuleKind::Check(_) | RuleKind::Expression(_) => None,
    }
}

fn matches(rule: &RuleKind, finding: &Finding, asked: Asked<'_>) -> bool {
    match rule {
        RuleKind::Vulnerability(wanted) => matches_vulnerability(wanted, finding, asked.question.today),
        RuleKind::Finding(wanted) => {
            let named = |name: &String| wanted.ids.matches(name);
            finding.kind == wanted.kind
                && (wanted.ids.is_empty() || named(&finding.id) || finding.aliases.iter().any(named))
                && wanted.severity.is_none_or(|least| finding.severity >= least)
        }
        RuleKind::Check(_) | RuleKind::Licence(_) | RuleKind::Expression(_) => false,
    }
}

/// One reason a package. Exceptions name the licence or the package: their id is the licence as it is written.
fn licences(
    asked: Asked<'_>,
    image: &ImageEvidence,
    report: &Report,
    wanted: &LicenceRule,
    rule: &str,
    outcome: Outcome,
    reasons: &mut Vec<Reason>,
) {
    for package in &report.packages {
        let Some(wrong) = wanted.wrong(&package.licences) else { continue };
        let id =
            if package.licences.is_empty() { "unknown".to_owned() } else { package.licences.join(" AND ") };
        let finding = Finding {
            package: Some(package.into()),
            location: package.location.clone(),
            ..Finding::new(FindingKind::Licence, id, seawall_findings::Severity::Unknown, wrong)
        };
        let message = format!("{} {}: {}", package.name, package.version, finding.title);
        let remedy = "replace the package, or write an exception with reason, owner and date";
        let mut reason = asked.reason(rule.to_owned(), outcome, &subject(image), message, remedy);
        reason.finding = Some(finding.id.clone());
        reasons.push(settle(asked, &finding, Some(image), reason));
    }
}

/// The report, where it is a scan of this digest against advisories.
fn usable(image: &ImageEvidence, kind: FindingKind) -> Result<&Report, (String, String)> {
    let why =
        if image.problems.is_empty() { String::new() } else { format!(" ({})", image.problems.join("; ")) };
    let scan = format!("scan it: seawall scan image {}", subject(image));
    let Some(report) = &image.report else {
        return Err((format!("not scanned{why}"), scan));
    };
    if matches!(kind, FindingKind::Secret | FindingKind::Hygiene) && !report.looked_for.contains(&kind) {
        let what = if kind == FindingKind::Secret { "secret" } else { "hygiene" };
        return Err((format!("the scan did not look for {what}"), format!("{scan} --scanners {what}")));
    }
    if kind == FindingKind::Vulnerability && report.database.is_none() {
        return Err(("scanned, but not matched against advisories".into(), format!("{scan} --db FILE")));
    }
    if let Some(digest) = &image.digest {
        let of_it = match &report.subject {
            seawall_findings::Subject::Image { digest: index, manifest, .. } => {
                index == digest || manifest.as_ref() == Some(digest)
            }
            _ => false,
        };
        if !of_it {
            return Err((format!("the report is about {}, not about this digest", report.subject), scan));
        }
    }
    Ok(report)
}

fn matches_vulnerability(wanted: &VulnerabilityRule, finding: &Finding, today: Date) -> bool {
    finding.kind == FindingKind::Vulnerability
        && wanted.severity.is_none_or(|least| finding.severity >= least)
        && wanted.fixable.is_none_or(|fixable| fixable != finding.fixed.is_empty())
        && wanted.exploited.is_none_or(|exploited| exploited == finding.exploited)
        && wanted.grace_days.is_none_or(|days| grace_is_over(finding, days, today))
}

/// Grace runs from the day of publication; without a date there is none.
fn grace_is_over(finding: &Finding, days: u32, today: Date) -> bool {
    let published = finding.published.as_deref().and_then(|text| {
        text.parse::<Timestamp>()
            .map(|time| time.to_zoned_datetime(jiff::tz::TimeZone::UTC).date())
            .or_else(|_| text.parse::<Date>())
            .ok()
    });
    published.is_none_or(|published| {
        today
            .since((jiff::Unit::Day, published))
            .is_ok_and(|passed| i64::from(passed.get_days()) > i64::from(days))
    })
}

fn describe(finding: &Finding) -> String {
    let exploited = if finding.exploited { ", known to be exploited" } else { "" };
    let package = finding
        .package
        .as_ref()
        .map(|package| format!(" in {} {}", package.name, package.version))
        .unwrap_or_default();
    let fix = finding
        .fixed
        .first()
        .map_or_else(|| ", no fix known".to_owned(), |version| format!(", fixed in {version}"));
    if finding.kind != FindingKind::Vulnerability {
        let place = match finding.position {
            Some(position) => format!("{}:{}", finding.location.path, position.line),
            None => finding.location.path.clone(),
        };
        let place = if place.is_empty() { place } else { format!(" in {place}") };
        return format!("{} ({}) {}{place}", finding.id, finding.severity, finding.title);
    }
    format!("{} ({}{exploited}){package}{fix}", finding.id, finding.severity)
}

fn remedy(finding: &Finding) -> String {
    match (&finding.package, finding.fixed.first()) {
        _ if !finding.remedy.is_empty() => finding.remedy.clone(),
        (Some(package), Some(version)) => format!("upgrade {} to {version}", package.name),
        (Some(package), None) => {
            format!("remove {}, or write an exception with reason, owner and date", package.name)
        }
        _ => "write an exception with reason, owner and date".into(),
    }
}

/// The check rules over the manifest.
pub(super) fn checks(asked: Asked<'_>, reasons: &mut Vec<Reason>) {
    let mut denied: HashSet<*const Finding> = HashSet::new();
    for (rule, outcome, what) in rules(asked) {
        let RuleKind::Check(wanted) = &what.kind else { continue };
        for finding in asked.question.checks.iter().filter(|finding| matches_check(wanted, finding)) {
            if !first_word(&mut denied, finding, outcome) {
                continue;
            }
            let place = match finding.position {
                Some(position) => format!("{}:{}:{}", finding.location.path, position.line, position.column),
                None => finding.location.path.clone(),
            };
            // In an admission request the place is the object, and the title begins with it as well.
            let title = finding.title.strip_prefix(&format!("{place}: ")).unwrap_or(&finding.title);
            let message = format!("{} ({}) {title}", finding.id, finding.severity);
            let mut reason = asked.reason(rule.clone(), outcome, &place, message, &finding.remedy);
            reason.finding = Some(finding.id.clone());
            reasons.push(settle(asked, finding, None, reason));
        }
    }
}

fn matches_check(wanted: &CheckRule, finding: &Finding) -> bool {
    finding.kind == FindingKind::Misconfiguration
        && match &wanted.ids {
            Some(ids) => ids.contains(&finding.id),
            // A matter of taste is held against somebody only where it is named.
            None => !seawall_checks::find(&finding.id).is_some_and(|check| check.opt_in),
        }
        && wanted.severity.is_none_or(|least| finding.severity >= least)
}

/// `warn` does not repeat what `deny` already said of the same finding: the usual pair is `deny` high, `warn` medium.
fn first_word(denied: &mut HashSet<*const Finding>, finding: &Finding, outcome: Outcome) -> bool {
    let new = !denied.contains(&std::ptr::from_ref(finding));
    if outcome == Outcome::Deny {
        denied.insert(finding);
        return true;
    }
    new
}

/// Lets a reason through where an exception covers the finding, and says so where one has expired.
pub(super) fn settle(
    asked: Asked<'_>,
    finding: &Finding,
    image: Option<&ImageEvidence>,
    mut reason: Reason,
) -> Reason {
    match excuse(asked, finding, image) {
        Some(Excuse::Accepted(suppression)) => {
            let until = suppression.until.as_deref().map(|day| format!(" until {day}")).unwrap_or_default();
            reason.outcome = Outcome::Allow;
            reason.message = format!(
                "{}; accepted by {}{until}: {}",
                reason.message, suppression.owner, suppression.reason
            );
            reason.remedy = String::new();
            reason.exception = Some(suppression);
        }
        Some(Excuse::Expired { owner, until }) => {
            reason.message = format!("{}; exception by {owner} expired on {until}", reason.message);
        }
        None => {}
    }
    reason
}
