//! Whether a finding is accepted, and by whom.

use jiff::civil::Date;
use seawall_findings::{Finding, Suppression};

use super::Asked;
use crate::{Exception, ImageEvidence};

/// What stands between a finding and a denial.
pub(super) enum Excuse {
    /// It holds.
    Accepted(Suppression),
    /// It held once.
    Expired { owner: String, until: String },
}

/// The policy's exceptions first, one that holds before one that expired; then what the report brought along (a VEX
/// statement), while it holds.
pub(super) fn excuse(asked: Asked<'_>, finding: &Finding, image: Option<&ImageEvidence>) -> Option<Excuse> {
    let today = asked.question.today;
    let mut expired = None;
    for exception in &asked.policy.exceptions {
        if !covers(exception, finding, asked, image) {
            continue;
        }
        if exception.active(today) {
            return Some(Excuse::Accepted(exception.suppression(&asked.policy.name)));
        }
        expired.get_or_insert(Excuse::Expired {
            owner: exception.owner.clone(),
            until: exception.until.to_string(),
        });
    }
    if let Some(suppression) = &finding.suppressed {
        let until = suppression.until.as_deref();
        // A date that cannot be read has passed.
        if until.is_none_or(|text| text.parse::<Date>().is_ok_and(|until| today <= until)) {
            return Some(Excuse::Accepted(suppression.clone()));
        }
        let until = until.unwrap_or_default().to_owned();
        expired.get_or_insert(Excuse::Expired { owner: suppression.owner.clone(), until });
    }
    expired
}

fn covers(exception: &Exception, finding: &Finding, asked: Asked<'_>, image: Option<&ImageEvidence>) -> bool {
    let of_image = |image: &ImageEvidence| {
        exception.images.matches(&image.repository) || exception.images.matches(&image.reference)
    };
    let in_image = exception.images.is_empty()
        || match image {
            Some(image) => of_image(image),
            // A finding about a manifest: every image it runs must be meant.
            None => !asked.question.images.is_empty() && asked.question.images.iter().all(of_image),
        };
    in_image && exception.covers(finding)
}
