//! OpenVEX 0.2 in; 0.0.1's products and vulnerabilities, which were plain texts, are read as well.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::document::{Document, Format, Product, Statement, Verdict};
use crate::error::VexError;
use crate::read::time;

#[derive(Deserialize)]
pub(crate) struct Raw {
    #[serde(rename = "@id", default)]
    id: Option<String>,
    #[serde(default)]
    author: String,
    #[serde(default)]
    timestamp: Option<String>,
    #[serde(default)]
    last_updated: Option<String>,
    statements: Vec<RawStatement>,
}

#[derive(Deserialize)]
struct RawStatement {
    #[serde(default)]
    vulnerability: Option<Vulnerability>,
    #[serde(default)]
    products: Vec<Component>,
    /// 0.0.1: beside the products.
    #[serde(default)]
    subcomponents: Vec<Component>,
    status: String,
    #[serde(default)]
    justification: Option<String>,
    #[serde(default)]
    impact_statement: Option<String>,
    #[serde(default)]
    action_statement: Option<String>,
    #[serde(default)]
    status_notes: Option<String>,
    #[serde(default)]
    timestamp: Option<String>,
    #[serde(default)]
    last_updated: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    Name(String),
    Named {
        #[serde(rename = "@id", default)]
        id: Option<String>,
        #[serde(default)]
        name: Option<String>,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Component {
    Id(String),
    Identified {
        #[serde(rename = "@id", default)]
        id: Option<String>,
        #[serde(default)]
        identifiers: BTreeMap<String, String>,
        #[serde(default)]
        hashes: BTreeMap<String, String>,
        #[serde(default)]
        subcomponents: Vec<Component>,
    },
}

pub(crate) fn document(raw: Raw, name: &str) -> Result<Document, VexError> {
    let issued = raw.last_updated.or(raw.timestamp);
    let mut statements = Vec::with_capacity(raw.statements.len());
    for (at, statement) in raw.statements.into_iter().enumerate() {
        let verdict = match statement.status.as_str() {
            "not_affected" => Verdict::NotAffected,
            "affected" => Verdict::Affected,
            "fixed" => Verdict::Fixed,
            "under_investigation" => Verdict::UnderInvestigation,
            other => {
                return Err(VexError::Invalid {
                    name: name.into(),
                    what: format!("statement {}: `{other}` is no status", at + 1),
                });
            }
        };
        let vulnerability = match statement.vulnerability {
            Some(Vulnerability::Name(name)) => vec![name],
            Some(Vulnerability::Named { id, name, aliases }) => {
                // The id is an address whose last part is often the name.
                let of_id = id.and_then(|id| id.rsplit('/').next().map(str::to_owned));
                name.or(of_id).into_iter().chain(aliases).collect()
            }
            None => vec![],
        };
        let parts: Vec<Product> = statement.subcomponents.into_iter().map(product).collect();
        let products = statement.products.into_iter().map(product).map(|mut product| {
            product.parts.extend(parts.iter().cloned());
            product
        });
        statements.push(Statement {
            vulnerability,
            products: products.collect(),
            verdict,
            justification: statement.justification,
            note: statement.impact_statement.or(statement.action_statement).or(statement.status_notes),
            fix: None,
            time: time(statement.last_updated.or(statement.timestamp).as_deref().or(issued.as_deref())),
        });
    }
    Ok(Document {
        id: raw.id.unwrap_or_else(|| name.to_owned()),
        author: raw.author,
        format: Format::OpenVex,
        statements,
        attached: false,
    })
}

fn product(component: Component) -> Product {
    let mut product = Product::default();
    match component {
        Component::Id(id) => product.identify(&id),
        Component::Identified { id, identifiers, hashes, subcomponents } => {
            if let Some(id) = id {
                product.identify(&id);
            }
            if let Some(purl) = identifiers.get("purl") {
                product.identify(purl);
            }
            for algorithm in ["sha-256", "sha256"] {
                if let Some(hex) = hashes.get(algorithm) {
                    product.sha256(hex);
                }
            }
            // One level, as the form has it: a part of a part is no part of it.
            product.parts = subcomponents
                .into_iter()
                .map(|part| Product { parts: vec![], ..self::product(part) })
                .collect();
        }
    }
    product
}
