//! Severity out of what a record says: CVSS vectors and words.

use seawall_findings::Severity;
use serde_json::Value;

use crate::osv::Score;

/// What one record or one affected package says of severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rating {
    /// CVSS base score times ten; 0 where there is none.
    pub(crate) tenths: u8,
    /// The word of the publisher.
    pub(crate) word: Severity,
}

impl Rating {
    /// The severity of the score, where there is one.
    pub(crate) fn score(self) -> Severity {
        Severity::from_cvss(f64::from(self.tenths) / 10.0)
    }

    /// Reads `severity`, and the places where publishers put a word.
    pub(crate) fn of(scores: &[Score], specific: &[Option<&Value>]) -> Self {
        Self { tenths: tenths(scores), word: word(scores, specific) }
    }
}

/// The score of CVSS v3 where there is one, as most thresholds are set on it; else v4, else v2. Vectors that do not
/// parse count as absent.
fn tenths(scores: &[Score]) -> u8 {
    ["CVSS_V3", "CVSS_V4", "CVSS_V2"]
        .iter()
        .filter_map(|kind| {
            let of_kind = scores.iter().filter(|s| s.kind == *kind);
            of_kind.filter_map(|s| base_score(&s.score)).max()
        })
        .find(|tenths| *tenths > 0)
        .unwrap_or(0)
}

#[allow(clippy::cast_sign_loss, reason = "a CVSS score is between 0 and 10")]
fn base_score(vector: &str) -> Option<u8> {
    let vector = vector.trim().trim_end_matches('/');
    let vector: cvss::Cvss = vector.parse().ok()?;
    Some((vector.score() * 10.0).round().clamp(0.0, 100.0) as u8)
}

/// `severity[].score` of a distribution, `database_specific.severity` (GHSA), `ecosystem_specific.urgency` (Debian),
/// `.severity` and `.ubuntu_priority`. The worst, should several be given.
fn word(scores: &[Score], specific: &[Option<&Value>]) -> Severity {
    let words = scores.iter().filter(|s| !s.kind.starts_with("CVSS")).map(|s| s.score.as_str());
    let keys = ["severity", "urgency", "ubuntu_priority", "priority"];
    let values =
        specific.iter().flatten().flat_map(|value| keys.iter().filter_map(|key| value.get(key)?.as_str()));
    words.chain(values).filter_map(|word| word.parse().ok()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(scores: &[(&str, &str)]) -> Rating {
        let scores: Vec<Score> = scores
            .iter()
            .map(|(kind, score)| Score { kind: (*kind).into(), score: (*score).into() })
            .collect();
        Rating::of(&scores, &[])
    }

    #[test]
    fn vectors_of_every_version() {
        assert_eq!(rate(&[("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")]).tenths, 98);
        assert_eq!(
            rate(&[("CVSS_V3", "CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L")]).score(),
            Severity::Low
        );
        assert_eq!(
            rate(&[("CVSS_V4", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")]).tenths,
            93
        );
        assert_eq!(rate(&[("CVSS_V2", "AV:N/AC:L/Au:N/C:C/I:C/A:C")]).tenths, 100);
        assert_eq!(rate(&[("CVSS_V3", "nonsense")]), Rating::default());
    }

    #[test]
    fn words_of_publishers() {
        assert_eq!(rate(&[("Ubuntu", "negligible")]).word, Severity::Negligible);
        let value = serde_json::json!({"severity": "MODERATE"});
        assert_eq!(Rating::of(&[], &[Some(&value), None]).word, Severity::Medium);
        let value = serde_json::json!({"urgency": "not yet assigned"});
        assert_eq!(Rating::of(&[], &[Some(&value)]).word, Severity::Unknown);
    }
}
