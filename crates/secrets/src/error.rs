//! What can be wrong with the options.

/// Options that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The configuration is not YAML, or not of the shape that `docs/secrets.md` describes.
    #[error("the secret configuration cannot be read: {0}")]
    Shape(#[source] Box<serde_saphyr::Error>),
    /// The configuration has more than is read.
    #[error("the secret configuration has {0} bytes, more than the {1} that are read; split it")]
    TooLong(usize, usize),
    /// More custom rules than are taken.
    #[error("the secret configuration has {0} rules, more than the {1} that are taken")]
    TooMany(usize, usize),
    /// A pattern that does not compile, or is too large.
    #[error("the pattern of `{rule}` cannot be used: {source}")]
    Pattern {
        /// The id of the rule.
        rule: String,
        /// What is wrong with it.
        #[source]
        source: Box<regex::Error>,
    },
    /// A glob that does not compile.
    #[error("the path pattern `{glob}` cannot be used: {source}")]
    Glob {
        /// As it is written.
        glob: String,
        /// What is wrong with it.
        #[source]
        source: Box<globset::Error>,
    },
    /// A custom rule without an id, or with one that is there twice.
    #[error("rule {0} of the secret configuration has no id of its own: give each rule an id")]
    Id(usize),
    /// `secret-group-name` names no group of the pattern.
    #[error("the pattern of `{rule}` has no group named `{group}`")]
    Group {
        /// The id of the rule.
        rule: String,
        /// The group that is not there.
        group: String,
    },
    /// The keywords are too many for one automaton.
    #[error("the keywords cannot be compiled: {0}")]
    Keywords(#[source] Box<aho_corasick::BuildError>),
}
