//! What can be wrong with a policy file.

use seawall_checks::YamlError;
use seawall_findings::Position;

/// A policy file that cannot be used. It is refused as a whole: half a policy is not enforced.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is not YAML.
    #[error(transparent)]
    Yaml(YamlError),
    /// The document says something that is not understood.
    #[error("{file}:{}:{}: {wrong}", position.line, position.column)]
    Document {
        /// As the caller named it.
        file: String,
        /// Where.
        position: Position,
        /// What.
        #[source]
        wrong: Box<Wrong>,
    },
    /// No policy in the file.
    #[error("{0}: no policy in this file; it needs `apiVersion: seawall.dev/v1alpha1` and `kind: Policy`")]
    Empty(String),
}

/// What is wrong at one place of a policy file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Wrong {
    /// A key that does not exist there.
    #[error("unknown key `{key}` in {at}{} Keys here are: {known}", suggest(nearest.as_deref()))]
    UnknownKey {
        /// As written.
        key: String,
        /// The mapping it is in.
        at: String,
        /// The known key that looks most like it.
        nearest: Option<String>,
        /// All known keys.
        known: String,
    },
    /// A rule that does not exist.
    #[error("unknown kind of rule `{kind}` in {at}{} Kinds here are: {known}", suggest(nearest.as_deref()))]
    UnknownKind {
        /// As written.
        kind: String,
        /// The list it is in.
        at: String,
        /// The known kind that looks most like it.
        nearest: Option<String>,
        /// All known kinds.
        known: String,
    },
    /// A key that has to be there.
    #[error("{at} needs `{key}`: {why}")]
    Missing {
        /// The mapping.
        at: String,
        /// The key.
        key: &'static str,
        /// What it is for.
        why: &'static str,
    },
    /// A value of the wrong type.
    #[error("`{key}` must be {expected}, but is {found}")]
    Type {
        /// Its key.
        key: String,
        /// In words.
        expected: &'static str,
        /// In words.
        found: &'static str,
    },
    /// A value of the right type that means nothing.
    #[error("`{key}`: {problem}")]
    Value {
        /// Its key.
        key: String,
        /// What is wrong and what to write.
        problem: String,
    },
}

fn suggest(nearest: Option<&str>) -> String {
    nearest.map_or_else(|| ".".to_owned(), |word| format!(": did you mean `{word}`?"))
}
