//! One Kubernetes object and where its values stand.

use seawall_findings::Position;
use serde_json::Value;

use crate::yaml::{self, Data, Node};
use crate::{Problem, YamlError};

/// One Kubernetes object.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file it is from, as the caller named it.
    pub path: String,
    /// `kind`, empty where there is none.
    pub kind: String,
    /// `apiVersion`, empty where there is none.
    pub api_version: String,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
    /// `metadata.name`, else `metadata.generateName`, else empty.
    pub name: String,
    /// The whole object.
    pub value: Value,
    /// The object with positions; none where it came as a value (an AdmissionReview).
    node: Option<Node>,
}

impl Document {
    /// From a value without positions. `path` names it in findings.
    pub fn from_value(path: &str, value: Value) -> Self {
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        Self {
            path: path.to_owned(),
            kind: text("/kind").unwrap_or_default(),
            api_version: text("/apiVersion").unwrap_or_default(),
            namespace: text("/metadata/namespace").filter(|text| !text.is_empty()),
            name: text("/metadata/name")
                .filter(|text| !text.is_empty())
                .or_else(|| text("/metadata/generateName"))
                .unwrap_or_default(),
            value,
            node: None,
        }
    }

    fn from_node(path: &str, node: Node) -> Self {
        let value = node.to_value();
        Self { node: Some(node), ..Self::from_value(path, value) }
    }

    /// Line and column of the value at a JSON pointer (of its key, in a mapping); where the pointer leads out of the
    /// object, of the last part that exists. None where the object came without positions.
    pub fn position(&self, pointer: &str) -> Option<Position> {
        self.node.as_ref().map(|node| node.locate(pointer))
    }

    /// `Deployment prod/shop`, for messages.
    pub fn title(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{} {namespace}/{}", self.kind, self.name),
            None => format!("{} {}", self.kind, self.name),
        }
    }
}

/// Reads every object of a text: YAML with several documents, JSON, `kind: List` (of any `…List` kind) taken apart.
/// A document without `kind` (a Helm values file) is kept with an empty kind.
pub fn documents(path: &str, text: &str) -> Result<Vec<Document>, YamlError> {
    let nodes = match yaml::load(path, text) {
        Ok(nodes) => nodes,
        // JSON knows escapes that YAML does not (surrogate pairs): then without positions.
        Err(error) => match serde_json::from_str::<Value>(text) {
            Ok(value) if matches!(error.problem, Problem::Syntax(_)) => {
                return Ok(explode_value(value)
                    .into_iter()
                    .map(|value| Document::from_value(path, value))
                    .collect());
            }
            _ => return Err(error),
        },
    };
    let mut found = Vec::new();
    for node in nodes {
        explode(path, node, &mut found)?;
    }
    Ok(found)
}

fn explode(path: &str, mut node: Node, found: &mut Vec<Document>) -> Result<(), YamlError> {
    let position = node.position;
    let is_list = node.get("kind").and_then(Node::as_str).is_some_and(|kind| kind.ends_with("List"));
    let Data::Mapping(entries) = &mut node.data else {
        return Err(YamlError { path: path.to_owned(), position, problem: Problem::NotAnObject });
    };
    let items = entries
        .iter()
        .position(|(key, value)| is_list && key.name == "items" && matches!(value.data, Data::Sequence(_)));
    match items.map(|index| entries.swap_remove(index).1.data) {
        Some(Data::Sequence(items)) => {
            for item in items.into_iter().filter(|item| item.data != Data::Null) {
                explode(path, item, found)?;
            }
        }
        _ => found.push(Document::from_node(path, node)),
    }
    Ok(())
}

fn explode_value(value: Value) -> Vec<Value> {
    let is_list = value.get("kind").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("List"));
    match value.get("items") {
        Some(Value::Array(items)) if is_list => items.iter().cloned().flat_map(explode_value).collect(),
        _ => vec![value],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_streams_are_taken_apart() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n  metadata: {name: a, namespace: ns}\n- kind: PodList\n  items:\n  - {kind: Pod, metadata: {generateName: b-}}\n---\nkind: Service\n";
        let found = documents("f.yaml", text).unwrap();
        let titles: Vec<_> = found.iter().map(Document::title).collect();
        assert_eq!(titles, ["Pod ns/a", "Pod b-", "Service "]);
        assert_eq!(found[0].position("/metadata/name").unwrap(), Position { line: 5, column: 14 });
        assert!(documents("f.yaml", "- a\n").unwrap_err().to_string().contains("f.yaml:1:1"));
    }

    #[test]
    fn json_that_yaml_does_not_know() {
        let found = documents("f.json", r#"{"kind":"Pod","metadata":{"name":"\ud83d\ude00"}}"#).unwrap();
        assert_eq!(found[0].name, "😀");
    }
}
