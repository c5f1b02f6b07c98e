//! The one spelling of a body that is hashed and stored.

use serde_json::Value;

/// Deeper bodies could be written, but the reader's recursion limit (128) would refuse them.
pub(crate) const MAX_DEPTH: usize = 100;

/// JSON with the keys of every object in byte order and no spaces; strings and numbers as `serde_json` writes them
/// (numbers read back to the same number: the `float_roundtrip` feature). The order is made here, because another
/// member of the build may switch `serde_json`'s maps to insertion order.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut members: Vec<_> = map.iter().collect();
            members.sort_unstable_by_key(|(key, _)| key.as_str());
            text.push('{');
            for (place, (key, member)) in members.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// Whether the value nests deeper than `limit`.
pub(crate) fn deeper_than(value: &Value, limit: usize) -> bool {
    let Some(rest) = limit.checked_sub(1) else { return true };
    match value {
        Value::Object(map) => map.values().any(|member| deeper_than(member, rest)),
        Value::Array(items) => items.iter().any(|item| deeper_than(item, rest)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(".*", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reading_the_text_and_writing_it_again_gives_the_same_text(value in any_json()) {
            let text = canonical(&value);
            let read: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&read, &value);
            prop_assert_eq!(canonical(&read), text);
        }
    }

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value: Value = serde_json::from_str(r#"{"b": [{"z":1.50,"a":1e3}], "a": "\u00e9\n"}"#).unwrap();
        assert_eq!(canonical(&value), "{\"a\":\"é\\n\",\"b\":[{\"a\":1000.0,\"z\":1.5}]}");
        assert!(!deeper_than(&json!([[1]]), 3));
        assert!(deeper_than(&json!([[1]]), 2));
    }
}
