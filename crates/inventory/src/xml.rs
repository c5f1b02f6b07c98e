//! XML with limits: no DTD and so no entities of its own, a bounded number of nodes.

use roxmltree::{Document, ParsingOptions};

use crate::File;
use crate::collector::Collector;
use crate::language;

/// Elements and texts of one document.
const MAX_NODES: u32 = 1_000_000;

/// Reads the file and hands it on; what is no XML is told.
pub(crate) fn read<'c>(
    file: &File<'_>,
    what: &str,
    into: &mut Collector<'c>,
    each: impl FnOnce(&Document<'_>, &mut Collector<'c>),
) {
    let Some(text) = language::text(file, what, into) else { return };
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    match Document::parse_with_options(text, options) {
        Ok(document) => each(&document, into),
        Err(error) => {
            into.problem(file, error.pos().row as usize, &format!("not the XML of {what}: {error}"));
        }
    }
}
