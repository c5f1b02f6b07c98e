//! The files of one folder as one module's declarations.

use std::collections::HashMap;

use super::syntax::{Block, Expr, Parsed, blocks};
use crate::Source;

/// What a folder declares.
#[derive(Debug, Default)]
pub(super) struct Folder<'a> {
    pub(super) path: String,
    pub(super) variables: HashMap<String, Block<'a>>,
    /// With the file of each.
    pub(super) locals: HashMap<String, (Expr<'a>, u32)>,
    pub(super) outputs: HashMap<String, Block<'a>>,
    pub(super) calls: Vec<Block<'a>>,
    resources: Vec<(bool, Block<'a>)>,
    /// By `data.TYPE.NAME` or `TYPE.NAME`: the first of a name.
    index: HashMap<String, usize>,
    overrides: HashMap<String, Vec<Block<'a>>>,
}

fn key(block: &Block<'_>) -> String {
    format!("{}.{}", block.kind, block.labels.join("."))
}

impl<'a> Folder<'a> {
    /// Adds a file. Files that override others come last.
    pub(super) fn add(&mut self, parsed: &'a Parsed, file: u32, source: &Source) {
        let stem = source.name().trim_end_matches(".json");
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let overrides = stem == "override" || stem.ends_with("_override");
        for block in blocks(parsed, file) {
            let name = block.labels.first().cloned();
            match (block.kind.as_str(), name) {
                ("variable", Some(name)) => {
                    self.variables.insert(name, block);
                }
                ("output", Some(name)) => {
                    self.outputs.insert(name, block);
                }
                ("locals", _) => {
                    for (name, expression, _) in block.body.attributes(file) {
                        self.locals.insert(name.to_owned(), (expression, file));
                    }
                }
                ("module", Some(_)) if !overrides => self.calls.push(block),
                ("resource" | "data", Some(_)) if block.labels.len() == 2 => {
                    let key = key(&block);
                    if overrides && self.index.contains_key(&key) {
                        self.overrides.entry(key).or_default().push(block);
                    } else {
                        self.index.entry(key).or_insert(self.resources.len());
                        self.resources.push((block.kind == "data", block));
                    }
                }
                _ => {}
            }
        }
    }

    /// True where there is nothing to look at.
    pub(super) fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.calls.is_empty()
    }

    pub(super) fn resource(&self, data: bool, kind: &str, name: &str) -> Option<&Block<'a>> {
        let key = format!("{}.{kind}.{name}", if data { "data" } else { "resource" });
        self.resources.get(*self.index.get(&key)?).map(|(_, block)| block)
    }

    pub(super) fn resource_blocks(&self) -> impl Iterator<Item = (bool, &Block<'a>)> {
        self.resources.iter().map(|(data, block)| (*data, block))
    }

    pub(super) fn overrides_of(&self, block: &Block<'_>) -> &[Block<'a>] {
        if self.overrides.is_empty() {
            return &[];
        }
        self.overrides.get(&key(block)).map(Vec::as_slice).unwrap_or_default()
    }
}
