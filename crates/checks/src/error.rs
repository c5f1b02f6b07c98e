//! What can be wrong with a document's text.

use seawall_findings::Position;

/// A YAML or JSON text that cannot be read, with the place.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{path}:{}:{}: {problem}", position.line, position.column)]
pub struct YamlError {
    /// The file, as the caller named it.
    pub path: String,
    /// Where.
    pub position: Position,
    /// What.
    pub problem: Problem,
}

/// What is wrong there.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Problem {
    /// The text is not YAML.
    #[error("not valid YAML: {0}")]
    Syntax(String),
    /// The text is longer than is read.
    #[error("the text has {0} bytes, more than the {1} that are read; split the file")]
    TooLong(usize, usize),
    /// Lists and mappings inside one another without end.
    #[error("nested deeper than {0} levels")]
    TooDeep(usize),
    /// Aliases that blow up ("billion laughs").
    #[error("aliases (`*name`) expand to more than {0} values or bytes; write the values out")]
    TooLarge(usize),
    /// An alias inside its own anchor, or to an anchor that is not there.
    #[error("this alias refers to an anchor that is not complete here")]
    BadAlias,
    /// The same key twice in one mapping.
    #[error("the key `{0}` is there twice; readers disagree on which one counts, so remove one")]
    DuplicateKey(String),
    /// A key that is itself a list or mapping.
    #[error("a key must be a plain word")]
    ComplexKey,
    /// `<<` with something else than a mapping or list of mappings.
    #[error("`<<` merges a mapping or a list of mappings, nothing else")]
    BadMerge,
    /// A document that is not a mapping.
    #[error("expected a mapping with `apiVersion` and `kind` here")]
    NotAnObject,
}
