//! CycloneDX as XML, brought into the form that its JSON has: from there on both are one.

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Value, json};

use super::read::read_value;
use crate::{Inventory, InventoryError};

/// Elements, attributes and texts of one document.
const MAX_NODES: u32 = 20_000_000;
/// Components in components.
const MAX_DEPTH: usize = 64;
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// Reads CycloneDX XML 1.2 to 1.7 (1.0 and 1.1 as far as they are alike).
pub fn read(bytes: &[u8]) -> Result<Inventory, InventoryError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let not = |why: String| InventoryError::NotXml { why };
    let text = std::str::from_utf8(bytes).map_err(|error| not(format!("not UTF-8: {error}")))?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| not(error.to_string()))?;
    let root = document.root_element();
    let version = root.tag_name().namespace().and_then(|uri| uri.strip_prefix(NAMESPACE));
    let Some(version) = version.filter(|_| root.has_tag_name_of("bom")) else {
        return Err(not(format!("its root is `{}`, not CycloneDX' `bom`", root.tag_name().name())));
    };
    let mut fields = Map::new();
    fields.insert("bomFormat".to_owned(), json!("CycloneDX"));
    // The first two versions had the same elements, and fewer of them.
    fields.insert(
        "specVersion".to_owned(),
        json!(if matches!(version, "1.0" | "1.1") { "1.2" } else { version }),
    );
    if let Some(serial) = root.attribute("serialNumber") {
        fields.insert("serialNumber".to_owned(), json!(serial));
    }
    for child in elements(root) {
        match child.tag_name().name() {
            "metadata" => {
                let mut metadata = Map::new();
                for child in elements(child) {
                    match child.tag_name().name() {
                        "timestamp" => drop(metadata.insert("timestamp".to_owned(), text_of(child))),
                        "component" => drop(metadata.insert("component".to_owned(), component(child, 0)?)),
                        "licenses" => drop(metadata.insert("licenses".to_owned(), licences(child))),
                        "properties" => drop(metadata.insert("properties".to_owned(), properties(child))),
                        _ => {}
                    }
                }
                fields.insert("metadata".to_owned(), Value::Object(metadata));
            }
            "components" => drop(fields.insert("components".to_owned(), components(child, 0)?)),
            "dependencies" => drop(fields.insert("dependencies".to_owned(), dependencies(child))),
            _ => {}
        }
    }
    read_value(Value::Object(fields))
}

trait Named {
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl Named for Node<'_, '_> {
    /// In any namespace.
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.tag_name().name() == name
    }
}

fn elements<'a, 'input: 'a>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

fn text_of(node: Node<'_, '_>) -> Value {
    json!(node.text().unwrap_or_default().trim())
}

fn components(node: Node<'_, '_>, depth: usize) -> Result<Value, InventoryError> {
    elements(node)
        .filter(|child| child.has_tag_name_of("component"))
        .map(|child| component(child, depth))
        .collect()
}

fn component(node: Node<'_, '_>, depth: usize) -> Result<Value, InventoryError> {
    if depth > MAX_DEPTH {
        let why = format!("components are nested more than {MAX_DEPTH} deep");
        return Err(InventoryError::NotXml { why });
    }
    let mut fields = Map::new();
    for name in ["type", "bom-ref", "mime-type"] {
        if let Some(value) = node.attribute(name) {
            fields.insert(name.to_owned(), json!(value));
        }
    }
    for child in elements(node) {
        let name = child.tag_name().name();
        let value = match name {
            "group" | "name" | "version" | "description" | "scope" | "copyright" | "cpe" | "purl"
            | "publisher" | "author" => text_of(child),
            "licenses" => licences(child),
            "hashes" => elements(child)
                .map(|hash| json!({ "alg": hash.attribute("alg"), "content": text_of(hash) }))
                .collect(),
            "swid" => attributes(child, &["tagId", "name", "version"]),
            "properties" => properties(child),
            "components" => components(child, depth + 1)?,
            _ => continue,
        };
        fields.insert(name.to_owned(), value);
    }
    Ok(Value::Object(fields))
}

fn attributes(node: Node<'_, '_>, names: &[&str]) -> Value {
    let pairs = names.iter().filter_map(|name| Some(((*name).to_owned(), json!(node.attribute(*name)?))));
    Value::Object(pairs.collect())
}

fn licences(node: Node<'_, '_>) -> Value {
    elements(node)
        .map(|child| {
            if child.has_tag_name_of("expression") {
                return json!({ "expression": text_of(child) });
            }
            let named =
                elements(child).filter(|part| part.has_tag_name_of("id") || part.has_tag_name_of("name"));
            let fields: Map<String, Value> =
                named.map(|part| (part.tag_name().name().to_owned(), text_of(part))).collect();
            json!({ "license": fields })
        })
        .collect()
}

fn properties(node: Node<'_, '_>) -> Value {
    elements(node)
        .filter_map(|child| Some(json!({ "name": child.attribute("name")?, "value": text_of(child) })))
        .collect()
}

fn dependencies(node: Node<'_, '_>) -> Value {
    elements(node)
        .map(|child| {
            let on: Vec<&str> = elements(child).filter_map(|inner| inner.attribute("ref")).collect();
            json!({ "ref": child.attribute("ref").unwrap_or_default(), "dependsOn": on })
        })
        .collect()
}
