//! Severity out of what a record says: CVSS vectors and words.

use seawall_findings::{Severity, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::osv::Score;

/// What one record or one affected package says of severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rating {
    /// CVSS base score times ten; 0 where there is none.
    pub(crate) tenths: u8,
    /// The word of the publisher.
    pub(crate) word: Severity,
    /// What the publisher says of a fix.
    pub(crate) status: Option<Status>,
}

impl Rating {
    /// The severity of the score, where there is one.
    pub(crate) fn score(self) -> Severity {
        Severity::from_cvss(f64::from(self.tenths) / 10.0)
    }

    /// Reads `severity`, and the places where publishers put a word.
    pub(crate) fn of(scores: &[Score], specific: &[Option<&Value>]) -> Self {
        let tenths = match tenths(scores) {
            0 => bare_score(specific),
            tenths => tenths,
        };
        Self { tenths, word: word(scores, specific), status: crate::status::of(specific) }
    }
}

/// The vectors that can be scored, each with its base score times ten.
pub(crate) fn vectors(scores: &[Score]) -> impl Iterator<Item = (u8, &str)> {
    let of_cvss = scores.iter().filter(|score| score.kind.starts_with("CVSS"));
    of_cvss.filter_map(|score| {
        let vector = score.score.trim().trim_end_matches('/');
        Some((base_score(vector)?, vector)).filter(|_| vector.len() <= 512)
    })
}

/// The version of the standard that a vector is written in; version 2 had no prefix yet.
pub(crate) fn version(vector: &str) -> &str {
    vector.strip_prefix("CVSS:").and_then(|rest| rest.split('/').next()).unwrap_or("2.0")
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

/// RubySec and FriendsOfPHP publish the number without the vector.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn bare_score(specific: &[Option<&Value>]) -> u8 {
    let keys = ["cvss_v3_score", "cvss_v4_score", "cvss_v2_score"];
    let mut numbers = keys.iter().flat_map(|key| specific.iter().flatten().map(|value| value[*key].as_f64()));
    numbers.find_map(|number| number).map_or(0, |score| (score * 10.0).round().clamp(0.0, 100.0) as u8)
}

/// The base score, times ten: temporal, threat, environmental and supplemental metrics are left out, as they speak of
/// one moment or one site.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn base_score(vector: &str) -> Option<u8> {
    let vector = vector.trim().trim_end_matches('/').trim_start_matches('(').trim_end_matches(')');
    let base: &[&str] = match version(vector) {
        "2.0" => &["AV", "AC", "Au", "C", "I", "A"],
        "3.0" | "3.1" => &["AV", "AC", "PR", "UI", "S", "C", "I", "A"],
        _ => &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"],
    };
    // What is left out must be whole all the same: a damaged vector has no score.
    vector.parse::<cvss::Cvss>().ok()?;
    let is_base = |part: &&str| part.split_once(':').is_some_and(|(name, _)| base.contains(&name));
    let mut parts: Vec<&str> = vector.split('/').filter(is_base).collect();
    if parts.len() != base.len() {
        return None;
    }
    parts.splice(0..0, vector.split('/').next().filter(|first| first.starts_with("CVSS:")));
    let vector: cvss::Cvss = parts.join("/").parse().ok()?;
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

/// The word with which Red Hat and those who rebuild it begin a bulletin's title (`Important: openssl security update`).
pub(crate) fn word_of_title(title: &str) -> Severity {
    title.split_once(':').and_then(|(word, _)| word.trim().parse().ok()).unwrap_or_default()
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
        assert_eq!(rate(&[("CVSS_V3", "nonsense")]), Rating::default());
    }

    /// Base scores of FIRST's documents: the v2 guide (3.3.1 to 3.3.3), the v3.1 and v4.0 examples by the CVE that each
    /// speaks of; and some of the v4.0 calculator.
    #[test]
    fn the_examples_of_first() {
        for (vector, tenths, of) in [
            ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 78, "CVE-2002-0392"),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 100, "CVE-2003-0818"),
            ("AV:L/AC:H/Au:N/C:C/I:C/A:C", 62, "CVE-2003-0062"),
            ("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", 78, "CVE-2002-0392 with temporal metrics"),
            ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 64, "CVE-2013-0375"),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 31, "CVE-2014-3566"),
            ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 99, "CVE-2012-1516"),
            ("CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 78, "CVE-2009-0658"),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H", 81, "the same at high complexity"),
            ("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 88, "CVE-2011-1265"),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 75, "CVE-2014-0160"),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98, "CVE-2014-6271"),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N", 68, "CVE-2008-1447"),
            ("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 68, "CVE-2014-2005"),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:L/A:N", 58, "CVE-2010-0467"),
            ("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 73, "CVE-2022-41741"),
            ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 77, "CVE-2020-3549"),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:H/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N", 51, "an administrator alone"),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 88, "mostly confidentiality"),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 100, "CVE-2021-44228"),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 93, "CVE-2014-6271"),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0, "nothing is hurt"),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U",
                93,
                "the threat is left out",
            ),
        ] {
            assert_eq!(base_score(vector), Some(tenths), "{of}: {vector}");
        }
        for bad in [
            "",
            "AV:N",
            "CVSS:3.1/AV:N",
            "CVSS:5.0/AV:N/AC:L",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N",
            "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:?",
        ] {
            assert_eq!(base_score(bad), None, "{bad}");
        }
    }

    #[test]
    fn words_of_publishers() {
        assert_eq!(rate(&[("Ubuntu", "negligible")]).word, Severity::Negligible);
        let value = serde_json::json!({"severity": "MODERATE"});
        assert_eq!(Rating::of(&[], &[Some(&value), None]).word, Severity::Medium);
        let value = serde_json::json!({"urgency": "not yet assigned"});
        assert_eq!(Rating::of(&[], &[Some(&value)]).word, Severity::Unknown);
        assert_eq!(word_of_title("Important: openssl security update"), Severity::High);
        assert_eq!(word_of_title("Security update: openssl"), Severity::Unknown);
        let value = serde_json::json!({"cvss_v3_score": 9.8});
        assert_eq!(Rating::of(&[], &[Some(&value)]).tenths, 98);
    }
}
