//! `pom.xml` by itself (<https://maven.apache.org/pom.html>): its dependencies with a version of their own, out of a
//! property or out of `dependencyManagement`. Parents and imported lists live in a registry and are not fetched.

use std::collections::HashMap;

use roxmltree::Node;
use seawall_findings::PackageType;

use crate::File;
use crate::collector::Collector;
use crate::language::Item;
use crate::xml;

/// The most steps from a property to the property that its value names.
const MAX_STEPS: usize = 8;

/// Reads the dependencies that would be packaged: no tests, and nothing that the server provides.
pub(crate) fn pom(file: &File<'_>, into: &mut Collector<'_>) {
    xml::read(file, "a pom.xml", into, |document, into| {
        let project = document.root_element();
        if project.tag_name().name() != "project" {
            return;
        }
        let properties = properties(project);
        let managed: HashMap<String, String> = child(project, "dependencyManagement")
            .and_then(|node| child(node, "dependencies"))
            .map(|node| node.children().filter_map(|node| managed(node, &properties)).collect())
            .unwrap_or_default();
        let Some(dependencies) = child(project, "dependencies") else { return };
        for node in dependencies.children().filter(|node| node.tag_name().name() == "dependency") {
            let Some(name) = name(node, &properties) else { continue };
            let scope = text(node, "scope").unwrap_or("compile");
            if matches!(scope, "test" | "provided" | "system" | "import") {
                continue;
            }
            let version = version(node, &properties).or_else(|| managed.get(&name).cloned());
            if let Some(version) = version {
                into.language(file, Item::locked(PackageType::Maven, &name, &version));
            }
        }
    });
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name).and_then(|child| child.text()).map(str::trim).filter(|text| !text.is_empty())
}

/// Those of `properties`, and the project's own coordinates under the names that Maven gives them.
fn properties<'a>(project: Node<'a, '_>) -> HashMap<String, &'a str> {
    let mut found: HashMap<String, &str> = child(project, "properties")
        .into_iter()
        .flat_map(|node| node.children())
        .filter_map(|node| Some((node.tag_name().name().to_owned(), node.text()?.trim())))
        .collect();
    for (key, name) in [("groupId", "groupId"), ("version", "version")] {
        let parent = child(project, "parent").and_then(|parent| text(parent, name));
        if let Some(parent) = parent {
            found.insert(format!("project.parent.{key}"), parent);
        }
        if let Some(own) = text(project, name).or(parent) {
            found.insert(format!("project.{key}"), own);
            found.insert(format!("pom.{key}"), own);
        }
    }
    found
}

/// With its properties put in; none where one is not known here.
fn filled(text: &str, properties: &HashMap<String, &str>) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..MAX_STEPS {
        let Some(start) = text.find("${") else { return Some(text) };
        let end = start + text[start..].find('}')?;
        let value = properties.get(&text[start + 2..end])?;
        text = format!("{}{value}{}", &text[..start], &text[end + 1..]);
        if text.len() > 1024 {
            return None;
        }
    }
    None
}

fn name(node: Node<'_, '_>, properties: &HashMap<String, &str>) -> Option<String> {
    let group = filled(text(node, "groupId")?, properties)?;
    let artifact = filled(text(node, "artifactId")?, properties)?;
    Some(format!("{group}:{artifact}"))
}

/// A range (`[1.0,2.0)`) does not say which version is meant; a hard requirement (`[1.0]`) does.
fn version(node: Node<'_, '_>, properties: &HashMap<String, &str>) -> Option<String> {
    let version = filled(text(node, "version")?, properties)?;
    let hard = version.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let version = hard.unwrap_or(&version).to_owned();
    (!version.contains(['[', '(', ','])).then_some(version)
}

fn managed(node: Node<'_, '_>, properties: &HashMap<String, &str>) -> Option<(String, String)> {
    if text(node, "scope") == Some("import") {
        return None;
    }
    Some((name(node, properties)?, version(node, properties)?))
}
