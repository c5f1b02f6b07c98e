//! Evaluated resources, and how they refer to each other.

use std::collections::{BTreeMap, HashMap};

use crate::At;
use crate::value::Value;

/// One instance of a resource, in Terraform's words whatever it was written in.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Terraform's type: `aws_s3_bucket`.
    pub kind: String,
    /// Its name in the configuration.
    pub name: String,
    /// `module.storage.aws_s3_bucket.logs[0]`.
    pub address: String,
    /// The address without the index of this instance.
    pub base: String,
    /// True for a data source.
    pub data: bool,
    /// Its attributes and blocks, a map.
    pub body: Value,
    /// Where it is declared.
    pub at: At,
    /// The language it was written in.
    pub language: Language,
}

/// What a resource was written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// HCL or its JSON form.
    #[default]
    Terraform,
    /// `terraform show -json`.
    Plan,
    /// A CloudFormation template.
    CloudFormation,
    /// A Pulumi program, preview or stack.
    Pulumi,
}

impl Resource {
    /// A resource of a type and a name, with its body.
    pub fn new(kind: &str, name: &str, address: &str, body: Value) -> Self {
        Self {
            kind: kind.to_owned(),
            name: name.to_owned(),
            address: address.to_owned(),
            base: address.to_owned(),
            data: false,
            at: body.at,
            body,
            language: Language::Terraform,
        }
    }

    /// The value at a dotted path, through the first of several blocks.
    pub fn get(&self, path: &str) -> Value {
        self.body.get(path)
    }

    /// The values at a dotted path, through all blocks.
    pub fn all(&self, path: &str) -> Vec<Value> {
        self.body.all(path)
    }

    /// True where a value names this resource: read from it, or the text of one of its names.
    pub fn is_named_by(&self, value: &Value) -> bool {
        if let Some(of) = &value.of
            && (**of == *self.address || **of == *self.base)
        {
            return true;
        }
        let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { return false };
        ["id", "bucket", "name", "arn", "cluster_identifier", "identifier"]
            .iter()
            .any(|name| self.body.field(name).as_str() == Some(text))
    }
}

/// All resources of one root: a module tree, a template, a plan.
#[derive(Debug, Default)]
pub struct Graph {
    /// In the order of the files.
    pub resources: Vec<Resource>,
    kinds: HashMap<String, Vec<usize>>,
}

impl Graph {
    /// From the resources of one root.
    pub fn new(resources: Vec<Resource>) -> Self {
        let mut kinds: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, resource) in resources.iter().enumerate() {
            if !resource.data {
                kinds.entry(resource.kind.clone()).or_default().push(index);
            }
        }
        Self { resources, kinds }
    }

    /// The managed resources of a type.
    pub fn of<'g>(&'g self, kind: &str) -> impl Iterator<Item = &'g Resource> + use<'g> {
        self.kinds.get(kind).into_iter().flatten().filter_map(|index| self.resources.get(*index))
    }

    /// The managed resources of several types.
    pub fn of_any<'g>(&'g self, kinds: &'g [&'g str]) -> impl Iterator<Item = &'g Resource> + use<'g> {
        kinds.iter().flat_map(|kind| self.of(kind))
    }

    /// True where there is a resource of the type.
    pub fn has(&self, kind: &str) -> bool {
        self.kinds.contains_key(kind)
    }

    /// The resources of a type that name `target` in an attribute.
    pub fn about<'g>(
        &'g self,
        kind: &str,
        attribute: &'g str,
        target: &'g Resource,
    ) -> impl Iterator<Item = &'g Resource> {
        self.of(kind)
            .filter(move |resource| resource.all(attribute).iter().any(|value| target.is_named_by(value)))
    }

    /// The resource of a type that a value names.
    pub fn named(&self, kind: &str, value: &Value) -> Option<&Resource> {
        self.of(kind).find(|resource| resource.is_named_by(value))
    }

    /// How many resources there are of each type.
    pub fn count(&self) -> BTreeMap<&str, usize> {
        self.kinds.iter().map(|(kind, found)| (kind.as_str(), found.len())).collect()
    }
}
