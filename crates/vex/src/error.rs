//! What can go wrong with VEX documents.

/// Errors of reading and writing documents.
#[derive(Debug, thiserror::Error)]
pub enum VexError {
    /// The bytes are no JSON, or not of the shape that the form has.
    #[error("{name} is no {form} document")]
    Json {
        /// What the caller calls it.
        name: String,
        /// The form that it was read as.
        form: &'static str,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// The document is of none of the forms.
    #[error(
        "{name} is no VEX document: expected OpenVEX (`@context`), CycloneDX (`bomFormat`) or CSAF (`document`), as JSON"
    )]
    Unknown {
        /// What the caller calls it.
        name: String,
    },
    /// The document says what the form does not have.
    #[error("{name}: {what}")]
    Invalid {
        /// What the caller calls it.
        name: String,
        /// What is wrong, and where.
        what: String,
    },
    /// The document exceeds a limit.
    #[error("{name}: {what} exceeds the limit of {limit}")]
    Limit {
        /// What the caller calls it.
        name: String,
        /// What is too large.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// An OpenVEX document needs at least one statement.
    #[error("nothing is excepted: an OpenVEX document needs at least one statement")]
    Nothing,
}
