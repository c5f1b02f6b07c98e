//! Rule files to rules: items, appends, overrides, exceptions; then all conditions and outputs are compiled.

mod apply;
mod build;
mod exceptions;
mod explain;
mod item;
mod version;

use std::collections::BTreeMap;

use saphyr_parser::ScalarStyle;

use crate::diagnostic::{Diagnostic, Level};
use crate::rules::Rules;
use crate::source::{At, Files, Text};
use crate::yaml::{self, Node, Value};
use item::{ListDef, MacroDef, RuleDef};

/// Most files of one load, and longest file.
const MAX_FILES: usize = 1_000;
const MAX_FILE: usize = 16 << 20;

/// What the files define so far.
pub(super) struct Collection<'a> {
    files: &'a Files<'a>,
    diagnostics: Vec<Diagnostic>,
    rules: BTreeMap<String, RuleDef>,
    /// The rules' names in the order of their definition.
    order: Vec<String>,
    macros: BTreeMap<String, MacroDef>,
    lists: BTreeMap<String, ListDef>,
    /// Whether a file asks for a version of the language in which rules see calls only when they end.
    ends_only: bool,
}

/// Loads rule files in order. With errors, all of them come back and nothing is loaded; else the warnings.
pub(crate) fn load(files: &[(&str, &str)]) -> Result<(Rules, Vec<Diagnostic>), Vec<Diagnostic>> {
    build::build(Collection::read(&Files(files)))
}

pub use explain::Explanation;
pub(crate) use explain::explain;

impl<'a> Collection<'a> {
    /// Reads all files.
    fn read(files: &'a Files<'a>) -> Self {
        let mut collection = Collection {
            files,
            diagnostics: Vec::new(),
            rules: BTreeMap::new(),
            order: Vec::new(),
            macros: BTreeMap::new(),
            lists: BTreeMap::new(),
            ends_only: false,
        };
        if files.0.len() > MAX_FILES {
            collection.error(
                At { file: 0, line: 1, column: 1 },
                1,
                "more than 1,000 rule files".to_owned(),
                None,
            );
        } else {
            for index in 0..files.0.len() {
                collection.file(index);
            }
        }
        collection
    }
}

impl Collection<'_> {
    fn file(&mut self, index: usize) {
        let start = At { file: index, line: 1, column: 1 };
        let Some((_, text)) = self.files.0.get(index) else { return };
        if text.len() > MAX_FILE {
            self.error(start, 1, "the file is longer than 16 MiB".to_owned(), None);
            return;
        }
        match yaml::read(text) {
            Err(error) => {
                let at = At { file: index, line: error.line, column: error.column };
                let message = format!("this is not YAML: {}", error.message);
                self.push(Level::Error, "LOAD_ERR_YAML_PARSE", at, 1, message, None);
            }
            Ok(documents) => {
                for document in documents {
                    match &document.value {
                        Value::Sequence(items) => {
                            for item in items {
                                self.item(index, item);
                            }
                        }
                        _ => self.error(
                            at(index, &document),
                            1,
                            format!(
                                "a rule file is a list of rules, macros and lists; this is {}",
                                document.kind()
                            ),
                            Some("begin each with `- rule:`, `- macro:` or `- list:`".to_owned()),
                        ),
                    }
                }
            }
        }
    }

    fn push(
        &mut self,
        level: Level,
        code: &'static str,
        at: At,
        length: usize,
        message: String,
        hint: Option<String>,
    ) {
        let diagnostic = self.files.diagnostic(level, code, at, length, message, hint);
        self.diagnostics.push(diagnostic);
    }

    /// An error in the shape of the file.
    fn error(&mut self, at: At, length: usize, message: String, hint: Option<String>) {
        self.push(Level::Error, "LOAD_ERR_YAML_VALIDATE", at, length, message, hint);
    }

    /// An error in what the file means.
    fn invalid(&mut self, at: At, length: usize, message: String, hint: Option<String>) {
        self.push(Level::Error, "LOAD_ERR_VALIDATE", at, length, message, hint);
    }

    fn warning(&mut self, code: &'static str, at: At, length: usize, message: String, hint: Option<String>) {
        self.push(Level::Warning, code, at, length, message, hint);
    }
}

pub(super) fn at(file: usize, node: &Node) -> At {
    At { file, line: node.place.line, column: node.place.column }
}

/// A text with its place.
pub(super) fn text(file: usize, node: &Node) -> Option<Text> {
    node.text().map(|text| {
        // The line end that block scalars keep is not part of an output.
        let trimmed = match node.place.style {
            ScalarStyle::Literal | ScalarStyle::Folded => text.trim_end(),
            _ => text,
        };
        Text::new(trimmed, file, node)
    })
}
