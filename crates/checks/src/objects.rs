//! The objects of one scan, to be looked up from one another.

use std::collections::HashMap;

use serde_json::Value;

use crate::{Document, PodTemplate, pod_template};

/// The objects of one scan.
#[derive(Debug)]
pub(crate) struct Objects<'a> {
    documents: &'a [&'a Document],
    by_kind: HashMap<&'a str, Vec<usize>>,
    workloads: Vec<Workload<'a>>,
}

/// One object with a pod template, and where it is in the scan.
#[derive(Debug)]
pub(crate) struct Workload<'a> {
    pub(crate) index: usize,
    pub(crate) document: &'a Document,
    pub(crate) template: PodTemplate<'a>,
    labels: Option<&'a serde_json::Map<String, Value>>,
}

impl Workload<'_> {
    /// True if the selector chooses its pods.
    pub(crate) fn fits(&self, selector: &Selector<'_>) -> bool {
        selector.matches(self.labels)
    }
}

impl<'a> Objects<'a> {
    pub(crate) fn new(documents: &'a [&'a Document]) -> Self {
        let workloads = documents
            .iter()
            .enumerate()
            .filter_map(|(index, document)| {
                let template = pod_template(&document.value)?;
                let labels =
                    template.metadata.and_then(|metadata| metadata.get("labels")).and_then(Value::as_object);
                Some(Workload { index, document, template, labels })
            })
            .collect();
        let mut by_kind: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, document) in documents.iter().enumerate() {
            by_kind.entry(&document.kind).or_default().push(index);
        }
        Self { documents, by_kind, workloads }
    }

    pub(crate) fn workloads(&self) -> &[Workload<'a>] {
        &self.workloads
    }

    /// All objects, with their places in the scan.
    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, &'a Document)> {
        self.documents.iter().enumerate().map(|(index, document)| (index, *document))
    }

    /// The objects of a kind, with their places in the scan.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = (usize, &'a Document)> {
        let places = self.by_kind.get(kind).into_iter().flatten();
        places.filter_map(|index| Some((*index, *self.documents.get(*index)?)))
    }

    /// True if the scan has an object of that kind and name where `from` would look for it.
    pub(crate) fn has(&self, kind: &str, name: &str, from: &Document) -> bool {
        self.find(kind, name, from).is_some()
    }

    pub(crate) fn find(&self, kind: &str, name: &str, from: &Document) -> Option<&'a Document> {
        self.of_kind(kind)
            .map(|(_, document)| document)
            .find(|one| one.name == name && same_namespace(one, from))
    }

    /// The workloads whose pods a selector of `from` chooses. Nothing is said of a selector that cannot be read.
    pub(crate) fn selected<'s>(
        &'s self,
        selector: &'s Selector<'s>,
        from: &'s Document,
    ) -> impl Iterator<Item = &'s Workload<'a>> {
        self.workloads.iter().filter(move |workload| {
            same_namespace(workload.document, from) && selector.matches(workload.labels)
        })
    }
}

/// An object without a namespace goes where whoever applies it says: that may be the other's.
pub(crate) fn same_namespace(one: &Document, other: &Document) -> bool {
    match (&one.namespace, &other.namespace) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

/// A label selector.
#[derive(Debug)]
pub(crate) struct Selector<'a> {
    labels: Option<&'a serde_json::Map<String, Value>>,
    expressions: &'a [Value],
}

impl<'a> Selector<'a> {
    /// A Service's map of labels.
    pub(crate) fn map(value: Option<&'a Value>) -> Self {
        Self { labels: value.and_then(Value::as_object), expressions: &[] }
    }

    /// A `LabelSelector`: `matchLabels` and `matchExpressions`.
    pub(crate) fn of(value: &'a Value) -> Self {
        let expressions = value.get("matchExpressions").and_then(Value::as_array);
        Self {
            labels: value.get("matchLabels").and_then(Value::as_object),
            expressions: expressions.map(Vec::as_slice).unwrap_or_default(),
        }
    }

    /// True if it asks for nothing: then it chooses all (or none, for a Service).
    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_none_or(serde_json::Map::is_empty) && self.expressions.is_empty()
    }

    pub(crate) fn matches(&self, labels: Option<&serde_json::Map<String, Value>>) -> bool {
        let label = |key: &str| labels.and_then(|labels| labels.get(key)).map(word);
        let by_map = self.labels.into_iter().flatten().all(|(key, value)| label(key) == Some(word(value)));
        let by_expression = self.expressions.iter().all(|expression| {
            let text = |name: &str| expression.get(name).and_then(Value::as_str).unwrap_or_default();
            let values = expression.get("values").and_then(Value::as_array);
            let among =
                |found: &String| values.is_some_and(|values| values.iter().any(|one| word(one) == *found));
            let found = label(text("key"));
            match text("operator") {
                "In" => found.is_some_and(|found| among(&found)),
                "NotIn" => !found.is_some_and(|found| among(&found)),
                "Exists" => found.is_some(),
                "DoesNotExist" => found.is_none(),
                _ => true,
            }
        });
        by_map && by_expression
    }
}

/// A label as text; an unquoted number is what it looks like.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn selectors() {
        let labels = json!({"app": "shop", "tier": "web"});
        let fits = |selector: &Value| Selector::of(selector).matches(labels.as_object());
        assert!(fits(&json!({})));
        assert!(fits(&json!({"matchLabels": {"app": "shop"}})));
        assert!(!fits(&json!({"matchLabels": {"app": "shop", "x": "y"}})));
        for (operator, values, wanted) in [
            ("In", json!(["web"]), true),
            ("NotIn", json!(["web"]), false),
            ("Exists", json!(null), true),
            ("DoesNotExist", json!(null), false),
        ] {
            let selector =
                json!({"matchExpressions": [{"key": "tier", "operator": operator, "values": values}]});
            assert_eq!(fits(&selector), wanted, "{operator}");
        }
    }
}
