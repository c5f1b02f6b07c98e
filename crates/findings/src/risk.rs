//! One number to sort by: what to look at first. `docs/risk.md` explains it with examples.

use crate::{Epss, Finding, FindingKind, Severity};

/// The least risk of what is known to be exploited; the most of anything else is one below.
const EXPLOITED: u8 = 90;

/// The risk of a finding, 0 to 100, from what it says of itself:
///
/// ```text
/// impact   = the CVSS base score × 10, moved into the band of the severity
/// exploited (KEV):      90 + impact / 10
/// other vulnerability:  impact × (0.50 + 0.40 × √EPSS) + 5 where a fix is known, at most 89
/// anything else:        impact × 0.90, at most 89
/// ```
pub fn risk(finding: &Finding) -> u8 {
    let impact = f64::from(impact(finding));
    let most = f64::from(EXPLOITED - 1);
    let risk = if finding.exploited {
        f64::from(EXPLOITED) + impact / 10.0
    } else if finding.kind == FindingKind::Vulnerability {
        let fix = if finding.fixed.is_empty() { 0.0 } else { 5.0 };
        (impact * (0.5 + 0.4 * probability(finding.epss).sqrt()) + fix).min(most)
    } else {
        (impact * 0.9).min(most)
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
    let risk = risk.round().clamp(0.0, 100.0) as u8;
    risk
}

impl Finding {
    /// Sets [`Finding::risk`] from the rest of the finding.
    pub fn rate(&mut self) {
        self.risk = Some(risk(self));
    }
}

/// The severity decides the band, as the publisher knows how its package is built; the score, where there is one, says
/// where in the band.
pub(crate) fn impact(finding: &Finding) -> u8 {
    let (low, usual, high) = match finding.severity {
        Severity::Critical => (90, 95, 100),
        Severity::High => (70, 80, 89),
        Severity::Medium => (40, 55, 69),
        Severity::Low => (10, 25, 39),
        Severity::Negligible => (1, 5, 9),
        // Nobody has looked yet: not the least of all.
        Severity::Unknown => (1, 40, 100),
    };
    finding.cvss.first().map_or(usual, |cvss| cvss.score.as_tenths().clamp(low, high))
}

/// Where EPSS says nothing: about what half of all scored vulnerabilities stay below.
fn probability(epss: Option<Epss>) -> f64 {
    epss.map_or(0.001, |epss| f64::from(epss.probability))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cvss, Fraction, Score};

    fn finding(severity: Severity, score: Option<u8>, epss: Option<f64>, fixed: bool) -> Finding {
        let mut finding = Finding::new(FindingKind::Vulnerability, "CVE-2024-1", severity, "");
        finding.cvss = score
            .map(|tenths| Cvss {
                version: "3.1".into(),
                vector: String::new(),
                score: Score::tenths(tenths),
                source: "x".into(),
            })
            .into_iter()
            .collect();
        finding.epss = epss.map(|p| Epss { probability: Fraction::from(p), percentile: Fraction::from(p) });
        finding.fixed = if fixed { vec!["2".into()] } else { vec![] };
        finding
    }

    /// The examples of `docs/risk.md`.
    #[test]
    fn the_examples_of_the_document() {
        use Severity::{Critical, High, Low, Medium, Negligible, Unknown};
        let mut exploited = finding(High, Some(78), Some(0.9), true);
        exploited.exploited = true;
        assert_eq!(risk(&exploited), 98);
        for (finding, expected) in [
            (finding(Critical, Some(98), Some(0.94), true), 89),
            (finding(Critical, Some(98), Some(0.01), true), 58),
            (finding(Critical, Some(98), None, false), 50),
            (finding(High, Some(75), Some(0.05), true), 49),
            (finding(Medium, Some(98), Some(0.001), true), 40),
            (finding(Low, None, None, false), 13),
            (finding(Negligible, Some(98), None, false), 5),
            (finding(Unknown, None, None, false), 21),
        ] {
            assert_eq!(risk(&finding), expected, "{finding:?}");
        }
        let secret = Finding::new(FindingKind::Secret, "aws-access-key-id", Critical, "");
        assert_eq!(risk(&secret), 86);
    }

    #[test]
    fn more_of_anything_is_never_less_risk() {
        for severity in Severity::ALL {
            for score in (0..=100).step_by(7) {
                let of = |epss, fixed| risk(&finding(severity, Some(score), Some(epss), fixed));
                let mut last = 0;
                for epss in [0.0, 0.001, 0.01, 0.1, 0.5, 1.0] {
                    assert!(of(epss, false) >= last && of(epss, true) >= of(epss, false));
                    last = of(epss, false);
                    let mut exploited = finding(severity, Some(score), Some(epss), false);
                    exploited.exploited = true;
                    assert!(risk(&exploited) >= EXPLOITED && of(epss, true) < EXPLOITED);
                }
            }
        }
    }
}
