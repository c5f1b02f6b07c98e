//! What is looked for: one file a place.

mod accounts;
mod config;
mod files;
mod history;
mod secrets;

use seawall_findings::{Finding, FindingKind, Location, Severity};
use seawall_secrets::Scanner;

use crate::{ImageFacts, Options};

/// The path that findings about the configuration carry.
pub(crate) const CONFIGURATION: &str = "(image configuration)";

/// Everything that is found, in no order.
pub(crate) fn all(facts: &ImageFacts, options: &Options, scanner: Option<&Scanner>) -> Vec<Finding> {
    let mut found = Vec::new();
    config::find(facts, options, &mut found);
    history::find(facts, &mut found);
    files::find(facts, options, &mut found);
    accounts::find(facts, &mut found);
    secrets::find(facts, scanner, &mut found);
    found
}

/// A finding of hygiene about the configuration.
fn finding(
    id: &str,
    aliases: &[&str],
    severity: Severity,
    title: impl Into<String>,
    remedy: &str,
) -> Finding {
    Finding {
        aliases: aliases.iter().map(ToString::to_string).collect(),
        location: Location { path: CONFIGURATION.into(), layer: None },
        remedy: remedy.into(),
        sources: vec![format!("seawall-hygiene/{id}")],
        ..Finding::new(FindingKind::Hygiene, id, severity, title)
    }
}

/// At most so many characters of a text from outside.
fn short(text: &str, most: usize) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.trim();
    if line.chars().count() <= most {
        line.to_owned()
    } else {
        line.chars().take(most - 1).chain(['…']).collect()
    }
}
