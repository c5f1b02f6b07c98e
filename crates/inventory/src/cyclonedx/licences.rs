//! Licences in CycloneDX's three forms: an SPDX id, an SPDX expression, or a name.

use serde::Deserialize;
use serde_json::{Value, json};

/// The schema allows either one expression alone, or a list of ids and names.
pub(super) fn write(licences: &[String]) -> Option<Value> {
    match licences {
        [] => None,
        [one] if spdx::license_id(one).is_none() && spdx::Expression::parse(one).is_ok() => {
            Some(json!([{ "expression": one }]))
        }
        several => Some(
            several
                .iter()
                .map(|licence| {
                    let field = if spdx::license_id(licence).is_some_and(|id| id.name == *licence) {
                        "id"
                    } else {
                        "name"
                    };
                    json!({ "license": { field: licence } })
                })
                .collect(),
        ),
    }
}

/// One entry of a component's licences.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    license: Option<Named>,
    expression: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: Option<String>,
    name: Option<String>,
}

/// Any of the forms, as text.
pub(super) fn read(choices: Vec<Choice>) -> Vec<String> {
    let text =
        |choice: Choice| choice.expression.or(choice.license.and_then(|named| named.id.or(named.name)));
    choices.into_iter().filter_map(text).collect()
}
