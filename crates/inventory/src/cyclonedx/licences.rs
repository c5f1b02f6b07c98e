//! Licences in CycloneDX's three forms: an SPDX id, an SPDX expression, or a name.

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

/// Any of the forms, as text.
pub(super) fn read(value: &Value) -> Vec<String> {
    let of = |item: &Value| {
        let licence = &item["license"];
        [&item["expression"], &licence["id"], &licence["name"]]
            .into_iter()
            .find_map(|text| text.as_str().map(str::to_owned))
    };
    value.as_array().map(|items| items.iter().filter_map(of).collect()).unwrap_or_default()
}
