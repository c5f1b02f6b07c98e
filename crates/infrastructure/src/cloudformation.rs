//! CloudFormation templates, SAM's included, as resources in Terraform's words.

mod intrinsic;
mod map;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::scan::{body, written_in};
use crate::value::{Kind, Value};
use crate::{Language, Resource};

/// True for a template.
pub(crate) fn is_template(document: &Value) -> bool {
    let resources = document.field("Resources");
    document.as_map().is_some_and(|map| map.entries.contains_key("Resources"))
        && resources.as_map().is_some_and(|map| {
            map.entries.values().any(|one| one.field("Type").as_str().is_some_and(|kind| kind.contains("::")))
        })
}

/// The resources of a template, those left out whose condition is surely false.
pub(crate) fn resources(template: &Value) -> Vec<Resource> {
    let evaluation = intrinsic::Evaluation::new(template);
    let mut found = Vec::new();
    let declared = template.field("Resources");
    for (name, one) in declared.as_map().into_iter().flat_map(|map| &map.entries) {
        let kind = one.field("Type");
        let Some(kind) = kind.as_str() else { continue };
        let condition = one.field("Condition");
        if condition.as_str().is_some_and(|condition| evaluation.condition(condition, 0) == Some(false)) {
            continue;
        }
        let properties = body(&evaluation.value(&one.field("Properties"), 0));
        // Without properties, the resource itself is the place.
        let properties = Value {
            at: if one.field("Properties").is_null() { one.at } else { properties.at },
            ..properties
        };
        for mut resource in map::resources(kind, name, &properties) {
            resource.at = one.at;
            found.push(written_in(Language::CloudFormation, resource));
        }
    }
    found
}

/// `KMSMasterKeyID` as `kms_master_key_id`.
pub(crate) fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 8);
    for (index, c) in characters.iter().enumerate() {
        if c.is_uppercase() && index > 0 {
            let before = characters.get(index - 1).copied().unwrap_or('_');
            let after = characters.get(index + 1).copied().unwrap_or('_');
            if before.is_lowercase()
                || before.is_ascii_digit()
                || (before.is_uppercase() && after.is_lowercase())
            {
                out.push('_');
            }
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// All names of a value in Terraform's letters, but for what is below `kept`: policies keep theirs.
pub(crate) fn snake(value: &Value, kept: &[&str]) -> Value {
    match &value.kind {
        Kind::List(items) => Value {
            of: value.of.clone(),
            ..Value::list(items.iter().map(|item| snake(item, kept)).collect(), value.at)
        },
        Kind::Map(map) => {
            let entries: BTreeMap<Arc<str>, Value> = map
                .entries
                .iter()
                .map(|(name, item)| {
                    let item = if kept.contains(&name.as_ref()) { item.clone() } else { snake(item, kept) };
                    (Arc::from(snake_case(name)), item)
                })
                .collect();
            Value::map(entries, value.at)
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        for (from, to) in [
            ("KMSMasterKeyID", "kms_master_key_id"),
            ("WebACLId", "web_acl_id"),
            ("S3BucketName", "s3_bucket_name"),
            ("EnforceHTTPS", "enforce_https"),
            ("isMultiRegion", "is_multi_region"),
        ] {
            assert_eq!(snake_case(from), to);
        }
    }
}
