//! Exceptions over findings: which they cover, and a whole report with them applied.

use jiff::civil::Date;
use seawall_findings::{Finding, Report, Subject, Suppression};

use crate::{Exception, Policy};

impl Exception {
    /// Whether it is about this finding, wherever that is: by id, package, purl and path.
    pub(crate) fn covers(&self, finding: &Finding) -> bool {
        let names_it =
            self.id == finding.id || finding.aliases.contains(&self.id) || finding.sources.contains(&self.id);
        let package = finding.package.as_ref();
        let in_package = self.packages.is_empty()
            || package.is_some_and(|package| {
                self.packages
                    .iter()
                    .any(|name| *name == package.name || Some(name) == package.source_name.as_ref())
            });
        let in_purl = self.purls.is_empty()
            || package.is_some_and(|package| self.purls.iter().any(|purl| means(purl, &package.purl)));
        let in_path = self.paths.is_empty() || self.paths.matches(&finding.location.path);
        names_it && in_package && in_purl && in_path
    }

    /// What a finding that it covers carries from then on.
    pub(crate) fn suppression(&self, policy: &str) -> Suppression {
        Suppression {
            by: format!("policy {policy}"),
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            until: Some(self.until.to_string()),
        }
    }
}

/// `pkg:npm/lodash` means every version, `pkg:npm/lodash@4.17.15` that one whatever its qualifiers, and a whole purl
/// itself.
fn means(wanted: &str, purl: &str) -> bool {
    purl.strip_prefix(wanted).is_some_and(|rest| {
        rest.is_empty()
            || rest.starts_with(['@', '?', '#']) && !(wanted.contains('@') && rest.starts_with('@'))
    })
}

/// Marks what the policies' exceptions cover, as far as they hold today and mean this subject; they are shown and do not
/// count. What is marked already stays as it is.
pub fn except(policies: &[Policy], report: &mut Report, today: Date) {
    let repository = match &report.subject {
        Subject::Image { reference, .. } => {
            let name = reference.split('@').next().unwrap_or_default();
            match name.rsplit_once(':') {
                Some((repository, tag)) if !tag.contains('/') => repository.to_owned(),
                _ => name.to_owned(),
            }
        }
        // Exceptions for some images say nothing of folders.
        _ => String::new(),
    };
    let applies = |globs: &crate::Globs| globs.is_empty() || globs.matches(&repository);
    for policy in policies.iter().filter(|policy| applies(&policy.matching.images)) {
        for exception in policy.exceptions.iter().filter(|one| one.active(today) && applies(&one.images)) {
            for finding in &mut report.findings {
                if finding.suppressed.is_none() && exception.covers(finding) {
                    finding.suppressed = Some(exception.suppression(&policy.name));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::means;

    #[test]
    fn a_purl_means_its_package_version_or_itself() {
        let purl = "pkg:deb/debian/curl@7.88.1?arch=amd64&distro=debian-12";
        for wanted in ["pkg:deb/debian/curl", "pkg:deb/debian/curl@7.88.1", purl] {
            assert!(means(wanted, purl), "{wanted}");
        }
        for wanted in ["pkg:deb/debian/cur", "pkg:deb/debian/curl@7.88", "pkg:npm/curl"] {
            assert!(!means(wanted, purl), "{wanted}");
        }
    }
}
