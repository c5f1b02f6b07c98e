//! How bad and how likely: CVSS scores and EPSS probabilities.

use serde::{Deserialize, Serialize};

/// A CVSS vector and its base score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cvss {
    /// `2.0`, `3.0`, `3.1`, `4.0`.
    pub version: String,
    /// As published (`CVSS:3.1/AV:N/…`).
    pub vector: String,
    /// The base score computed from it.
    pub score: Score,
    /// Who says so: the advisory's id.
    pub source: String,
}

/// A CVSS score, 0.0 to 10.0, held in tenths so that it compares exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "f64", into = "f64")]
pub struct Score(u8);

impl Score {
    /// From tenths; 100 at most.
    pub fn tenths(tenths: u8) -> Self {
        Self(tenths.min(100))
    }

    /// In tenths.
    pub fn as_tenths(self) -> u8 {
        self.0
    }
}

impl From<f64> for Score {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
    fn from(score: f64) -> Self {
        Self((score.clamp(0.0, 10.0) * 10.0).round() as u8)
    }
}

impl From<Score> for f64 {
    fn from(score: Score) -> Self {
        Self::from(score.0) / 10.0
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// FIRST's exploit prediction: a probability and how it ranks, both 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epss {
    /// Probability of exploitation within 30 days.
    pub probability: Fraction,
    /// Share of all scored vulnerabilities that are less likely or as likely.
    pub percentile: Fraction,
}

/// 0 to 1 in steps of a hundred-thousandth, as EPSS publishes it, held as a whole number so that it compares exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "f64", into = "f64")]
pub struct Fraction(u32);

impl Fraction {
    /// Steps in a whole.
    pub const WHOLE: u32 = 100_000;

    /// From hundred-thousandths; a whole at most.
    pub fn steps(steps: u32) -> Self {
        Self(steps.min(Self::WHOLE))
    }

    /// In hundred-thousandths.
    pub fn as_steps(self) -> u32 {
        self.0
    }
}

impl From<f64> for Fraction {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
    fn from(fraction: f64) -> Self {
        Self((fraction.clamp(0.0, 1.0) * f64::from(Self::WHOLE)).round() as u32)
    }
}

impl From<Fraction> for f64 {
    fn from(fraction: Fraction) -> Self {
        Self::from(fraction.0) / Self::from(Fraction::WHOLE)
    }
}
