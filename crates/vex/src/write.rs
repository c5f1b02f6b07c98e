//! OpenVEX out.

use std::collections::BTreeMap;

use seawall_findings::{Finding, FindingKind, Report, Subject};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::error::VexError;

/// What an exception says to others. The team knows: Seawall cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Claim {
    /// `not_affected`, with the exception's reason as the impact statement.
    #[default]
    NotAffected,
    /// `affected`: the risk is taken, with the reason, owner and end as the action statement.
    Accepted,
}

/// Who says it, and when.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The document's author (`security@example.com`).
    pub author: &'a str,
    /// RFC 3339.
    pub timestamp: &'a str,
}

/// The justifications of the form; a reason that begins with one of them states it.
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

/// The vulnerabilities that a report's exceptions cover, as an OpenVEX 0.2 document: one statement for each exception of
/// a vulnerability, with the image as product and the packages as its parts, or with the packages as products where the
/// subject is no image. The same report, author and time give the same document.
pub fn openvex(report: &Report, claim: Claim, origin: &Origin<'_>) -> Result<Value, VexError> {
    // By vulnerability and exception.
    let mut alike: BTreeMap<(&str, &str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        let Some(suppression) = &finding.suppressed else { continue };
        if finding.kind == FindingKind::Vulnerability && finding.package.is_some() {
            let key = (finding.id.as_str(), suppression.by.as_str(), suppression.reason.as_str());
            alike.entry(key).or_default().push(finding);
        }
    }
    if alike.is_empty() {
        return Err(VexError::Nothing);
    }
    let statements: Vec<Value> =
        alike.values().map(|findings| statement(report, claim, origin, findings)).collect();
    let mut document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "author": origin.author,
        "timestamp": origin.timestamp,
        "version": 1,
        "tooling": format!("seawall {}", env!("CARGO_PKG_VERSION")),
        "statements": statements,
    });
    let hash = Sha256::digest(document.to_string());
    let id = hash.iter().fold(String::from("urn:sha256:"), |text, byte| format!("{text}{byte:02x}"));
    if let Some(object) = document.as_object_mut() {
        object.insert("@id".to_owned(), id.into());
    }
    Ok(document)
}

fn statement(report: &Report, claim: Claim, origin: &Origin<'_>, findings: &[&Finding]) -> Value {
    let first = findings.first();
    let mut packages: Vec<&str> =
        findings.iter().filter_map(|finding| finding.package.as_ref()).map(|p| p.purl.as_str()).collect();
    packages.sort_unstable();
    packages.dedup();
    let components: Vec<Value> = packages.iter().map(|purl| json!({"@id": purl})).collect();
    let products = match &report.subject {
        Subject::Image { reference, digest, .. } => {
            let repository = reference.split_once('@').map_or(reference.as_str(), |(name, _)| name);
            let repository = match repository.rsplit_once(':') {
                Some((name, tag)) if !tag.contains('/') => name,
                _ => repository,
            };
            let purl = seawall_inventory::purl::oci(repository, digest.as_str(), None, None);
            json!([{"@id": purl, "hashes": {"sha-256": digest.hex()}, "subcomponents": components}])
        }
        _ => json!(components),
    };
    let mut aliases: Vec<&str> = findings.iter().flat_map(|f| f.aliases.iter().map(String::as_str)).collect();
    aliases.sort_unstable();
    aliases.dedup();
    let mut vulnerability = json!({"name": first.map(|finding| finding.id.as_str())});
    if !aliases.is_empty() {
        vulnerability["aliases"] = json!(aliases);
    }
    let mut statement =
        json!({"vulnerability": vulnerability, "products": products, "timestamp": origin.timestamp});
    let Some(suppression) = first.and_then(|finding| finding.suppressed.as_ref()) else { return statement };
    match claim {
        Claim::NotAffected => {
            statement["status"] = "not_affected".into();
            // What VEX suppressed begins with its verdict.
            let reason = suppression.reason.trim_start_matches("not affected: ");
            match JUSTIFICATIONS.iter().find(|word| reason.starts_with(**word)) {
                Some(word) => {
                    statement["justification"] = (*word).into();
                    let rest = reason.trim_start_matches(*word).trim_start_matches([':', ' ']);
                    if !rest.is_empty() {
                        statement["impact_statement"] = rest.into();
                    }
                }
                None => statement["impact_statement"] = reason.into(),
            }
        }
        Claim::Accepted => {
            let until = suppression.until.as_deref().map(|day| format!(" until {day}")).unwrap_or_default();
            statement["status"] = "affected".into();
            statement["action_statement"] =
                format!("accepted by {}{until}: {}", suppression.owner, suppression.reason).into();
        }
    }
    statement
}
