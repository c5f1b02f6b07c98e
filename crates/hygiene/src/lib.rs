//! What does not belong into a final image.
//!
//! In: [`ImageFacts`], plain values: an image's configuration, facts of the files in its merged view that [`wants`] asks
//! for, and the texts of the few files that [`wants_text`] asks for. Out: [`Hygiene`]: one
//! [`Finding`](seawall_findings::Finding) for each thing that helps an attacker or weighs the image down, a score from 0
//! to 100, and the shortest list of steps towards a smaller image, each with what it removes.
//!
//! Findings carry the ids of Dockle's checkpoints (`CIS-DI-…`, `DKL-…`) as aliases. This crate does no I/O and has no clock.

mod facts;
mod find;
mod profile;
mod score;
mod steps;
mod tools;

pub use facts::{FileFact, HistoryStep, ImageFacts, wants, wants_text};
pub use profile::{Options, Profile, UnknownProfile};
pub use score::points;
pub use steps::Step;

use seawall_findings::Finding;
use seawall_secrets::Scanner;
use serde::{Deserialize, Serialize};

/// What an examination says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hygiene {
    /// Worst first. Secrets in the configuration are of kind secret, all others of kind hygiene.
    pub findings: Vec<Finding>,
    /// 100: nothing was found; each finding takes points by its severity.
    pub score: u8,
    /// The fewest steps that remove every finding, the most useful first.
    pub steps: Vec<Step>,
}

/// Examines an image. Without a scanner, secrets in its configuration are looked for by their names alone.
pub fn examine(facts: &ImageFacts, options: &Options, secrets: Option<&Scanner>) -> Hygiene {
    let mut findings = find::all(facts, options, secrets);
    findings.sort_by(|a, b| {
        (std::cmp::Reverse(a.severity), &a.id, &a.location.path).cmp(&(
            std::cmp::Reverse(b.severity),
            &b.id,
            &b.location.path,
        ))
    });
    let score = score::score(&findings);
    let steps = steps::steps(facts, &findings);
    Hygiene { findings, score, steps }
}
