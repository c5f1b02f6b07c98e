//! CSAF 2.0 and 2.1: the product tree, and each vulnerability's `product_status`, `flags`, `threats` and `remediations`.

mod tree;

use std::collections::BTreeMap;

use seawall_findings::Status;
use serde::Deserialize;

use crate::document::{Document, Format, Statement, Verdict};
use crate::error::VexError;
use crate::read::time;
use tree::{Tree, Trunk};

#[derive(Deserialize)]
pub(crate) struct Raw {
    document: Head,
    #[serde(default)]
    product_tree: Trunk,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    publisher: Publisher,
    #[serde(default)]
    tracking: Tracking,
}

#[derive(Default, Deserialize)]
struct Publisher {
    #[serde(default)]
    name: String,
}

#[derive(Default, Deserialize)]
struct Tracking {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    current_release_date: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(default)]
    cve: Option<String>,
    #[serde(default)]
    ids: Vec<Id>,
    #[serde(default)]
    product_status: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    flags: Vec<Flag>,
    #[serde(default)]
    threats: Vec<Threat>,
    #[serde(default)]
    remediations: Vec<Remediation>,
}

#[derive(Deserialize)]
struct Id {
    text: String,
}

#[derive(Deserialize)]
struct Flag {
    label: String,
    #[serde(flatten)]
    about: About,
}

#[derive(Deserialize)]
struct Threat {
    #[serde(default)]
    category: String,
    #[serde(default)]
    details: String,
    #[serde(flatten)]
    about: About,
}

#[derive(Deserialize)]
struct Remediation {
    #[serde(default)]
    category: String,
    #[serde(default)]
    details: String,
    #[serde(flatten)]
    about: About,
}

/// Which products a flag, threat or remediation speaks of.
#[derive(Deserialize)]
struct About {
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

pub(crate) fn document(raw: Raw, name: &str) -> Result<Document, VexError> {
    let tree = Tree::of(raw.product_tree, name)?;
    let when = time(raw.document.tracking.current_release_date.as_deref());
    let mut statements = vec![];
    for vulnerability in raw.vulnerabilities {
        let names: Vec<String> = vulnerability
            .cve
            .iter()
            .cloned()
            .chain(vulnerability.ids.iter().map(|id| id.text.clone()))
            .collect();
        for (list, products) in &vulnerability.product_status {
            let verdict = match list.as_str() {
                "known_not_affected" => Verdict::NotAffected,
                "known_affected" | "first_affected" | "last_affected" => Verdict::Affected,
                "fixed" | "first_fixed" => Verdict::Fixed,
                "under_investigation" => Verdict::UnderInvestigation,
                // `recommended` and `unknown` say nothing of the vulnerability.
                _ => continue,
            };
            // Products of which the same is said are one statement: there are thousands of them.
            let mut alike: BTreeMap<(Option<String>, Option<String>, u8), Statement> = BTreeMap::new();
            for id in products {
                let Some(product) = tree.product(id) else { continue };
                let flag = vulnerability.flags.iter().find(|flag| tree.covers(&flag.about, id));
                let justification = flag.map(|flag| flag.label.clone());
                let impact = vulnerability
                    .threats
                    .iter()
                    .find(|t| t.category == "impact" && tree.covers(&t.about, id));
                let remedy = vulnerability.remediations.iter().find(|r| tree.covers(&r.about, id));
                let fix = remedy.and_then(fix);
                let note = impact.map(|threat| threat.details.clone()).filter(|details| !details.is_empty());
                let key = (justification.clone(), note.clone(), fix.map_or(0, |status| status as u8 + 1));
                let statement = alike.entry(key).or_insert_with(|| Statement {
                    vulnerability: names.clone(),
                    products: vec![],
                    verdict,
                    justification,
                    note,
                    fix,
                    time: when,
                });
                statement.products.push(product);
            }
            statements.extend(alike.into_values());
        }
    }
    Ok(Document {
        id: raw.document.tracking.id.unwrap_or_else(|| name.to_owned()),
        author: raw.document.publisher.name,
        format: Format::Csaf,
        statements,
        attached: false,
    })
}

/// What is said of a fix that is not there (CSAF 2.0, 3.2.3.12.1; the details are Red Hat's words).
fn fix(remediation: &Remediation) -> Option<Status> {
    let details = remediation.details.to_ascii_lowercase();
    Some(match remediation.category.as_str() {
        "no_fix_planned" if details.contains("out of support") => Status::EndOfLife,
        "no_fix_planned" => Status::WillNotFix,
        "none_available" | "fix_planned" if details.contains("deferred") => Status::FixDeferred,
        "none_available" | "fix_planned" => Status::Affected,
        _ => return None,
    })
}
