//! From the text of a file to policies. Every key is known or refused: a misspelt rule that is silently skipped is a
//! hole.

mod exceptions;
mod reader;
mod requirements;
mod rules;

use seawall_checks::yaml::{self, Node};

use crate::{Globs, Matching, Policy, PolicyError, Stage, Wrong};
use reader::{Fail, Mapping};

/// The one version of the document.
const API_VERSION: &str = "seawall.dev/v1alpha1";

/// Reads every policy of a file. `name` is the file's name for messages and for [`Policy::file`].
pub fn parse(name: &str, text: &str) -> Result<Vec<Policy>, PolicyError> {
    let nodes = yaml::load(name, text).map_err(PolicyError::Yaml)?;
    if nodes.is_empty() {
        return Err(PolicyError::Empty(name.to_owned()));
    }
    let mut policies: Vec<Policy> = Vec::new();
    for node in &nodes {
        let policy = policy(name, node).and_then(|policy| {
            if policies.iter().any(|other| other.name == policy.name) {
                let problem = format!(
                    "two policies of this file have the name `{}`; verdicts name policies",
                    policy.name
                );
                let at = node.get("metadata").map_or(node.position, |metadata| metadata.locate("/name"));
                return Err(Fail::at(at, Wrong::Value { key: "name".into(), problem }));
            }
            Ok(policy)
        });
        match policy {
            Ok(policy) => policies.push(policy),
            Err(Fail { position, wrong }) => {
                return Err(PolicyError::Document { file: name.to_owned(), position, wrong });
            }
        }
    }
    Ok(policies)
}

fn policy(file: &str, node: &Node) -> Result<Policy, Fail> {
    let top = Mapping::new(node, "the policy", &["apiVersion", "kind", "metadata", "spec"])?;
    let constant = |key: &'static str, expected: &str, why| {
        let value = top.required(key, why)?;
        match value.as_str() {
            Some(text) if text == expected => Ok(()),
            _ => Err(Fail::value(value, key, format!("expected `{expected}`"))),
        }
    };
    constant("apiVersion", API_VERSION, "`seawall.dev/v1alpha1`")?;
    constant("kind", "Policy", "`Policy`")?;

    let metadata = top.required("metadata", "with the policy's name")?;
    let metadata = Mapping::new(metadata, "metadata", &["name", "labels", "annotations", "namespace"])?;
    let name = metadata.required_text("name", "verdicts name the policy")?;

    let spec = Mapping::new(
        top.required("spec", "what the policy asks for")?,
        "spec",
        &["match", "require", "deny", "warn", "exceptions"],
    )?;
    Ok(Policy {
        name,
        file: file.to_owned(),
        matching: spec.get("match").map(matching).transpose()?.unwrap_or_default(),
        require: requirements::read(&spec)?,
        deny: rules::read(&spec, "deny")?,
        warn: rules::read(&spec, "warn")?,
        exceptions: exceptions::read(&spec)?,
    })
}

fn matching(node: &Node) -> Result<Matching, Fail> {
    let map = Mapping::new(node, "match", &["images", "namespaces", "stages"])?;
    let stages = map.texts("stages")?.unwrap_or_default();
    let stages = stages.iter().map(|word| {
        Stage::from_word(word).ok_or_else(|| {
            let problem = format!("`{word}` is no stage: use gate, promote or admit");
            Fail::at(map.at("stages"), Wrong::Value { key: "stages".into(), problem })
        })
    });
    Ok(Matching {
        images: globs(&map, "images")?,
        namespaces: globs(&map, "namespaces")?,
        stages: stages.collect::<Result<_, _>>()?,
    })
}

fn globs(map: &Mapping<'_>, key: &'static str) -> Result<Globs, Fail> {
    let patterns = map.texts(key)?.unwrap_or_default();
    Globs::new(patterns).map_err(|problem| Fail::at(map.at(key), Wrong::Value { key: key.into(), problem }))
}
