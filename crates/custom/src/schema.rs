//! JSON Schema rules as Datree's custom rules: `customRules: [{identifier, name, defaultMessageOnFailure, schema}]`.
//!
//! A rule is broken by a document that its schema does not accept. Schemas stand alone: references to other files or
//! addresses are not followed.

use std::sync::Arc;

use jsonschema::Validator;
use seawall_findings::{Finding, FindingKind, Location, Severity};
use serde_json::Value;

use crate::{Input, Kind};

/// One rule.
#[derive(Clone)]
pub struct Rule {
    path: String,
    id: String,
    name: String,
    message: String,
    validator: Arc<Validator>,
}

/// Every rule of a document.
pub(crate) fn read(path: &str, document: &Value) -> Result<Vec<Rule>, String> {
    let rules = document["customRules"].as_array().map_or(&[][..], Vec::as_slice);
    rules
        .iter()
        .enumerate()
        .map(|(index, rule)| {
            let place = format!("customRules[{index}]");
            let id = rule["identifier"].as_str().ok_or_else(|| format!("{place} has no `identifier`"))?;
            let schema = match (&rule["schema"], rule["jsonSchema"].as_str()) {
                (Value::Null, Some(text)) => {
                    serde_json::from_str(text).map_err(|error| format!("{place}.jsonSchema: {error}"))?
                }
                (Value::Null, None) => return Err(format!("{place} has neither `schema` nor `jsonSchema`")),
                (schema, _) => schema.clone(),
            };
            let validator = jsonschema::options()
                .build(&schema)
                .map_err(|error| format!("{place}.schema is no JSON Schema: {error}"))?;
            Ok(Rule {
                path: path.to_owned(),
                id: id.to_owned(),
                name: rule["name"].as_str().unwrap_or(id).to_owned(),
                message: rule["defaultMessageOnFailure"].as_str().unwrap_or_default().to_owned(),
                validator: Arc::new(validator),
            })
        })
        .collect()
}

impl Rule {
    pub(crate) fn run(&self, input: &Input<'_>) -> Option<Finding> {
        if input.kind != Kind::Kubernetes {
            return None;
        }
        let error = self.validator.iter_errors(input.value).next()?;
        let title = match input.title() {
            Some(title) => format!("{title}: {}", self.name),
            None => self.name.clone(),
        };
        Some(Finding {
            location: Location { path: input.path.to_owned(), layer: None },
            position: input.at(error.instance_path().as_str()),
            remedy: self.message.clone(),
            sources: vec![self.path.clone()],
            ..Finding::new(FindingKind::Misconfiguration, self.id.clone(), Severity::Medium, title)
        })
    }
}
